import { request as httpRequest, type IncomingMessage } from "node:http";
import type { Runner } from "../../run/runner";
import { type Headers, mask, pairsOf } from "../masked";
import type { RequestRecord } from "../records";
import { type Endpoint, memberOf, notThere, PageError, textOf } from "./endpoint";
import { requestById } from "./requests";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
/** Node sets these itself, for the connection and the body that it sends. */
const ofConnection = new Set(["host", "connection", "content-length", "transfer-encoding", "expect", "upgrade", "te"]);

/** Timeout of an answer: longer than an API's own. */
const LONGEST_MS = 35_000;
const LARGEST_ANSWER = 12 * 1024 * 1024;

/** A system's way in, if a URL begins with one. */
export function isOwn({ listeners }: Pick<Runner, "listeners">, url: string): boolean {
  const entrances = listeners.describe().flatMap(({ entrances }) => entrances);
  return entrances.some((entrance) => url === entrance.url || url.startsWith(`${entrance.url}/`));
}

/** The headers of a body. @throws PageError */
function headersIn(body: unknown): Headers {
  const headers = memberOf(body, "headers") ?? [];
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");
  if (Array.isArray(headers) && headers.every(isPair)) return headers;
  throw new PageError(400, "headers must be a list of names with their values");
}

/** Headers with what was masked put in again, from the request that they were shown of. */
function unmasked(headers: Headers, original: RequestRecord | undefined): Headers {
  const known = pairsOf(original?.headers ?? []);
  return headers.map(([name, value]) => {
    if (value !== mask) return [name, value];
    const kept = known.find(([other]) => other.toLowerCase() === name.toLowerCase());
    if (kept) return [name, kept[1]];
    throw new PageError(400, `the value of header ${name} is masked and not known; give it`);
  });
}

async function textIn(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new PageError(502, "the answer is larger than 12 MB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

async function send({ url, method, headers, body }: Sent) {
  const raw = headers.filter(([name]) => !ofConnection.has(name.toLowerCase())).flat();
  const hasBody = body !== "" && method !== "GET" && method !== "HEAD";
  const { hostname, port, host, pathname, search } = new URL(url);
  const lengths = hasBody ? ["Content-Length", String(Buffer.byteLength(body))] : [];
  const started = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const failed = (error: Error) => reject(new PageError(400, `it could not be sent: ${error.message}`));
    try {
      const options = { hostname, port, method, path: `${pathname}${search}`, agent: false };
      const sent = httpRequest({ ...options, headers: ["Host", host, ...raw, ...lengths] }, resolve);
      sent.setTimeout(LONGEST_MS, () => sent.destroy(new Error(`no answer in ${LONGEST_MS / 1000} s`)));
      sent.once("error", failed);
      sent.end(hasBody ? body : undefined);
    } catch (error) {
      failed(error instanceof Error ? error : new Error(String(error)));
    }
  });
  const text = await textIn(response);
  const id = response.headers["x-amzn-requestid"];
  return {
    status: response.statusCode,
    headers: pairsOf(response.rawHeaders),
    body: text,
    ms: Math.round(performance.now() - started),
    id,
  };
}

/** The bytes of a body that was kept whole. @throws PageError when it was too long for that */
function wholeBody({ body, id }: RequestRecord): string {
  if (body.size > body.content.length) throw new PageError(409, `the body of ${id} was not kept whole; give one`);
  return body.content.toString();
}

export const sendingEndpoints: readonly Endpoint[] = [
  {
    method: "POST",
    path: "/api/requests/{id}/reveal",
    operationId: "revealRequest",
    summary: "A request as it was, with its secrets",
    answer({ parameters: { id = "" } }, { recorder }) {
      const { port, path, query, method, headers, body } = requestById(recorder, id);
      const url = `http://localhost:${port}${path}${query === "" ? "" : `?${query}`}`;
      return { url, method, headers: pairsOf(headers), body: body.content.toString() };
    },
  },
  {
    method: "POST",
    path: "/api/send",
    operationId: "sendRequest",
    summary: "Sends a request to one of the systems",
    body: {
      url: "one of the systems' own, with the stage and the query",
      method: "GET, POST …",
      headers: "a list of names with their values",
      body: "a text",
      of: "the request whose masked headers these are, if any",
    },
    answer({ body }, { runner, recorder }) {
      const [url, method] = [textOf(body, "url"), textOf(body, "method")];
      if (!methods.has(method)) throw new PageError(400, `method must be one of ${[...methods].join(", ")}`);
      if (!URL.canParse(url) || !isOwn(runner, new URL(url).href.replace(/\/$/, ""))) {
        throw new PageError(400, "url must begin with a URL of the overview");
      }
      const of = memberOf(body, "of");
      const original = typeof of === "string" ? requestById(recorder, of) : undefined;
      const text = memberOf(body, "body");
      const headers = unmasked(headersIn(body), original);
      return send({ url, method, headers, body: typeof text === "string" ? text : "" });
    },
  },
  {
    method: "POST",
    path: "/api/requests/{id}/replay",
    operationId: "replayRequest",
    summary: "Sends a request again as it was",
    answer({ parameters: { id = "" } }, { runner, recorder }) {
      const request = requestById(recorder, id);
      const { port, path, query, method, headers } = request;
      const url = `http://localhost:${port}${path}${query === "" ? "" : `?${query}`}`;
      if (!URL.canParse(url)) throw notThere(url);
      const [origin, ports] = [new URL(url).port, runner.listeners.describe().flatMap(({ entrances }) => entrances)];
      if (ports.every((entrance) => new URL(entrance.url).port !== origin)) throw notThere(`port ${port}`);
      // A trace of its own: it is another request.
      const own = pairsOf(headers).filter(([name]) => name.toLowerCase() !== "x-amzn-trace-id");
      return send({ url, method, headers: own, body: wholeBody(request) });
    },
  },
];
