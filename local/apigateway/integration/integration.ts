import type { Exchange } from "../request/exchange";
import type { RequestHeaders } from "../request/request-headers";
import type { Answer } from "../response/answer";
import { internalError, type Refusal } from "../response/refusal";

/** Result of an integration. */
export type IntegrationResult = { readonly answer: Answer } | { readonly refusal: Refusal };

/** An integration, ready to be called. */
export type Integration = (exchange: Exchange) => IntegrationResult | Promise<IntegrationResult>;

/** The response of an integration's backend. */
export interface BackendResponse {
  readonly status: number;
  readonly headers: RequestHeaders;
  readonly body: Buffer;
}

/** The refusal of a call that the API itself describes wrongly. */
export const misconfigured = (reason: string): { readonly refusal: Refusal } => ({
  refusal: internalError("API_CONFIGURATION_ERROR", 500, reason),
});
