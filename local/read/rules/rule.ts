import { parseFunctionName } from "../../../aws/arn";
import type { Bounds } from "../../../aws/limits";
import type { Json } from "../../../lib/json";
import { isObject } from "../../../lib/json";
import { isAttributes } from "../arguments";
import type { Graph, Resource } from "../graph";

/** A rule by which AWS refuses a deployment. */
export interface Rule {
  readonly type: string;
  /** Dots lead into blocks: `dead_letter_config.target_arn`. */
  readonly argument: string;
  /** The rule in words for a person: `128–10240`. */
  readonly must: string;
  /** The page of AWS that says so: title, section. */
  readonly source: string;
  readonly accepts: (value: Json, graph: Graph, resource: Resource) => boolean;
}

const numeric = (value: Json): number => (value === "" ? Number.NaN : Number(value));

/** A whole number in a range. */
export const range = (type: string, argument: string, [least, most]: Bounds, source: string): Rule => ({
  ...{ type, argument, source },
  must: `a whole number ${least}–${most}`,
  accepts: (value) => Number.isInteger(numeric(value)) && numeric(value) >= least && numeric(value) <= most,
});

export const oneOf = (type: string, argument: string, allowed: readonly (string | number)[], source: string): Rule => ({
  ...{ type, argument, source },
  must: `one of ${allowed.join(", ")}`,
  accepts: (value) => allowed.map(String).includes(String(value)),
});

export const matches = (
  type: string,
  argument: string,
  [pattern, must]: readonly [RegExp, string],
  source: string,
): Rule => ({
  ...{ type, argument, must, source },
  accepts: (value) => pattern.test(String(value)),
});

export function isJson(value: Json): boolean {
  if (typeof value !== "string") return isAttributes(value);
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed);
  } catch {
    return false;
  }
}

export const json = (type: string, argument: string, source: string): Rule => ({
  ...{ type, argument, source },
  must: "a JSON object",
  accepts: isJson,
});

/** The values by which other resources refer to one. */
const namesOf = (resource: Resource): readonly Json[] => {
  const computed = resource.type === "aws_sqs_queue" ? [resource.computed("url")] : [];
  const named = ["name", "bucket", "function_name"].flatMap((argument) => resource.attributes[argument] ?? []);
  const arn = resource.hasComputed("arn") ? [resource.arn] : [];
  return [resource.id, ...arn, ...computed, ...named];
};

export const isCalled = (graph: Graph, types: readonly string[], name: Json): boolean =>
  types.some((type) => graph.all(type).some((resource) => namesOf(resource).includes(name)));

/** The function of a name or ARN, its version or alias included. */
export function isFunction(graph: Graph, named: Json): boolean {
  const { name, qualifier } = parseFunctionName(String(named));
  const fn = graph.all("aws_lambda_function").find((candidate) => candidate.attributes["function_name"] === name);
  if (!fn || qualifier === undefined) return fn !== undefined;
  return isQualifier(graph, fn, qualifier);
}

function isQualifier(graph: Graph, fn: Resource, qualifier: string): boolean {
  const name = fn.text("function_name");
  const isOf = (alias: Resource) => parseFunctionName(alias.text("function_name")).name === name;
  const aliases = graph.all("aws_lambda_alias").filter(isOf);
  return ["$LATEST", fn.computed("version"), ...aliases.map((alias) => alias.text("name"))].includes(qualifier);
}

/** Something of the stack, by its ARN, id or name. */
export const inStack = (type: string, argument: string, types: readonly string[], source: string): Rule => ({
  ...{ type, argument, source },
  must: `${types.join(" or ")} of this stack`,
  accepts: (value, graph) =>
    isCalled(graph, types, value) || (types.includes("aws_lambda_function") && isFunction(graph, value)),
});

export const functionInStack = (type: string, source: string): Rule =>
  inStack(type, "function_name", ["aws_lambda_function"], source);

/** A version or alias that the named function has. */
export const qualifierOf = (type: string, source: string): Rule => ({
  ...{ type, argument: "qualifier", source },
  must: "a version or alias of the function in this stack",
  accepts: (value, graph, resource) => {
    const { name } = parseFunctionName(resource.text("function_name"));
    const fn = graph.all("aws_lambda_function").find((candidate) => candidate.attributes["function_name"] === name);
    return fn === undefined || isQualifier(graph, fn, String(value));
  },
});
