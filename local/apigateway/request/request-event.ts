import type { Exchange } from "./exchange";

/** A line for the request log. */
export interface RequestEvent {
  readonly requestId: string;
  readonly method: string;
  /** With the stage, without the query. */
  readonly path: string;
  readonly resource: string | undefined;
  readonly operationId: string | undefined;
  readonly status: number;
  readonly ms: number;
  readonly cache: "hit" | "miss" | undefined;
  /** The reason for developers: the client receives less. */
  readonly refusal: { readonly type: string; readonly reason: string } | undefined;
  readonly apiKeyId: string | undefined;
}

/** The event of a request that has been answered. */
export function requestEvent(exchange: Exchange): RequestEvent {
  const { route, refusal } = exchange;
  return {
    requestId: exchange.requestId,
    method: exchange.method,
    path: exchange.contextPath,
    resource: route?.path,
    operationId: route?.operationId,
    status: exchange.status,
    ms: exchange.responseLatency,
    cache: exchange.cache,
    refusal: refusal && { type: refusal.type, reason: refusal.reason },
    apiKeyId: exchange.apiKey?.id,
  };
}
