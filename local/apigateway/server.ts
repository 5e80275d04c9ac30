import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { Gateway } from "./gateway";

const badRequests: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** An HTTP server for a gateway, with limits that no client can hang or flood it beyond. Not listening yet. */
export function gatewayServer(gateway: Pick<Gateway, "handle">): Server {
  const server = createServer(
    {
      // Above the gateway's own limits for headers and URL together, so that these answer.
      maxHeaderSize: 64 * 1024,
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      keepAliveTimeout: 60_000,
    },
    gateway.handle,
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return socket.destroy();
    const status = badRequests[error.code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  return server;
}
