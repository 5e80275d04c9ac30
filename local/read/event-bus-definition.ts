import { isObject, type JsonObject } from "../../lib/json";
import type { Graph, Resource } from "./graph";

/** What a rule gives events to. */
export interface EventTarget {
  readonly id: string;
  /** Of a function or a queue. */
  readonly arn: string;
  /** In place of the event, as JSON. */
  readonly input?: string;
  readonly deadLetterArn?: string;
}

/** A rule of a bus. */
export interface EventRule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly enabled: boolean;
  readonly pattern: JsonObject;
  readonly targets: readonly EventTarget[];
}

/** The event buses of a stack, and their rules. */
export interface EventBuses {
  readonly buses: readonly { readonly name: string; readonly arn: string }[];
  readonly rules: readonly EventRule[];
}

function target(resource: Resource): EventTarget {
  resource.refuse("input_path", "input_transformer", "role_arn", "sqs_target", "http_target", "run_command_targets");
  resource.refuse(
    "appsync_target",
    "batch_target",
    "ecs_target",
    "kinesis_target",
    "redshift_target",
    "sagemaker_pipeline_target",
  );
  const [input, deadLetters] = [resource.optionalText("input"), resource.block("dead_letter_config")];
  return {
    id: resource.computed("target_id"),
    arn: resource.text("arn"),
    ...(input === undefined ? {} : { input }),
    ...(deadLetters ? { deadLetterArn: deadLetters.text("arn") } : {}),
  };
}

function rule(graph: Graph, resource: Resource): readonly EventRule[] {
  const name = resource.computed("name");
  if (resource.has("schedule_expression")) {
    throw resource.notEmulated("schedule_expression of a rule, which aws_scheduler_schedule has in its place,");
  }
  const pattern: unknown = JSON.parse(resource.text("event_pattern"));
  const enabled = resource.flag("is_enabled", true) && (resource.optionalText("state") ?? "ENABLED") !== "DISABLED";
  if (!isObject(pattern)) return [];
  const busName = resource.computed("event_bus_name");
  const isOf = (one: Resource) =>
    one.text("rule") === resource.text("name") && one.computed("event_bus_name") === busName;
  const targets = graph.all("aws_cloudwatch_event_target").filter(isOf).map(target);
  return [{ name, arn: resource.arn, busName, enabled, pattern, targets }];
}

/** The event buses of a stack. */
export const eventBusesOf = (graph: Graph): EventBuses => ({
  buses: graph.all("aws_cloudwatch_event_bus").map((bus) => ({ name: bus.text("name"), arn: bus.arn })),
  rules: graph.all("aws_cloudwatch_event_rule").flatMap((resource) => rule(graph, resource)),
});
