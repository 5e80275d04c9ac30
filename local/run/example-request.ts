import { isObject, type JsonObject } from "../../lib/json";

/** Text that fits most patterns of names. */
const texts = ["example", "1", "0", "a@example.com", "2026-01-01T00:00:00.000Z"];

function text(schema: JsonObject): string | undefined {
  const { enum: allowed, pattern, minLength = 0 } = schema as { enum?: string[]; pattern?: string; minLength?: number };
  if (allowed) return allowed[0];
  const padded = texts.map((candidate) => candidate.padEnd(minLength, "x"));
  return padded.find((candidate) => pattern === undefined || new RegExp(pattern, "u").test(candidate));
}

/** Something that a schema takes, as little as possible; undefined where that can't be guessed. */
export function exampleOf(schema: unknown, schemas: JsonObject): unknown {
  if (!isObject(schema)) return undefined;
  if (typeof schema["$ref"] === "string") return exampleOf(schemas[schema["$ref"].split("/").at(-1) ?? ""], schemas);
  const {
    type,
    minimum,
    items,
    minItems = 1,
    required = [],
    properties = {},
  } = schema as {
    type?: string;
    minimum?: number;
    items?: unknown;
    minItems?: number;
    required?: string[];
    properties?: Record<string, unknown>;
  };
  if (type === "string") return text(schema);
  if (type === "integer" || type === "number") return Math.max(minimum ?? 1, 1);
  if (type === "boolean") return true;
  if (type === "array") return Array.from({ length: Math.max(minItems, 1) }, () => exampleOf(items, schemas));
  if (type !== "object") return undefined;
  const members = required.map((name) => [name, exampleOf(properties[name], schemas)] as const);
  return members.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(members);
}

/** In single quotes, for a shell. */
export const quoted = (argument: string): string => `'${argument.replaceAll("'", "'\\''")}'`;

interface Candidate {
  readonly url: string;
  readonly arguments: readonly string[];
}

function candidate(
  [method, path]: readonly [string, string],
  operation: JsonObject,
  schemas: JsonObject,
): Candidate | undefined {
  const parameters = (operation["parameters"] ?? []) as readonly {
    name: string;
    in: string;
    required?: boolean;
    schema?: unknown;
  }[];
  const needed = parameters.filter(({ required }) => required);
  if (needed.some((parameter) => parameter.in !== "query")) return undefined;
  const query = needed.map(({ name, schema }) => `${name}=${String(exampleOf(schema, schemas) ?? "")}`).join("&");
  const url = query === "" ? path : `${path}?${query}`;
  if (method !== "post") return { url, arguments: [] };
  const { requestBody } = operation as { requestBody?: { content?: Record<string, { schema?: unknown }> } };
  const schema = requestBody?.content?.["application/json"]?.schema;
  const body = exampleOf(schema, schemas);
  if (body === undefined) return undefined;
  return { url, arguments: ["-H", "content-type: application/json", "-d", JSON.stringify(body)] };
}

/** Who calls, in an example. */
export interface CallerOfExample {
  readonly apiKey: string | undefined;
  /** The header of a user, as a shell reads it; undefined for a method that takes none. */
  readonly userHeader: (method: string, path: string) => string | undefined;
}

/**
 * A curl command that works as it is: one that makes something if the API has one, else one that reads.
 *
 * @param base with the stage: `http://localhost:3000/dev`
 */
export function curlLine(body: JsonObject, base: string, { apiKey, userHeader }: CallerOfExample): string | undefined {
  const components = isObject(body["components"]) ? body["components"] : {};
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {};
  for (const method of ["post", "get"]) {
    for (const [path, operations] of Object.entries(isObject(body["paths"]) ? body["paths"] : {})) {
      const operation = isObject(operations) ? operations[method] : undefined;
      const found = isObject(operation) ? candidate([method, path], operation, schemas) : undefined;
      if (!found) continue;
      const key = apiKey === undefined ? [] : ["-H", `x-api-key: ${apiKey}`];
      const rest = [...key, ...found.arguments].map((argument) =>
        argument.startsWith("-") ? argument : quoted(argument),
      );
      const header = userHeader(method, path);
      const user = header === undefined ? [] : ["-H", header];
      return ["curl", quoted(`${base}${found.url}`), ...user, ...rest].join(" ");
    }
  }
  return undefined;
}
