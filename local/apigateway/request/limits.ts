import { apiGatewayLimits } from "../../../aws/limits";
import type { Answer } from "../response/answer";
import { refusal } from "../response/refusal";
import type { Exchange } from "./exchange";

const plain = (status: number, body: string): Answer => ({
  status,
  headers: ["Content-Type", "text; charset=utf-8"],
  body,
  traced: false,
  anonymous: true,
});

/** The answer to a stage that is not there: no API is known yet that could shape it. */
export function unknownStage(exchange: Exchange): Answer {
  exchange.refusal = refusal("INVALID_API_KEY", "Forbidden", { reason: "no such stage" });
  const headers = ["x-amzn-ErrorType", "ForbiddenException", "Content-Type", "application/json"];
  return { status: 403, headers, body: '{"message":"Forbidden"}', traced: false };
}

/**
 * The response of AWS to more than 10 MB (observed). It can't be customized (developer guide, "Amazon API Gateway
 * important notes": important notes for REST APIs).
 */
export function payloadTooLarge(exchange: Exchange): Answer {
  const message = `HTTP content length exceeded ${apiGatewayLimits.payloadBytes} bytes.`;
  exchange.refusal = refusal("REQUEST_TOO_LARGE", message);
  return plain(413, message);
}

export function uriTooLong(exchange: Exchange): Answer | undefined {
  if (exchange.contextPath.length + exchange.queryString.length <= apiGatewayLimits.urlCharacters) return undefined;
  exchange.refusal = refusal("DEFAULT_4XX", "Request URI too long", { status: 414 });
  return plain(414, "Request URI too long");
}

export function headersTooLarge(exchange: Exchange): Answer | undefined {
  if (exchange.headers.size <= apiGatewayLimits.headerBytes) return undefined;
  exchange.refusal = refusal("DEFAULT_4XX", "Request header fields too large", { status: 431 });
  return plain(431, "Request header fields too large");
}
