import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type * as z from "zod/mini";
import {
  isMedia,
  isRedirect,
  type MediaBody,
  type RedirectStatus,
  type ResponseBody,
  type ResponseOf,
  responseOf,
  type SuccessStatus,
} from "../../contracts/answers";
import { type Route, successStatuses } from "../../contracts/api";
import { usualStatuses } from "../../contracts/errors";
import type { StreamBody } from "../../contracts/streams";
import { envList } from "./env";
import { meaningOf, Refusal } from "./errors";
import { mismatches, SchemaMismatch } from "./schema-mismatch";

type Headers = Readonly<Record<string, string>>;

/** The response headers that a route declares. */
type HeaderName<R extends Route> = R["responseHeaders"] extends Headers ? keyof R["responseHeaders"] & string : never;

/** The value of a body before it is checked: what a schema takes, a text, or bytes; none of one that `handleStream` makes. */
type Value<Body> = Body extends StreamBody
  ? never
  : Body extends z.ZodMiniType
    ? z.input<Body>
    : Body extends MediaBody<infer Kind>
      ? Kind extends "text"
        ? string
        : Uint8Array
      : undefined;

/** The value of a route's answers of a status. */
type ValueOf<R extends Route, S> = Value<ResponseOf<R, S>>;

type First<R extends Route> = R["status"] extends readonly [infer S, ...unknown[]] ? S : R["status"];

/** Replies of a status: with all headers that the route declares, or with none; where it leads elsewhere, with a Location. */
type ReplyOf<R extends Route, S, Named> = S extends RedirectStatus
  ? Reply<undefined, Named, "Location"> | Reply<undefined, Named, HeaderName<R> | "Location">
  : Reply<ValueOf<R, S>, Named, never> | Reply<ValueOf<R, S>, Named, HeaderName<R>>;

/** Results of an operation on success: the value of the first status, or a reply. */
export type Success<R extends Route> =
  | (First<R> extends RedirectStatus ? never : ValueOf<R, First<R>>)
  | ReplyOf<R, First<R>, undefined>
  | (SuccessStatus<R> extends infer S ? (S extends number ? ReplyOf<R, S, S> : never) : never);

/** A success with a status or headers of its own. Made by {@link reply}. */
export class Reply<Value, S, H extends string> {
  /** The names of the headers, for the compiler: a header is none of those that a route does not declare. */
  declare readonly names: H;

  constructor(
    readonly value: Value,
    /** The route's first, if undefined. */
    readonly status: S,
    readonly headers: Readonly<Record<H, string>>,
  ) {}
}

/**
 * A success with another status than the route's first, or with headers.
 *
 * @example
 * return reply(thing, { status: 201, headers: { Location: locationBelow(path, "a") } });
 */
export function reply<Value, const S>(value: Value, options: { readonly status: S }): Reply<Value, S, never>;
export function reply<Value, H extends string>(
  value: Value,
  options: { readonly headers: Readonly<Record<H, string>> },
): Reply<Value, undefined, H>;
export function reply<Value, const S, H extends string>(
  value: Value,
  options: { readonly status: S; readonly headers: Readonly<Record<H, string>> },
): Reply<Value, S, H>;
export function reply(
  value: unknown,
  { status, headers = {} }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> },
): Reply<unknown, number | undefined, string> {
  return new Reply(value, status, headers);
}

/**
 * An answer that leads elsewhere.
 *
 * @param location - an absolute URL, or a path as clients see it, percent-encoded
 *
 * @example
 * return redirect(302, "https://example.com/");
 */
export const redirect = <const S extends RedirectStatus>(
  status: S,
  location: string,
): Reply<undefined, S, "Location"> => new Reply(undefined, status, { Location: location });

/** Path of a created resource: below the path of the request. */
export const locationBelow = (path: string, id: string): string =>
  `${path.replace(/\/+$/, "")}/${encodeURIComponent(id)}`;

/** An operation's result is not what its route declares. Contains no values, only where and how they differ. */
export class ResponseMismatch extends SchemaMismatch {
  constructor(issues: SchemaMismatch["issues"]) {
    super("the response is not what the route declares", issues);
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

/**
 * Says until when the stage may serve this answer. An instant, not an age: the stage returns it unchanged, and whoever
 * keeps it on the way to the client keeps it no longer than the stage does.
 */
const cacheHeaders = ({ cache }: Route): Headers =>
  cache ? { "Cache-Control": "private", Expires: new Date(Date.now() + cache.ttlSeconds * 1000).toUTCString() } : {};

/** The body of an answer, as API Gateway takes it from a function. */
type Body = Pick<APIGatewayProxyResult, "body" | "isBase64Encoded"> & { readonly type?: string };

const wrongType = (): never => {
  throw new ResponseMismatch([{ code: "invalid_type", path: "" }]);
};

function bodyOf(declared: ResponseBody | undefined, value: unknown): Body {
  if (!declared) return { body: "" };
  if (isMedia(declared)) {
    const { kind, mediaType: type } = declared;
    if (kind === "text")
      return typeof value === "string" ? { type: `${type}; charset=utf-8`, body: value } : wrongType();
    return value instanceof Uint8Array
      ? { type, body: Buffer.from(value).toString("base64"), isBase64Encoded: true }
      : wrongType();
  }
  const result = declared.safeParse(value);
  if (result.success) return { type: "application/json", body: JSON.stringify(result.data) };
  throw new ResponseMismatch(mismatches(declared, result.error.issues));
}

/**
 * Status and headers of a success, which the route declares.
 *
 * @throws ResponseMismatch naming what it does not, or the Location that a redirect lacks
 */
export function checkHead(route: Route, status: number, headers: Headers): void {
  const issues: { code: string; path: string }[] = [];
  if (!successStatuses(route).includes(status)) issues.push({ code: "undeclared_status", path: `status ${status}` });
  const given = Object.keys(headers);
  const declared = [...Object.keys(route.responseHeaders ?? {}), ...(isRedirect(status) ? ["Location"] : [])];
  for (const name of given.filter((header) => !declared.includes(header))) {
    issues.push({ code: "undeclared_header", path: `headers.${name}` });
  }
  if (isRedirect(status) && !headers["Location"]) issues.push({ code: "missing_header", path: "headers.Location" });
  if (issues.length > 0) throw new ResponseMismatch(issues);
}

/**
 * The answer to a success, checked by the route.
 *
 * @throws ResponseMismatch when it is not what the route promises
 */
export function successAnswer(route: Route, outcome: unknown, cors: Headers): APIGatewayProxyResult {
  const [first] = successStatuses(route);
  const given = outcome instanceof Reply ? outcome : new Reply(outcome, undefined, {});
  const statusCode: number = given.status ?? first;
  checkHead(route, statusCode, given.headers);
  const { type, ...body } = bodyOf(responseOf(route, statusCode), given.value);
  const headers = { ...cors, ...cacheHeaders(route), ...given.headers };
  return { statusCode, headers: type === undefined ? headers : { "Content-Type": type, ...headers }, ...body };
}

/**
 * A refusal that the route declares, or that any route may answer.
 *
 * @throws ResponseMismatch when it is neither
 */
export function declaredRefusal({ errors = [], ownErrors = {} }: Route, refusal: Refusal): Refusal {
  const { status, code, isOwn } = refusal;
  const isDeclared = isOwn
    ? Object.hasOwn(ownErrors, code) && ownErrors[code]?.status === status
    : usualStatuses.includes(status) || (errors as readonly number[]).includes(status);
  if (isDeclared) return refusal;
  throw new ResponseMismatch([{ code: "undeclared_error", path: `${status} ${code}` }]);
}

/** The answer to a refusal, or to a fault of ours when there is none. From 500 on, words are fixed. */
export function errorAnswer(refusal: Refusal | undefined, requestId: string, cors: Headers): APIGatewayProxyResult {
  const { status, code, message, details, retryAfterSeconds, location } = refusal ?? new Refusal(500);
  const words = status < 500 ? message : meaningOf(status);
  const error = { code, message: words, ...(details ? { details } : {}), requestId };
  const retry = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
  const where = location === undefined ? {} : { Location: location };
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store", ...retry, ...where, ...cors };
  return { statusCode: status, headers, body: JSON.stringify({ error }) };
}
