import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type * as z from "zod/mini";
import { type Route, successStatuses } from "../../contracts/api";
import { errorStatuses } from "../../contracts/errors";
import { envList } from "./env";
import { Refusal } from "./errors";

type Headers = Readonly<Record<string, string>>;

/** The statuses of success that a route declares. */
export type Status<R extends Route> = R["status"] extends readonly (infer S)[] ? S : R["status"];

/** The response headers that a route declares. */
export type HeaderName<R extends Route> = R["responseHeaders"] extends Headers
  ? keyof R["responseHeaders"] & string
  : never;

/** Result of an operation on success, before the route's schema has checked it. */
export type Success<R extends Route> = R["response"] extends z.ZodMiniType ? z.input<R["response"]> : undefined;

/** A success with a status or headers of its own. Made by {@link reply}. */
export class Reply<Value, S, H extends string> {
  constructor(
    readonly value: Value,
    readonly options: { readonly status?: S; readonly headers?: Readonly<Record<H, string>> },
  ) {}
}

/**
 * A success with another status than the route's first, or with headers.
 *
 * @example
 * return reply(thing, { status: 201, headers: { Location: locationBelow(path, "a") } });
 */
export const reply = <Value, const S = never, H extends string = never>(
  value: Value,
  options: { readonly status?: S; readonly headers?: Readonly<Record<H, string>> },
): Reply<Value, S, H> => new Reply(value, options);

/** Path of a created resource: below the path of the request. */
export const locationBelow = (path: string, id: string): string =>
  `${path.replace(/\/+$/, "")}/${encodeURIComponent(id)}`;

/** An operation's result does not match its route's schema. Contains no values, only where and how they differ. */
export class ResponseMismatch extends Error {
  constructor(readonly issues: readonly { readonly code: string; readonly path: string }[]) {
    super("the response does not match the route's schema");
  }
}

const corsOrigins = envList("CORS_ORIGINS");

/** Lets browsers of the allowed origins read the answer: the one origin always, one of several when it asks. */
export function corsHeaders(route: Route, event: APIGatewayProxyEvent): Headers {
  const [only, ...others] = corsOrigins;
  if (only === undefined) return {};
  const exposed = [...Object.keys(route.responseHeaders ?? {}), "Retry-After", "x-amzn-RequestId"].join(",");
  const allow = (origin: string) => ({
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Expose-Headers": exposed,
  });
  if (others.length === 0) return allow(only);
  const name = Object.keys(event.headers ?? {}).find((key) => key.toLowerCase() === "origin");
  const origin = name === undefined ? undefined : event.headers[name];
  return { Vary: "Origin", ...(origin !== undefined && corsOrigins.includes(origin) ? allow(origin) : {}) };
}

/** The inside of a schema, also of one that is built on demand. */
const built = (schema: z.core.$ZodType | undefined): object =>
  (schema?._zod.def.type === "lazy" ? (schema as z.core.$ZodLazy)._zod.innerType : schema)?._zod ?? {};

/** The part of an issue's path that the schema names. The rest, a key of an open-ended object, is somebody's data. */
function declaredPath(schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  let at: z.core.$ZodType | undefined = schema;
  const named: string[] = [];
  for (const key of path) {
    const { def } = built(at) as { def?: { shape?: Record<PropertyKey, z.core.$ZodType>; element?: z.core.$ZodType } };
    at = def?.shape?.[key] ?? def?.element;
    named.push(at ? String(key) : "*");
  }
  return named.join(".");
}

/**
 * Says until when the stage may serve this answer. An instant, not an age: the stage returns it unchanged, and whoever
 * keeps it on the way to the client keeps it no longer than the stage does.
 */
const cacheHeaders = ({ cache }: Route): Headers =>
  cache ? { "Cache-Control": "private", Expires: new Date(Date.now() + cache.ttlSeconds * 1000).toUTCString() } : {};

/**
 * The answer to a success, checked by the route's schema.
 *
 * @throws ResponseMismatch when it is not what the route promises
 */
export function successAnswer(route: Route, outcome: unknown, cors: Headers): APIGatewayProxyResult {
  const { value, options } = outcome instanceof Reply ? outcome : { value: outcome, options: {} };
  const statusCode = options.status ?? successStatuses(route)[0];
  const headers = { ...cors, ...cacheHeaders(route), ...options.headers };
  if (!route.response) return { statusCode, headers, body: "" };
  const result = route.response.safeParse(value);
  if (!result.success) {
    const { response } = route;
    throw new ResponseMismatch(
      result.error.issues.map(({ code, path }) => ({ code, path: declaredPath(response, path) })),
    );
  }
  return { statusCode, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(result.data) };
}

/** The answer to a refusal, or to a fault of ours when there is none. From 500 on, words are fixed. */
export function errorAnswer(refusal: Refusal | undefined, requestId: string, cors: Headers): APIGatewayProxyResult {
  const { status, message, details, retryAfterSeconds, location } = refusal ?? new Refusal(500);
  const { code, meaning } = errorStatuses[status];
  const error = { code, message: status < 500 ? message : meaning, ...(details ? { details } : {}), requestId };
  const retry = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  const where = location === undefined ? {} : { Location: location };
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", ...retry, ...where, ...cors };
  return { statusCode: status, headers, body: JSON.stringify({ error }) };
}
