import { isOfUsers, schemesOf } from "./access";
import { isMedia, isRedirect, type ResponseBody, responseOf } from "./answers";
import { type Api, type Route, successStatuses } from "./api";
import type { CallOptions, Client, ErrorBody } from "./client-types";

/** Options of a client. */
export interface ClientOptions {
  /** Where the API is served, its stage included: the stack's output `api_url`. */
  readonly url: string;
  /** @default none: the API is open */
  readonly apiKey?: string;
  /** A user's token, or what gets one: it is asked anew for each attempt, since tokens expire. @default none */
  readonly token?: string | (() => string | Promise<string>);
  /** Further headers of each request, made anew for each attempt. */
  readonly headers?: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** How often a call is repeated at most that was answered 429 or 503. @default 3 */
  readonly retries?: number;
  /** Time of each attempt, its body included, in milliseconds. @default 30000, as long as API Gateway takes at most */
  readonly timeoutMs?: number;
  /** The longest wait before the first retry in milliseconds; it doubles with each further one. @default 200 */
  readonly backoffMs?: number;
  /** The longest wait in milliseconds. Where `Retry-After` asks for more, the answer is given back at once. @default 10000 */
  readonly longestWaitMs?: number;
}

type Values = Readonly<Record<string, unknown>>;
type Input = { readonly [Part in "params" | "query" | "headers"]?: Values } & { readonly body?: unknown };
type Answered = { readonly ok: boolean; readonly status: number; readonly body?: unknown; readonly error?: ErrorBody };

/** The service did not answer as its contract says: not at all, not in time, or with something else. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";

  constructor(
    message: string,
    /** The status that came, if one did. */
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A page of a list was refused. */
export class PageRefused extends Error {
  override readonly name = "PageRefused";

  constructor(
    readonly status: number,
    readonly error: ErrorBody,
  ) {
    super(`${status} ${error.code}: ${error.message}`);
  }
}

function pathOf({ path }: Route, params: Values = {}): string {
  return path.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? String(params[name]) : "";
    // URLs lose them on their way.
    if (/^\.{0,2}$/.test(value))
      throw new TypeError(`params.${name} must be a text other than . and .., got ${value || "none"}`);
    return encodeURIComponent(value);
  });
}

function queryOf(query: Values = {}): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined) pairs.append(name, String(one));
  }
  return pairs.size > 0 ? `?${pairs}` : "";
}

/** JSON, or the media type of the route's body: of bytes it has to be the first that is accepted. */
const acceptOf = (body: ResponseBody | undefined): string =>
  body && isMedia(body) ? body.mediaType : "application/json";

/**
 * Whether a request may be repeated, whatever came of it: by its method (RFC 9110, 9.2.2 Idempotent Methods) or by its
 * key. What was answered 429 was not carried out.
 */
function isRepeatable({ method }: Route, { headers = {} }: Input, status: number): boolean {
  if (status === 429) return true;
  return status === 503 && (!["POST", "PATCH"].includes(method) || headers["Idempotency-Key"] !== undefined);
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3 Retry-After). */
function retryAfterMs(response: Response): number {
  const value = response.headers.get("retry-after") ?? "0";
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

const isRecord = (value: unknown): value is Values => typeof value === "object" && value !== null;

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    const type = response.headers.get("content-type") ?? "no type";
    throw new NoAnswer(`${response.status} with a body that is no JSON (${type})`, response.status, { cause });
  }
}

async function successOf(route: Route, response: Response): Promise<Answered> {
  const { status } = response;
  const declared = responseOf(route, status);
  const names = [...Object.keys(route.responseHeaders ?? {}), ...(isRedirect(status) ? ["Location"] : [])];
  const headers = Object.fromEntries(
    names.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  if (isRedirect(status) && headers["Location"] === undefined)
    throw new NoAnswer(`${status} without a Location`, status);
  const answer = { ok: true, status, headers };
  if (!declared) {
    await response.body?.cancel();
    return { ...answer, body: undefined };
  }
  if (!isMedia(declared)) return { ...answer, body: await jsonOf(response) };
  if (declared.kind === "text") return { ...answer, body: await response.text() };
  return { ...answer, body: new Uint8Array(await response.arrayBuffer()) };
}

async function answerOf(route: Route, response: Response): Promise<Answered> {
  const { status } = response;
  if (successStatuses(route).includes(status)) return successOf(route, response);
  if (response.type === "opaqueredirect")
    throw new NoAnswer("a redirect, which browsers show no script: go there instead");
  if (status < 400) throw new NoAnswer(`${status}, which the contract does not say`, status);
  const body = await jsonOf(response);
  const error = isRecord(body) ? body["error"] : undefined;
  if (isRecord(error) && typeof error["code"] === "string" && typeof error["message"] === "string") {
    return { ok: false, status, error: error as unknown as ErrorBody };
  }
  throw new NoAnswer(`${status} with a body that is no error of the contract`, status);
}

/** One attempt, from the connection to the end of the body. */
async function attempt<Result>(
  url: string,
  init: RequestInit,
  { signal, timeoutMs }: CallOptions & { readonly timeoutMs: number },
  read: (response: Response) => Promise<Result>,
): Promise<Result> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    return await read(await fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, limit]) : limit }));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NoAnswer) throw error;
    const why = limit.aborted ? `no answer within ${timeoutMs} ms` : "the connection failed, or ended early";
    throw new NoAnswer(why, undefined, { cause: error });
  }
}

/** What the route asks a caller for, as far as there is any: a key or a token goes nowhere else. */
async function credentials({ access }: Route, { apiKey, token }: ClientOptions): Promise<Record<string, string>> {
  const given = isOfUsers(access) && (typeof token === "function" ? await token() : token);
  return {
    ...(schemesOf(access).includes("apiKey") && apiKey !== undefined ? { "x-api-key": apiKey } : {}),
    ...(given ? { Authorization: `Bearer ${given}` } : {}),
  };
}

async function call(options: ClientOptions, route: Route, input: Input, { signal }: CallOptions): Promise<Answered> {
  const { url, retries = 3, timeoutMs = 30_000, backoffMs = 200, longestWaitMs = 10_000 } = options;
  const target = `${url.replace(/\/+$/, "")}${pathOf(route, input.params)}${queryOf(input.query)}`;
  const given = Object.entries(input.headers ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const body = input.body === undefined ? undefined : JSON.stringify(input.body);
  for (let made = 0; ; made += 1) {
    signal?.throwIfAborted();
    const headers: Record<string, string> = {
      Accept: acceptOf(responseOf(route, successStatuses(route)[0])),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(await credentials(route, options)),
      ...(await options.headers?.()),
      ...Object.fromEntries(given),
    };
    // Followed, a redirect would take the key along.
    const init: RequestInit = {
      method: route.method,
      headers,
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    };
    const result = await attempt(target, init, { timeoutMs, ...(signal ? { signal } : {}) }, async (response) => {
      const asked = retryAfterMs(response);
      if (made >= retries || asked > longestWaitMs || !isRepeatable(route, input, response.status)) {
        return answerOf(route, response);
      }
      await response.body?.cancel();
      return Math.max(asked, Math.random() * Math.min(backoffMs * 2 ** made, longestWaitMs));
    });
    if (typeof result !== "number") return result;
    await wait(result, signal);
  }
}

type AnyCall = (input?: Input, options?: CallOptions) => Promise<Answered>;

async function* pagesOf(list: AnyCall, input: Input = {}, options: CallOptions = {}): AsyncGenerator<unknown, void> {
  let query = input.query ?? {};
  for (;;) {
    const { status, body, error } = await list({ ...input, query }, options);
    if (error) throw new PageRefused(status, error);
    yield body;
    const cursor = isRecord(body) ? body["nextCursor"] : undefined;
    if (cursor === undefined) return;
    if (cursor === query["cursor"]) throw new NoAnswer("a page whose next page is itself", status);
    query = { ...query, cursor };
  }
}

/**
 * A client of an API, whose types come from the contract alone: parameters, bodies, and the answers and errors of each
 * status. It runs in browsers and in Node.js.
 *
 * @throws NoAnswer from a call, where the service does not answer as its contract says
 *
 * @example
 * const records = clientOf(recordsApi, { url: "https://api.example.com/prod", apiKey: key ?? "" });
 * const answer = await records.getRecord({ params: { recordId } });
 * if (answer.ok) console.log(answer.body.values, answer.headers.ETag);
 * else if (answer.status === 404) console.log("gone");
 */
export function clientOf<const A extends Api>(api: A, options: ClientOptions): Client<A> {
  if (!URL.canParse(options.url))
    throw new TypeError(`url must be a URL like https://api.example.com/prod, got ${options.url}`);
  const calls = Object.entries(api.routes).map(([operation, route]) => {
    const ask: AnyCall = (input = {}, callOptions = {}) => call(options, route, input, callOptions);
    const pages = (input?: Input, callOptions?: CallOptions) => pagesOf(ask, input, callOptions);
    return [operation, Object.assign(ask, { pages })];
  });
  // The types are the contract's, as the calls are.
  return Object.fromEntries(calls) as Client<A>;
}
