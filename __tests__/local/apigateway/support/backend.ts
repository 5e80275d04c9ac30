import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a backend saw it. */
export interface Seen {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** A server that an API integrates. */
export interface Backend {
  readonly url: string;
  readonly seen: Seen[];
  answer(how: (response: ServerResponse, seen: Seen) => void): void;
  close(): Promise<void>;
}

const running = new Set<Backend>();

/** Ends the backends that a test has started. */
export async function closeBackends(): Promise<void> {
  await Promise.all([...running].map((backend) => backend.close()));
}

/** Starts a server that echoes requests as JSON, unless a test sets another answer. */
export async function startBackend(): Promise<Backend> {
  const seen: Seen[] = [];
  let answer = (response: ServerResponse, { method, url, body }: Seen): void => {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ method, url, body: body.toString() }));
  };
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers, rawHeaders } = request;
    const one = { method, url, headers, rawHeaders, body: Buffer.concat(chunks) };
    seen.push(one);
    answer(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const backend: Backend = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer(how) {
      answer = how;
    },
    close() {
      running.delete(backend);
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  running.add(backend);
  return backend;
}
