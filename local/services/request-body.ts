import type { IncomingMessage } from "node:http";
import { ServiceError } from "./service";

/**
 * The whole body of a request, as it was sent.
 *
 * @param largest in bytes; the connection of a longer one is ended
 * @throws ServiceError (`RequestTimeout`) when the client went before its end
 */
export function bodyOf(request: IncomingMessage, largest: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let isWhole = false;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > largest) request.destroy();
      else chunks.push(chunk);
    });
    request.on("end", () => {
      isWhole = true;
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.on("error", reject);
    request.on("close", () => {
      // Each request is closed, and nearly all of them after their end: no error is made for those.
      if (!isWhole) reject(new ServiceError("RequestTimeout", "The request was cut off."));
    });
  });
}
