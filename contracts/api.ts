import type { core, ZodMiniLazy, ZodMiniObject, ZodMiniType } from "zod/mini";
import type { Access, UserAccess } from "./access";
import type { ResponseBody } from "./answers";
import type { ErrorStatus, OwnError } from "./errors";

/** A schema over the string values of a path, query string or header block. */
export type FieldsSchema = ZodMiniLazy<ZodMiniObject>;

/** Answers kept by the stage cache. */
export interface RouteCache {
  /** Time to live of an answer in the cache: 1–3600 seconds. */
  readonly ttlSeconds: number;
  /**
   * Every path parameter, query parameter and header the answer depends on. The cache knows nothing else about a
   * request, so a parameter that is missing here makes one caller see another's answer: synth refuses it.
   */
  readonly keyParameters: readonly string[];
}

/** A rate limit in requests a second, and how many may come at once. */
export interface Throttle {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** Who may call an operation. */
export type Admission =
  | {
      readonly access: Exclude<Access, UserAccess>;
      readonly scopes?: never;
      /** @default not cached */
      readonly cache?: RouteCache;
    }
  | {
      readonly access: UserAccess;
      /**
       * Of which a token needs one, as tokens have them: `things/write`. @default whoever has a token may call
       */
      readonly scopes?: readonly string[];
      /** What is one user's must not be another's. */
      readonly cache?: never;
    };

/** One operation of an API, as plain data. */
export type Route = Admission & RouteParts;

/** Of an operation, whatever its access. */
interface RouteParts {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Begins with `/`; variables in braces: `/records/{recordId}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** Path variables, by name. */
  readonly params?: FieldsSchema;
  /** Query parameters, by name. A parameter that is not named here is refused; `listOf` takes one that is given several times. */
  readonly query?: FieldsSchema;
  /** Request headers, by lower-case name. Headers that are not named here are ignored. */
  readonly headers?: FieldsSchema;
  /** The JSON body of the request; absent where the operation takes none. */
  readonly body?: ZodMiniType;
  /**
   * The status of success, then those of other successes (a repeated creation that changes nothing). A redirect's (301,
   * 302, 303, 307, 308) is answered with a `Location`, and without a body.
   */
  readonly status: number | readonly [number, ...number[]];
  /** The body of every success: the schema of its JSON, or `textBody` or `binaryBody`; absent where there is none (204). */
  readonly response?: ResponseBody;
  /** The bodies of successes that differ from `response`, by status. */
  readonly responses?: Readonly<Record<number, ResponseBody>>;
  /** Response headers that a client may rely on: name → what it says. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** The refusals a client should expect besides 403, 429 and 500, which any route may answer. */
  readonly errors?: readonly ErrorStatus[];
  /** Refusals with a code of the route's own, by code: `LINK_EXPIRED: { status: 410, meaning: "The link has expired." }`. */
  readonly ownErrors?: Readonly<Record<string, OwnError>>;
  /** Headers of refusals that a client may rely on, by status. */
  readonly errorHeaders?: { readonly [S in ErrorStatus]?: Readonly<Record<string, string>> };
  /** @default the throttle of the stage */
  readonly throttle?: Throttle;
}

/**
 * An API: what its clients may ask and what they are answered. Everything else about it is derived from this.
 *
 * @example
 * const thingsApi = {
 *   name: "things",
 *   version: "1.0.0",
 *   description: "Things by id.",
 *   models: { Thing, Error: ErrorSchema },
 *   routes: {
 *     getThing: {
 *       method: "GET",
 *       path: "/things/{thingId}",
 *       summary: "Reads a thing",
 *       access: "apiKey",
 *       params: onDemand(() => z.object({ thingId: identifier(64) })),
 *       status: 200,
 *       response: Thing,
 *       errors: [404],
 *     },
 *   },
 * } as const satisfies Api;
 */
export interface Api {
  /** Kebab-case; the name of the system that serves it. */
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Schemas that get a name of their own (letters and digits) in OpenAPI files and gateway models. */
  readonly models: Readonly<Record<string, ZodMiniType>>;
  /** Operation id (verb and noun, camelCase) → route. */
  readonly routes: Readonly<Record<string, Route>>;
}

/** The operation ids of an API. */
export type OperationId<A extends Api> = keyof A["routes"] & string;

/** The statuses of success, the usual one first. */
export const successStatuses = ({ status }: Route): readonly [number, ...number[]] =>
  typeof status === "number" ? [status] : status;

/** The names that a fields schema declares, in its order. */
export const fieldNames = (schema: FieldsSchema | undefined): readonly string[] =>
  schema ? Object.keys(schema._zod.innerType._zod.def.shape) : [];

/** Whether a schema without what only wraps it (an option, a default, a transformation) is of a list. */
function isArray({ _zod: { def } }: core.$ZodType): boolean {
  const { type, innerType, in: input } = def as { type: string; innerType?: core.$ZodType; in?: core.$ZodType };
  const inner = innerType ?? input;
  return type === "array" || (inner !== undefined && isArray(inner));
}

/** Whether a parameter may be given several times. */
export function isList(schema: FieldsSchema | undefined, name: string): boolean {
  const shape: Readonly<Record<string, core.$ZodType>> = schema?._zod.innerType._zod.def.shape ?? {};
  const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
  return field !== undefined && isArray(field);
}
