import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** Time limits of a client, in milliseconds. */
export interface TimeLimits {
  /** For the headers of a request. */
  readonly headersMs: number;
  /** For all of a request. */
  readonly requestMs: number;
  /** Interval of checks. */
  readonly checkMs: number;
}

const standard: TimeLimits = { headersMs: 15_000, requestMs: 60_000, checkMs: 5_000 };

const badRequests: ReadonlyMap<string | undefined, string> = new Map([
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
]);

function refuse(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Two hosts: what one part of a server takes for the host, another may not (RFC 9112, 3.2). */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === "host".length && rawHeaders[at]?.toLowerCase() === "host") hosts += 1;
  return hosts > 1;
}

/** An HTTP server with limits that no client can hang or flood it beyond. Not listening yet. */
export function httpServer(handle: Handle, limits: TimeLimits = standard): Server {
  const server = createServer(
    {
      // Above the gateway's own limits for headers and URL together, so that these answer.
      maxHeaderSize: 64 * 1024,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
      keepAliveTimeout: 60_000,
    },
    (request, response) => {
      if (hasTwoHosts(request)) refuse(request.socket, "400 Bad Request");
      else handle(request, response);
    },
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy();
    refuse(socket, badRequests.get(error.code) ?? "400 Bad Request");
  });
  return server;
}
