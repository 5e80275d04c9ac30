import { arnOf } from "../../aws/arn";
import type { FunctionDefinition } from "./function-definition";
import type { Graph } from "./graph";

/** A log group, of the stack or made by Lambda for a function without one. */
export interface LogGroup {
  readonly name: string;
  readonly arn: string;
  readonly class: string;
  /** Days, as it is described: lines stay until the end, or until there are too many. */
  readonly retention?: number;
}

/** The log groups of a stack, and those that its functions write to besides. */
export function logGroupsOf(graph: Graph, functions: readonly FunctionDefinition[]): readonly LogGroup[] {
  const declared = graph.all("aws_cloudwatch_log_group").map((resource): LogGroup => {
    const retention = resource.number("retention_in_days", 0);
    return {
      name: resource.text("name"),
      arn: resource.arn,
      class: resource.optionalText("log_group_class") ?? "STANDARD",
      ...(retention > 0 ? { retention } : {}),
    };
  });
  const known = new Set(declared.map(({ name }) => name));
  const made = [...new Set(functions.map(({ logGroupName }) => logGroupName))].filter((name) => !known.has(name));
  const { region, accountId } = graph.file;
  return [
    ...declared,
    ...made.map((name) => ({
      name,
      arn: arnOf("logs", `log-group:${name}`, { region, accountId }),
      class: "STANDARD",
    })),
  ];
}
