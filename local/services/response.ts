import type { ServerResponse } from "node:http";
import type { ServiceResponse } from "./service";

/** Sends an answer, unless the client has gone. */
export function send(response: ServerResponse, { status, headers = {}, body = "" }: ServiceResponse): void {
  if (response.destroyed) return;
  const { "Content-Length": length = String(Buffer.byteLength(body)), ...others } = headers;
  // The length comes last: after it, Node refuses Latin-1 in a Content-Disposition.
  response.writeHead(status, { ...others, "Content-Length": length });
  response.end(body);
}

/** Sends an error, or, when an answer has begun, ends the connection: half of one would be taken for all. */
export function sendFailure(response: ServerResponse, failure: () => ServiceResponse): void {
  if (response.destroyed) return;
  if (response.headersSent) response.destroy();
  else send(response, failure());
}
