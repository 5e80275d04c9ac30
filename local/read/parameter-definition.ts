import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";

/** A parameter as the stack declares it, with its value. */
export interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly type: string;
  readonly value: string;
  readonly version: number;
  /** The key of its own that a SecureString is encrypted with. Then a reader must be allowed to decrypt, too. */
  readonly keyArn?: string;
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
    ...(type === "SecureString" ? keyOf(graph, resource, "key_id") : {}),
  };
}

/** The parameters of a stack. */
export const parametersOf = (graph: Graph): readonly Parameter[] =>
  graph.all("aws_ssm_parameter").map((resource) => parameter(graph, resource));
