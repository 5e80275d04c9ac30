import type { Answer } from "../response/answer";
import { refusal } from "../response/refusal";
import { largestBody } from "./body";
import type { Exchange } from "./exchange";

/** Quotas: total size of all header values, and length of the URL of a regional API. */
const largestHeaders = 10_240;
const longestUrl = 10_240;

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

/** What is observed at AWS for more than 10 MB. It can't be customized (important notes for REST APIs). */
export function payloadTooLarge(exchange: Exchange): Answer {
  const message = `HTTP content length exceeded ${largestBody} bytes.`;
  exchange.refusal = refusal("REQUEST_TOO_LARGE", message);
  return plain(413, message);
}

export function uriTooLong(exchange: Exchange): Answer | undefined {
  if (exchange.contextPath.length + exchange.queryString.length <= longestUrl) return undefined;
  exchange.refusal = refusal("DEFAULT_4XX", "Request URI too long", { status: 414 });
  return plain(414, "Request URI too long");
}

export function headersTooLarge(exchange: Exchange): Answer | undefined {
  if (exchange.headers.size <= largestHeaders) return undefined;
  exchange.refusal = refusal("DEFAULT_4XX", "Request header fields too large", { status: 431 });
  return plain(431, "Request header fields too large");
}
