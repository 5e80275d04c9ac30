import { isDeepStrictEqual } from "node:util";
import type { Arguments } from "../../stack-json/document";
import type { Resource } from "../../stack-json/resource";
import { type Change, changesAbout } from "./change";
import type { Comparison } from "./comparison";

const api = changesAbout("api");
const access = changesAbout("access");

interface Operation {
  readonly security?: readonly Record<string, unknown>[];
  readonly [integration: `x-amazon-apigateway-${string}`]: unknown;
}

const methods = ["get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method"];

/** What an API is made of; nothing where that is no document. */
export function bodyOf({
  args,
}: Resource): { paths?: Record<string, Record<string, Operation>>; security?: [] } & Arguments {
  return typeof args["body"] === "string" ? JSON.parse(args["body"]) : {};
}

/** Routes, without preflights: `GET /records` → what is said of it. */
function routesOf(resource: Resource): Map<string, Operation> {
  const { paths = {}, security = [] } = bodyOf(resource);
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method) && method !== "options")
      .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, { security, ...operation }] as const),
  );
  return new Map(routes);
}

const words: Readonly<Record<string, string>> = { apiKey: "an API key", users: "a user's token" };

/** API Gateway asks for all that is required, also where it is required one by one. */
const accessTo = ({ security = [] }: Operation): string => {
  const needs = security.flatMap(Object.keys).map((scheme) => (Object.hasOwn(words, scheme) ? words[scheme] : scheme));
  return needs.length === 0 ? "public" : needs.join(" and ");
};

/** The part of a route that clients depend on: all but its integration. */
const seenOf = (operation: Operation): object =>
  Object.fromEntries(
    Object.entries(operation).filter(([key]) => key !== "x-amazon-apigateway-integration" && key !== "security"),
  );

function routeChange(route: string, before: Operation | undefined, after: Operation | undefined): Change[] {
  if (!after) return [api("notice", `${route} is gone: its clients are refused`)];
  const now = accessTo(after);
  if (!before) {
    const text = `${route} is new, ${now === "public" ? "public" : `needs ${now}`}`;
    return [now === "public" ? access("risk", text) : api("info", text)];
  }
  const then = accessTo(before);
  const changes: Change[] = [];
  if (then !== now) changes.push(access(now === "public" ? "risk" : "notice", `${route}: access ${then} → ${now}`));
  if (!isDeepStrictEqual(seenOf(before), seenOf(after)))
    changes.push(api("notice", `${route} takes or answers something else`));
  const integration = "x-amazon-apigateway-integration";
  if (!isDeepStrictEqual(before[integration], after[integration]))
    changes.push(api("info", `${route} is served otherwise`));
  return changes;
}

/** Origins that browsers may call from: what stands in preflights, the gateway's own answers, and what handlers echo. */
function originsOf(resources: ReadonlyMap<string, Resource>): Set<string> {
  const origins = new Set<string>();
  for (const resource of resources.values()) {
    const { variables = {} } = (resource.args["environment"] ?? {}) as { variables?: Record<string, string> };
    for (const origin of (variables["CORS_ORIGINS"] ?? "").split(",")) origins.add(origin.trim());
    if (resource.type !== "aws_api_gateway_rest_api") continue;
    const { paths = {}, "x-amazon-apigateway-gateway-responses": answers } = bodyOf(resource);
    const text = JSON.stringify([Object.values(paths).map(({ options }) => options), answers]);
    for (const [, origin = ""] of text.matchAll(/'(\*|https?:\/\/[^'"\\]+)'/g)) origins.add(origin);
    for (const [, origin = ""] of text.matchAll(/\$origin == \\+"([^"\\]+)\\+"/g)) origins.add(origin);
  }
  origins.delete("");
  return origins;
}

function corsChanges({ before, after }: Comparison): Change[] {
  const [then, now] = [originsOf(before), originsOf(after)];
  const words = (origin: string) => (origin === "*" ? "any origin" : origin);
  return [
    ...[...now].filter((origin) => !then.has(origin)).map((origin) => access("risk", `CORS opens to ${words(origin)}`)),
    ...[...then]
      .filter((origin) => !now.has(origin))
      .map((origin) => access("notice", `CORS closes to ${words(origin)}`)),
  ];
}

/** Changes of an API that clients notice. */
export function apiChanges(comparison: Comparison): Change[] {
  const routes = [...comparison.keptOf("aws_api_gateway_rest_api")].flatMap(({ before, after }) => {
    const [then, now] = [routesOf(before), routesOf(after)];
    return [...new Set([...then.keys(), ...now.keys()])].flatMap((route) =>
      routeChange(route, then.get(route), now.get(route)),
    );
  });
  const anew = comparison
    .keptOf("aws_api_gateway_deployment")
    .filter((kept) => comparison.isReplaced(kept))
    .map(({ after }) =>
      api(
        "info",
        `${after.path.replace(/\/?deployment$/, "") || "the API"} is deployed anew; its stages keep their URLs`,
      ),
    );
  return [...routes, ...corsChanges(comparison), ...anew];
}

/** The routes of a stack that anyone may call. */
export const publicRoutes = (resources: Iterable<Resource>): string[] =>
  [...resources]
    .filter(({ type }) => type === "aws_api_gateway_rest_api")
    .flatMap((resource) => [...routesOf(resource)].filter(([, operation]) => accessTo(operation) === "public"))
    .map(([route]) => route);
