import type { core, ZodMiniType } from "zod/mini";
import type { MediaBody, RedirectStatus, ResponseOf, SuccessStatus } from "./answers";
import type { Api, FieldsSchema, Route } from "./api";
import type { Problem } from "./errors";

/** `if-match` as HTTP writes it: `If-Match`. */
type HeaderCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Capitalize<Head>}-${HeaderCase<Tail>}`
  : Capitalize<Name>;

/** Values of parameters: as text, or as the numbers and lists that the schema makes of it. */
type Fields<Schema> = Schema extends FieldsSchema
  ? {
      [Name in keyof core.input<Schema>]:
        | core.input<Schema>[Name]
        | (Name extends keyof core.output<Schema>
            ? Extract<core.output<Schema>[Name], number | readonly number[] | undefined>
            : never);
    }
  : undefined;

type HeaderFields<Schema> = Schema extends FieldsSchema
  ? { [Name in keyof Fields<Schema> as HeaderCase<Name & string>]: Fields<Schema>[Name] }
  : undefined;

/** A part of a request: absent where the route has none, optional where all of it is. */
type Part<Name extends string, Value> = [Value] extends [undefined]
  ? unknown
  : object extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

/** What a route is asked: parameters of path and query, headers by their names in HTTP, and the body. */
export type Input<R extends Route> = Part<"params", Fields<R["params"]>> &
  Part<"query", Fields<R["query"]>> &
  Part<"headers", HeaderFields<R["headers"]>> &
  (R["body"] extends ZodMiniType ? { readonly body: core.input<R["body"]> } : unknown);

type BodyValue<Body> = Body extends ZodMiniType
  ? core.output<Body>
  : Body extends MediaBody<infer Kind>
    ? Kind extends "text"
      ? string
      : Uint8Array
    : undefined;

type HeadersOf<R extends Route, S> = Readonly<
  Partial<
    Record<R["responseHeaders"] extends Readonly<Record<string, string>> ? keyof R["responseHeaders"] : never, string>
  >
> &
  (S extends RedirectStatus ? { readonly Location: string } : unknown);

type Success<R extends Route, S> = S extends number
  ? {
      readonly ok: true;
      readonly status: S;
      readonly body: BodyValue<ResponseOf<R, S>>;
      readonly headers: HeadersOf<R, S>;
    }
  : never;

/** Statuses that any route may refuse with: the runtime's, and the gateway's own. */
type UsualStatus = 400 | 401 | 403 | 413 | 415 | 429 | 500 | 503 | 504;

type Declared<R extends Route> = R["errors"] extends readonly (infer S)[] ? S : never;

/** The content of an error. */
export interface ErrorBody<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly details?: readonly Problem[];
  /** Names the request in the service's logs. */
  readonly requestId: string;
}

type Refusal<S, Code extends string = string> = S extends number
  ? { readonly ok: false; readonly status: S; readonly error: ErrorBody<Code> }
  : never;

type OwnRefusals<Errors> =
  Errors extends Readonly<Record<string, { readonly status: number }>>
    ? { [Code in keyof Errors & string]: Refusal<Errors[Code]["status"], Code> }[keyof Errors & string]
    : never;

/** All answers of a route, told apart by `ok` and `status`. */
export type Answer<R extends Route> =
  | Success<R, SuccessStatus<R>>
  | Refusal<Declared<R> | UsualStatus>
  | OwnRefusals<R["ownErrors"]>;

/** Options of one call. */
export interface CallOptions {
  /** Ends the call, its retries and the waits between them. */
  readonly signal?: AbortSignal;
}

/** The successes of a list's route, one page each. */
type Page<R extends Route> = Extract<Answer<R>, { readonly ok: true }>["body"];

/** Whether a route lists page by page: it takes a `cursor`. */
type IsPaged<R extends Route> = R["query"] extends FieldsSchema
  ? "cursor" extends keyof core.input<R["query"]>
    ? true
    : false
  : false;

type Arguments<R extends Route> =
  object extends Input<R> ? [input?: Input<R>, options?: CallOptions] : [input: Input<R>, options?: CallOptions];

/** A call of one route. Of a list, `pages` gives one page after the other. */
export type Call<R extends Route> = ((...args: Arguments<R>) => Promise<Answer<R>>) &
  (IsPaged<R> extends true ? { readonly pages: (...args: Arguments<R>) => AsyncGenerator<Page<R>, void> } : unknown);

/** A client: each operation of an API as a call. */
export type Client<A extends Api> = { readonly [Operation in keyof A["routes"]]: Call<A["routes"][Operation]> };
