import type { IncomingMessage } from "node:http";
import { apiGatewayLimits } from "../../../aws/limits";
import type { RequestHeaders } from "./request-headers";

/**
 * Bytes of a refused body that are read and discarded, so that the client reads the refusal, before the connection is
 * closed.
 */
const largestDiscarded = 64 * 1024 * 1024;

type Body = Buffer | undefined | "too large";

/**
 * Reads a request's body; undefined at once if there is none. A body over the limit is refused as soon as that is known.
 * The promise stays open when the client goes away in the middle: nobody waits for the answer.
 */
export function readBody(request: IncomingMessage, headers: RequestHeaders): Promise<Body> | undefined {
  const length = headers.get("content-length");
  if ((length === undefined || length === "0") && headers.get("transfer-encoding") === undefined) return undefined;
  if (Number(length) > apiGatewayLimits.payloadBytes) {
    discard(request);
    return Promise.resolve("too large");
  }
  return new Promise((resolve) => collect(request, resolve));
}

function collect(request: IncomingMessage, done: (body: Body) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  let refused = false;
  // Clients that go away in the middle get no answer; without a listener the error would end the process.
  request.on("error", () => undefined);
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > largestDiscarded) request.destroy();
    if (refused || size <= apiGatewayLimits.payloadBytes) {
      if (!refused) chunks.push(chunk);
      return;
    }
    refused = true;
    chunks.length = 0;
    done("too large");
  });
  request.on("end", () => {
    if (!refused) done(size === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
  });
}

function discard(request: IncomingMessage): void {
  let size = 0;
  request.on("error", () => undefined);
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > largestDiscarded) request.destroy();
  });
}
