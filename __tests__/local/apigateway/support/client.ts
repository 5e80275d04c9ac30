import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";

/** A request as it goes over the wire. */
export interface Ask {
  readonly method?: string;
  /** After the stage; sent byte for byte. */
  readonly path?: string;
  /** Stage and path together. */
  readonly urlPath?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  /** A body in hexadecimal digits. */
  readonly bytes?: string;
  /** Writes the request as bytes: HTTP clients change some headers. */
  readonly socket?: boolean;
}

/** An answer as it came over the wire. */
export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly bytes: Buffer;
}

const target = (stage: string, { path = "/", urlPath, query }: Ask): string =>
  `${urlPath ?? `/${stage}${path}`}${query === undefined ? "" : `?${query}`}`;

async function gotOf(response: IncomingMessage): Promise<Got> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const { rawHeaders: raw } = response;
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]!] as const] : [])),
    body: bytes.toString("utf8"),
    bytes,
  };
}

/** Sends a request to a gateway on localhost, and reads the answer. */
export function ask(port: number, stage: string, wanted: Ask): Promise<Got> {
  if (wanted.socket) return bySocket(port, stage, wanted);
  const body = wanted.bytes === undefined ? wanted.body : Buffer.from(wanted.bytes, "hex");
  return new Promise((resolve, reject) => {
    const path = target(stage, wanted);
    const sent = request({ port, path, method: wanted.method ?? "GET", headers: { ...wanted.headers } }, (response) => {
      gotOf(response).then(resolve, reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Sends bytes, and reads until the other side closes, or what came is all that is wanted. */
export function exchangeBytes(
  port: number,
  bytes: string | Buffer,
  isAll: (received: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (isAll(received)) socket.destroy();
    });
    // A server that has refused need not read what is still sent: that resets the connection.
    socket.on("error", (error: NodeJS.ErrnoException) => error.code === "ECONNRESET" || reject(error));
    socket.on("close", () => resolve(received));
  });
}

async function bySocket(port: number, stage: string, wanted: Ask): Promise<Got> {
  const headers = { Host: "localhost", Connection: "close", ...wanted.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${wanted.method ?? "GET"} ${target(stage, wanted)} HTTP/1.1`, ...lines, "", ""].join("\r\n");
  const received = (await exchangeBytes(port, head)).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
  const [top = "", body = ""] = received.split("\r\n\r\n");
  const [status = "", ...fields] = top.split("\r\n");
  const rawHeaders = fields.map((field) => field.split(": ") as [string, string]);
  return {
    status: Number(status.split(" ")[1]),
    headers: Object.fromEntries(rawHeaders.map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders,
    body,
    bytes: Buffer.from(body),
  };
}
