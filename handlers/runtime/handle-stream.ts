import { once } from "node:events";
import type { Writable } from "node:stream";
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { responseOf, type SuccessStatus } from "../../contracts/answers";
import { type Route, successStatuses } from "../../contracts/api";
import type { StreamBody } from "../../contracts/streams";
import { callerOf } from "./caller";
import { withDeadline, workingTime } from "./deadline";
import { Refusal } from "./errors";
import { describeFailure } from "./failures";
import { countFault } from "./faults";
import { asDeclared, type handle, type Input, inputOf, logRequest, operation, refusalFrom } from "./handle";
import type { Invocation } from "./log-line";
import { checkHead, corsHeaders, errorAnswer, Reply, ResponseMismatch } from "./response";
import { beginLog, endLog, logger, requestIdOf } from "./telemetry";
import { beginTrace, endTrace } from "./trace";

/** A route whose answers are sent while they are made. */
type StreamedRoute = Route & { readonly response: StreamBody };

type Headers = Readonly<Record<string, string>>;

/** The response headers that a route declares. */
type HeaderName<R extends Route> = R["responseHeaders"] extends Headers ? keyof R["responseHeaders"] & string : never;

/** A body in pieces: texts, or bytes, as an async generator or a stream of Node.js gives them. */
type Pieces<R extends StreamedRoute> =
  R["response"] extends StreamBody<"text"> ? AsyncIterable<string> : AsyncIterable<Uint8Array>;

type StreamedReply<R extends StreamedRoute, H extends string> = Reply<Pieces<R>, SuccessStatus<R> | undefined, H>;

/** Results of an operation that streams: the pieces of the body, or a reply with them. */
type StreamedSuccess<R extends StreamedRoute> = Pieces<R> | StreamedReply<R, never> | StreamedReply<R, HeaderName<R>>;

/** Answers a parsed request piece by piece; refuses by throwing a typed error before the first. */
export type StreamOperation<R extends StreamedRoute> = (
  input: Input<R>,
) => Promise<StreamedSuccess<R>> | StreamedSuccess<R>;

/** What Lambda gives a function to write its answer to. */
export type AnswerStream = Writable & { setContentType(type: string): void };

/** A Lambda function of an `aws_proxy` integration with the transfer mode `STREAM`. */
export type StreamHandler = (event: APIGatewayProxyEvent, stream: AnswerStream, context: Context) => Promise<void>;

/** The media type and the end of what comes before the body. */
const WITH_METADATA = "application/vnd.awslambda.http-integration-response";
const DELIMITER = Buffer.alloc(8);

const mismatch = (code: string): ResponseMismatch => new ResponseMismatch([{ code, path: "" }]);

function bytesOf(kind: StreamBody["kind"], piece: unknown): Uint8Array {
  if (kind === "text" && typeof piece === "string") return Buffer.from(piece);
  if (kind === "binary" && piece instanceof Uint8Array) return piece;
  throw mismatch("invalid_type");
}

/** An answer on its way: status and headers with the first piece of the body, for after that nothing can change them. */
class Sending {
  isBegun = false;
  private isOver = false;

  constructor(private readonly stream: AnswerStream) {}

  /** Sends a success. @returns its status @throws ResponseMismatch when it is not what the route promises */
  async success(route: Route, outcome: unknown, cors: Headers): Promise<number> {
    const [first] = successStatuses(route);
    const given = outcome instanceof Reply ? outcome : new Reply(outcome, undefined, {});
    const status: number = given.status ?? first;
    checkHead(route, status, given.headers);
    const { kind, mediaType } = responseOf(route, status) as StreamBody;
    const type = kind === "text" ? `${mediaType}; charset=utf-8` : mediaType;
    const headers = { "Content-Type": type, ...cors, ...given.headers };
    if (typeof Object(given.value)[Symbol.asyncIterator] !== "function") throw mismatch("invalid_type");
    for await (const piece of given.value as AsyncIterable<unknown>) {
      // Its time is over: nobody is told any more.
      if (this.isOver) return status;
      const bytes = bytesOf(kind, piece);
      this.begin(status, headers);
      await this.write(bytes);
    }
    this.begin(status, headers);
    await this.end();
    return status;
  }

  /** Sends a refusal, of which all is known. */
  async refusal({ statusCode, headers, body }: APIGatewayProxyResult): Promise<void> {
    this.isOver = true;
    this.begin(statusCode, headers as Headers);
    await this.write(Buffer.from(body));
    await this.end();
  }

  /** Says that nothing more of it is sent. */
  abandon(): void {
    this.isOver = true;
  }

  private begin(statusCode: number, headers: Headers): void {
    if (this.isBegun) return;
    this.isBegun = true;
    this.stream.setContentType(WITH_METADATA);
    this.stream.write(Buffer.concat([Buffer.from(JSON.stringify({ statusCode, headers })), DELIMITER]));
  }

  /** No faster than it is taken. */
  private async write(bytes: Uint8Array): Promise<void> {
    if (!this.stream.write(bytes)) await once(this.stream, "drain");
  }

  private end(): Promise<void> {
    return new Promise((resolve) => this.stream.end(resolve));
  }
}

/** Without the words of what was thrown, which the log has where they are nobody's secret. */
const cutOff = (): Error => new Error("the answer was cut off after its beginning; the line before says why");

/** What Lambda's runtime offers; outside of it there is nothing, or what a library has put there. */
interface Runtime {
  readonly awslambda?: { readonly streamifyResponse?: (handler: StreamHandler) => StreamHandler };
}

/** Lambda marks handlers that stream; outside of it there is nobody to mark them for. */
const streamify = (handler: StreamHandler): StreamHandler =>
  (globalThis as Runtime).awslambda?.streamifyResponse?.(handler) ?? handler;

/**
 * Makes the Lambda handler of a route that streams: as `handle` does, but for the answer, which is sent while it is made. What
 * is thrown before the first piece is a refusal or a 500; after it the answer is cut off, which is an error of the function's.
 *
 * @param admit who is let in; everybody if there is none
 * @example
 * export const handler = handleStream(reportsApi.routes.getReport, async function* ({ params }) {
 *   for await (const line of store.lines(params.reportId)) yield `${line}\n`;
 * });
 */
export function handleStream<const R extends StreamedRoute>(
  route: R,
  work: StreamOperation<R>,
  { admit, onFailure }: NonNullable<Parameters<typeof handle>[2]> = {},
): StreamHandler {
  return streamify(async (event, stream, context) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(event, context);
    const invocation: Invocation = { context, requestId, isCold: beginLog(requestId, context) };
    beginTrace();
    const sending = new Sending(stream);
    let [status, problems] = [500, 0];
    try {
      status = await withDeadline(workingTime(context), async () => {
        await admit?.(event);
        return sending.success(route, await work(inputOf(route, event, context)), corsHeaders(route, event));
      });
    } catch (thrown) {
      sending.abandon();
      const refusal = sending.isBegun ? undefined : refusalFrom(asDeclared(route, thrown), invocation);
      if (sending.isBegun) logger().error("answer cut off", { failure: describeFailure(thrown) });
      [status, problems] = [refusal?.status ?? 500, refusal?.details?.length ?? 0];
      if (status >= 500) {
        countFault(context);
        await onFailure?.({ code: (refusal ?? new Refusal(500)).code, requestId });
      }
      if (sending.isBegun) throw cutOff();
      await sending.refusal(errorAnswer(refusal, requestId, corsHeaders(route, event)));
    } finally {
      logRequest(route, invocation, { caller: callerOf(event), status, problems, startedAt });
      endTrace(operation ?? context.functionName, {
        ...{ operation: operation ?? context.functionName, status, request_id: requestId },
        fault: Number(status >= 500),
      });
      endLog();
    }
  });
}
