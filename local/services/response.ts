import type { ServerResponse } from "node:http";
import type { ServiceResponse } from "./service";

/** Sends an answer, unless the client has gone. */
export function send(response: ServerResponse, { status, headers = {}, body = "" }: ServiceResponse): void {
  if (response.destroyed) return;
  const all: string[] = [];
  for (const [name, value] of Object.entries(headers)) if (name !== "Content-Length") all.push(name, value);
  // The length comes last: after it, Node refuses Latin-1 in a Content-Disposition.
  all.push("Content-Length", headers["Content-Length"] ?? String(Buffer.byteLength(body)));
  response.writeHead(status, all);
  response.end(body);
}

/** Sends an error, or, when an answer has begun, ends the connection: half of one would be taken for all. */
export function sendFailure(response: ServerResponse, failure: () => ServiceResponse): void {
  if (response.destroyed) return;
  if (response.headersSent) response.destroy();
  else send(response, failure());
}
