import type { ErrorObject } from "ajv-draft-04";

type Describe = (error: ErrorObject) => string;

const json = JSON.stringify;
const param = (error: ErrorObject, name: string): unknown => (error.params as Record<string, unknown>)[name];

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value !== "number") return typeof value;
  return Number.isInteger(value) ? "integer" : "number";
}

/** Number takes integers too, and the validator says so. */
function allowedTypes(type: unknown): string[] {
  const types = Array.isArray(type) ? type.map(String) : [String(type)];
  return [...new Set(types.flatMap((name) => (name === "number" ? ["integer", "number"] : [name])))].sort();
}

const sizes =
  (noun: string, found: (value: unknown) => number): Describe =>
  ({ data, keyword, params }) => {
    const { limit } = params as { limit: number };
    return noun === "string"
      ? `string ${json(data)} is too ${keyword === "minLength" ? "short" : "long"} (length: ${found(data)}, ${keyword === "minLength" ? "required minimum" : "maximum allowed"}: ${limit})`
      : `object has too ${keyword === "minProperties" ? "few" : "many"} properties (found ${found(data)} but schema requires at ${keyword === "minProperties" ? "least" : "most"} ${limit})`;
  };
const lengths = sizes("string", (value) => [...String(value)].length);
const counts = sizes("object", (value) => Object.keys(value as object).length);

/** The messages of API Gateway's validator (json-schema-validator for Java, as its logs show them). */
const sentences: Readonly<Record<string, Describe>> = {
  type: ({ data, schema }) =>
    `instance type (${typeOf(data)}) does not match any allowed primitive type (allowed: ${json(allowedTypes(schema))})`,
  enum: ({ data, schema }) => `instance value (${json(data)}) not found in enum (possible values: ${json(schema)})`,
  pattern: ({ data, schema }) => `ECMA 262 regex ${json(schema)} does not match input string ${json(data)}`,
  minimum: ({ data, schema }) =>
    `numeric instance is lower than the required minimum (minimum: ${schema}, found: ${data})`,
  maximum: ({ data, schema }) =>
    `numeric instance is greater than the required maximum (maximum: ${schema}, found: ${data})`,
  multipleOf: ({ data, schema }) => `remainder of division is not zero (${data} / ${schema})`,
  minLength: lengths,
  maxLength: lengths,
  minProperties: counts,
  maxProperties: counts,
  uniqueItems: () => "array must not contain duplicate elements",
  anyOf: ({ schema }) => `instance failed to match at least one required schema among ${(schema as unknown[]).length}`,
  oneOf: (error) => {
    const matched = (param(error, "passingSchemas") as unknown[] | null)?.length ?? 0;
    return `instance failed to match exactly one schema (matched ${matched} out of ${(error.schema as unknown[]).length})`;
  },
  not: () => "instance matched a schema which it should not have",
};

/** Inside a choice only the choice itself is named. */
const insideChoice = /\/(?:oneOf|anyOf|not)\//;
/** Names come from the request: a few of them say enough. */
const longestMessage = 1_000;

const outerOf = (errors: readonly ErrorObject[]): readonly ErrorObject[] =>
  errors.filter(({ schemaPath }) => !insideChoice.test(schemaPath));

/** The errors that are reported: none inside a value that is itself one. */
function reportedOf(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const outer = outerOf(errors);
  return outer.filter(({ instancePath }) => !outer.some((other) => instancePath.startsWith(`${other.instancePath}/`)));
}

const cut = (message: string): string =>
  message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;

/** All that is wrong, as `[sentence, sentence]`. */
export function validationMessage(errors: readonly ErrorObject[]): string {
  const reported = reportedOf(errors);
  return `[${cut([...new Set(reported.map((error) => sentence(error, reported)))].join(", "))}]`;
}

/** All of it for the person at this machine, with the place of each: `body.values.1: sentence`. */
export function placedMessage(errors: readonly ErrorObject[]): string {
  const reported = outerOf(errors);
  const placed = reported.map(
    (error) => `body${error.instancePath.replaceAll("/", ".")}: ${sentence(error, reported)}`,
  );
  return cut([...new Set(placed)].join("; "));
}

function sentence(error: ErrorObject, all: readonly ErrorObject[]): string {
  const together = (name: string): string[] =>
    all
      .filter(({ keyword, instancePath }) => keyword === error.keyword && instancePath === error.instancePath)
      .map((other) => String(param(other, name)))
      .sort();
  if (error.keyword === "required") {
    return `object has missing required properties (${json(together("missingProperty"))})`;
  }
  if (error.keyword === "additionalProperties") {
    const names = json(together("additionalProperty"));
    return `object instance has properties which are not allowed by the schema: ${names}`;
  }
  return sentences[error.keyword]?.(error) ?? error.message ?? error.keyword;
}
