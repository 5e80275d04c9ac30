import type { Runner } from "../../run/runner";
import type { Monitor } from "../metrics/monitor";
import type { Recorder } from "../recorder";

/** Sources of the page's answers. */
export interface Sources {
  readonly runner: Pick<Runner, "systems" | "access" | "grants" | "listeners" | "scheduled" | "fire" | "userTokens">;
  readonly recorder: Recorder;
  readonly monitor: Monitor;
  /** The folder of the project. */
  readonly root: string;
  readonly now: () => number;
}

/** A request to the page's interface. */
export interface Asked {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of a POST: what its JSON says. */
  readonly body: unknown;
}

/** A refusal with a status: what was asked for is not there, or not understood. */
export class PageError extends Error {
  override readonly name = "PageError";

  constructor(
    readonly status: 400 | 403 | 404 | 405 | 409 | 413 | 415 | 502,
    message: string,
  ) {
    super(message);
  }
}

/** An operation of the page's interface. */
export interface Endpoint {
  /** Whatever changes or reveals something is a POST, and takes the token. */
  readonly method: "GET" | "POST";
  /** `/api/requests/{id}` */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Of the query: what each means. */
  readonly query?: Readonly<Record<string, string>>;
  /** Of a POST: the members of its body, and what each is. */
  readonly body?: Readonly<Record<string, string>>;
  readonly answer: (asked: Asked, sources: Sources) => unknown;
}

export const notThere = (what: string): PageError => new PageError(404, `${what} is not there, or no longer`);

/** A member of a body that has to be a text. @throws PageError */
export function textOf(body: unknown, name: string): string {
  const value = memberOf(body, name);
  if (typeof value === "string") return value;
  throw new PageError(400, `${name} must be a text, got ${typeof value}`);
}

/** A member of a body, whatever it is. */
export function memberOf(body: unknown, name: string): unknown {
  if (typeof body !== "object" || body === null || !Object.hasOwn(body, name)) return undefined;
  return Object.getOwnPropertyDescriptor(body, name)?.value;
}

/** Length of a list, as requested. @throws PageError */
export function limitOf(query: URLSearchParams, most: number): number {
  const text = query.get("limit");
  if (text === null) return most;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return Math.min(limit, most);
  throw new PageError(400, `limit must be a whole number from 1, got ${text}`);
}
