import { isDeepStrictEqual } from "node:util";
import { isObject } from "../../lib/json";
import type { Resource } from "../../stack-json/resource";
import { bodyOf } from "./api";
import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";

const access = changesAbout("access");

/** The variables of a function that checks tokens, and what each says. */
const facts = { TOKEN_ISSUER: "of", TOKEN_AUDIENCE: "for", TOKEN_KEY_SET_URL: "by the keys at" } as const;

const variablesOf = ({ args }: Resource): Readonly<Record<string, unknown>> =>
  (args["environment"] as { variables?: Record<string, unknown> } | undefined)?.variables ?? {};

/** Another issuer, audience or key set lets other people in. */
const ofFunctions = ({ before, after }: Kept): Change[] =>
  Object.entries(facts).flatMap(([name, word]) => {
    const [then, now] = [variablesOf(before)[name], variablesOf(after)[name]];
    if (then === undefined || now === undefined || then === now) return [];
    return [access("risk", `${after.path} takes tokens ${word} ${now}, no more those ${word} ${then}`)];
  });

function parsed(value: unknown): object {
  try {
    const read: unknown = JSON.parse(String(value));
    return isObject(read) ? read : {};
  } catch {
    return {};
  }
}

type Scopes = ReadonlyMap<string, readonly string[]>;

/** The scopes of each operation of users: those that a function knows, and those that an API tells a user pool. */
function scopesIn(resources: ReadonlyMap<string, Resource>): Scopes {
  const found = new Map<string, readonly string[]>();
  for (const resource of resources.values()) {
    for (const [method, scopes] of Object.entries(parsed(variablesOf(resource)["TOKEN_SCOPES"]))) {
      if (Array.isArray(scopes)) found.set(method.replace("/", " /"), scopes);
    }
    if (resource.type !== "aws_api_gateway_rest_api") continue;
    for (const [path, operations] of Object.entries(bodyOf(resource).paths ?? {}))
      for (const [method, { security = [] }] of Object.entries(operations)) {
        const scopes = security.flatMap(({ users = [] }) => users as readonly string[]);
        if (scopes.length > 0) found.set(`${method.toUpperCase()} ${path.replace(/\{[^}]+\}/g, "*")}`, scopes);
      }
  }
  return found;
}

const needed = (scopes: readonly string[]): string => (scopes.length === 0 ? "none" : scopes.join(" or "));

/** Whether somebody gets in who did not before. */
const isWider = (then: readonly string[], now: readonly string[]): boolean =>
  then.length > 0 && (now.length === 0 || now.some((scope) => !then.includes(scope)));

/** Changes of whose tokens are taken, and of what they have to be for. */
export function usersChanges(comparison: Comparison): Change[] {
  const [before, after] = [scopesIn(comparison.before), scopesIn(comparison.after)];
  const scopes = [...after].flatMap(([operation, now]) => {
    const then = before.get(operation);
    if (then === undefined || isDeepStrictEqual(then, now)) return [];
    return [access(isWider(then, now) ? "risk" : "notice", `${operation}: scopes ${needed(then)} → ${needed(now)}`)];
  });
  return [...comparison.keptOf("aws_lambda_function").flatMap(ofFunctions), ...scopes];
}
