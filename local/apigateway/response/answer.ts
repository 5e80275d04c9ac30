import type { ServerResponse } from "node:http";
import type { Exchange } from "../request/exchange";
import { answeredTrace } from "../request/ids";
import type { AnswerStream } from "./answer-stream";
import { internalError, type Refusal } from "./refusal";

/** A response without the headers that every response of the gateway has. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | Buffer;
  /** In place of the body: what is sent while it is made. */
  readonly stream?: AnswerStream;
  /** Answers of functions carry the trace; the gateway's own do not (recorded). */
  readonly traced: boolean;
  /** Answers that API Gateway's outermost layer makes carry no ids. */
  readonly anonymous?: boolean;
}

/** An answer whose body is streamed. */
type StreamedAnswer = Answer & { readonly stream: AnswerStream };

export const isStreamed = (answer: Answer): answer is StreamedAnswer => answer.stream !== undefined;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// What Node writes: Latin-1 without control characters.
const value = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a header can be sent at all. */
export const sendable = (name: string, content: string): boolean => token.test(name) && value.test(content);

/** Statuses that have no body, and must not say how long it is. */
const bodiless = (status: number): boolean => status === 204 || status === 304;

/** Sends an answer with the gateway's own headers. */
export function send(response: ServerResponse, answer: Answer, exchange: Exchange): void {
  const { status, body } = answer;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  exchange.status = status;
  exchange.responseLength = bodiless(status) ? 0 : length;
  const all = headersOf(answer, exchange);
  if (!bodiless(status)) all.push("Content-Length", String(length));
  response.writeHead(status, all);
  response.end(bodiless(status) ? undefined : body);
}

function headersOf({ headers, traced, anonymous }: Answer, exchange: Exchange): string[] {
  const all = [...headers];
  if (!anonymous) all.push("x-amzn-RequestId", exchange.requestId, "x-amz-apigw-id", exchange.extendedRequestId);
  if (traced) all.push("X-Amzn-Trace-Id", answeredTrace(exchange.traceId));
  return all;
}

/** Sends an answer as its body comes. @returns it with the beginning of that body, when all is sent */
export async function sendStreamed(
  response: ServerResponse,
  answer: StreamedAnswer,
  exchange: Exchange,
): Promise<Answer> {
  exchange.status = answer.status;
  response.writeHead(answer.status, headersOf(answer, exchange));
  response.flushHeaders();
  const { beginning, length, failure } = await answer.stream.sendTo(response);
  exchange.responseLength = bodiless(answer.status) ? 0 : length;
  if (failure !== undefined) exchange.refusal = internalError("INTEGRATION_FAILURE", answer.status, failure);
  return { ...answer, body: beginning };
}

/**
 * A refusal that an API can't give another shape: an event that is too large for the function (observed at AWS; not to be
 * customized by "Amazon API Gateway important notes": important notes for REST APIs), and faults of the local gateway.
 */
export const plainRefusal = ({ status, message, errorType }: Refusal): Answer => ({
  status,
  headers: ["x-amzn-ErrorType", errorType, "Content-Type", "application/json"],
  body: JSON.stringify({ message }),
  traced: false,
});
