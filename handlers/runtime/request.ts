import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod/mini";
import { type FieldsSchema, fieldNames, isList, type Route } from "../../contracts/api";
import type { Problem } from "../../contracts/errors";
import { onDemand } from "../../contracts/fields";
import { type Reading, readBody } from "./body";
import { Validation } from "./errors";
import { capped, problemsIn } from "./problems";

type Parsed<Schema> = Schema extends z.ZodMiniType ? z.output<Schema> : undefined;

/** The parts of a request that a route declares, as its schemas make them. */
export interface Parts<R extends Route> {
  readonly params: Parsed<R["params"]>;
  readonly query: Parsed<R["query"]>;
  readonly headers: Parsed<R["headers"]>;
  readonly body: Parsed<R["body"]>;
}

type Values = Iterable<readonly [name: string, values: readonly string[]]>;

/** A route that declares no query parameters takes none. */
const noFields = onDemand(() => z.strictObject({}));

/** All values by name: from the map that lists them, or, where a caller leaves it out, from the one that doesn't. */
function valuesByName(
  multi: Readonly<Record<string, string[] | undefined>> | null | undefined,
  single: Readonly<Record<string, string | undefined>> | null | undefined,
): Values {
  if (multi) return Object.entries(multi).map(([name, values = []]) => [name, values] as const);
  return Object.entries(single ?? {}).map(([name, value]) => [name, value === undefined ? [] : [value]] as const);
}

/** One value for each name: which of several counts would be a guess. A list has all that there are. */
function readOnce(part: string, values: Values, schema?: FieldsSchema): Reading {
  const value: Record<string, string | readonly string[]> = Object.create(null);
  const problems: Problem[] = [];
  for (const [name, given] of values) {
    const [first, ...more] = given;
    if (isList(schema, name)) {
      value[name] = given;
      continue;
    }
    if (name in value || more.length > 0) problems.push({ path: `${part}.${name}`, message: "must be given once" });
    if (first !== undefined) value[name] = first;
  }
  return { value, problems };
}

/**
 * Parameters as the cache's key has them: of each declared parameter the last value, and blank if it is missing. A
 * cached answer must follow from that alone. If anything else counted (a parameter that nobody declared and that is
 * refused, one sent twice), the refusal would be cached and served to all who ask rightly.
 */
function readKeyed(part: string, values: Values, names: readonly string[]): Reading {
  const last = [...values].map(([name, given]) => [name, given.at(-1)] as const);
  return readOnce(
    part,
    last.flatMap(([name, value]) => (value && names.includes(name) ? [[name, [value]] as const] : [])),
  );
}

/** Names of headers have no case, and a request carries many that a route does not declare. */
function declaredHeaders(event: APIGatewayProxyEvent, schema: FieldsSchema | undefined): Values {
  const names = fieldNames(schema);
  if (names.length === 0) return [];
  return [...valuesByName(event.multiValueHeaders, event.headers)]
    .map(([name, values]) => [name.toLowerCase(), values] as const)
    .filter(([name]) => names.includes(name));
}

/** Path variables arrive as they were sent, percent-encoded. */
function readParams({ pathParameters }: APIGatewayProxyEvent): Reading {
  const value: Record<string, string> = Object.create(null);
  const problems: Problem[] = [];
  for (const [name, encoded = ""] of Object.entries(pathParameters ?? {})) {
    try {
      value[name] = decodeURIComponent(encoded);
    } catch {
      value[name] = encoded;
      problems.push({ path: `params.${name}`, message: "must be percent-encoded UTF-8" });
    }
  }
  return { value, problems };
}

/**
 * Reads and checks every part of a request.
 *
 * @throws Validation with the problems of all parts together
 */
export function parseRequest<R extends Route>(route: R, event: APIGatewayProxyEvent): Parts<R> {
  const problems: Problem[] = [];
  const parse = (part: string, schema: z.ZodMiniType | undefined, read: () => Reading): unknown => {
    if (!schema) return undefined;
    const { value, problems: found, unreadable } = read();
    problems.push(...found);
    if (unreadable) return undefined;
    const result = schema.safeParse(value);
    if (!result.success) problems.push(...problemsIn(part, result.error.issues, value));
    return result.data;
  };
  const read = (part: string, values: Values, schema: FieldsSchema | undefined): Reading =>
    route.cache ? readKeyed(part, values, fieldNames(schema)) : readOnce(part, values, schema);
  const parts = {
    params: parse("params", route.params, () => readParams(event)),
    query: parse("query", route.query ?? noFields, () => read("query", queryValues(event), route.query)),
    headers: parse("headers", route.headers, () =>
      read("headers", declaredHeaders(event, route.headers), route.headers),
    ),
    body: parse("body", route.body, () => readBody(event)),
  };
  if (problems.length > 0) throw new Validation(capped(problems));
  // The schemas made the parts, so they are what the route declares.
  return parts as Parts<R>;
}

const queryValues = (event: APIGatewayProxyEvent): Values =>
  valuesByName(event.multiValueQueryStringParameters, event.queryStringParameters);
