import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";

/** A parameter as the stack declares it, with its value. */
export interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  /** `Standard`, `Advanced` or `Intelligent-Tiering`. @default Standard */
  readonly tier?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
  /** The key of its own that a SecureString is encrypted with. Then a reader must be allowed to decrypt, too. */
  readonly keyArn?: string;
}

/** A text where the stack gives one. */
function textOf<Name extends string>(resource: Resource, argument: string, name: Name): Partial<Record<Name, string>> {
  const text = resource.optionalText(argument);
  return text === undefined || text === "" ? {} : ({ [name]: text } as Record<Name, string>);
}

function parameter(graph: Graph, resource: Resource): Parameter {
  const name = ["value_wo", "value", "insecure_value"].find((argument) => resource.has(argument)) ?? "value";
  const type = resource.text("type");
  return {
    name: resource.text("name"),
    arn: resource.arn,
    type,
    value: String(resource.attributes[name] ?? resource.text(name)),
    version: resource.number("value_wo_version", 1),
    ...textOf(resource, "tier", "tier"),
    ...textOf(resource, "description", "description"),
    ...textOf(resource, "allowed_pattern", "allowedPattern"),
    ...(type === "SecureString" ? keyOf(graph, resource, "key_id") : {}),
  };
}

/** The parameters of a stack. */
export const parametersOf = (graph: Graph): readonly Parameter[] =>
  graph.all("aws_ssm_parameter").map((resource) => parameter(graph, resource));
