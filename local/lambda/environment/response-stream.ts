import { Writable } from "node:stream";
import { setTimeout } from "node:timers";

/** By which the runtime knows a handler that streams (Lambda's Node.js runtime interface client). */
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

/** The media type of a stream that says status and headers first. */
const WITH_METADATA = "application/vnd.awslambda.http-integration-response";

/** Ends the metadata (API Gateway developer guide, "Set up a Lambda proxy integration with payload response streaming"). */
const DELIMITER = Buffer.alloc(8);

/** A handler that writes its answer while it makes it. */
type StreamingHandler = (event: unknown, stream: ResponseStream, context: object) => unknown;

/** Passes on a piece. @returns whether another may follow, when it is asked */
export type Send = (bytes: Uint8Array) => () => boolean;

/** Interval at which a stream asks, in milliseconds. */
const ASKING_MS = 2;

/** What a handler writes its answer to; each piece is on its way at once, and the next waits for a client that is slow. */
export class ResponseStream extends Writable {
  private first: Buffer | undefined;

  constructor(private readonly send: Send) {
    super();
  }

  /** Lambda takes the type from here; a REST API takes what the metadata says. */
  setContentType(_type: string): void {
    // Nobody here reads it.
  }

  /** Has something written before the first piece. */
  begin(first: Buffer): void {
    this.first = first;
  }

  override write(...args: unknown[]): boolean {
    const { first } = this;
    this.first = undefined;
    if (first) super.write(first);
    return Reflect.apply(super.write, this, args) as boolean;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (chunk.length === 0) {
      done();
      return;
    }
    const hasRoom = this.send(new Uint8Array(chunk));
    // A timer keeps the thread alive, which has something to do as long as it waits.
    const goOn = (): void => void (hasRoom() ? done() : setTimeout(goOn, ASKING_MS));
    goOn();
  }
}

/** Gives functions `awslambda`, as the runtime does (Lambda developer guide, "Response streaming for Lambda functions"). */
export function offerStreaming(): void {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handler: object) => Object.assign(handler, { [STREAMING]: "response" }),
      HttpResponseStream: {
        from: (stream: ResponseStream, metadata: object) => {
          stream.setContentType(WITH_METADATA);
          stream.begin(Buffer.concat([Buffer.from(JSON.stringify(metadata)), DELIMITER]));
          return stream;
        },
      },
    },
  });
}

/** Whether a handler is one that streams. */
export const isStreaming = (handler: object): boolean => Reflect.get(handler, STREAMING) === "response";

/** Calls a handler that streams, until it has returned and its stream has ended. @throws what either fails with */
export async function streamAnswer(
  handler: object,
  { event, context, send }: { event: unknown; context: object; send: Send },
): Promise<void> {
  const stream = new ResponseStream(send);
  const ended = new Promise<void>((resolve, reject) => {
    stream.once("finish", resolve);
    stream.once("error", reject);
    // Destroyed without a reason it can't be finished any more.
    stream.once("close", resolve);
  });
  // Whoever fails first says why; the other is still waited for by nobody.
  ended.catch(() => undefined);
  await (handler as StreamingHandler)(event, stream, context);
  await ended;
}
