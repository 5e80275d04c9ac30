import { arnOf } from "../../aws/arn";
import { readScheduleExpression, type Timetable } from "../../aws/schedule/expression";
import type { Graph, Resource } from "./graph";

/** What a schedule calls, and what is done when that is not possible. */
export interface ScheduleTarget {
  /** Of a function or a queue. */
  readonly arn: string;
  readonly roleArn: string;
  /** As it is written; without one, Scheduler has an event of its own. */
  readonly input?: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly deadLetterArn?: string;
  /** Of a FIFO queue. */
  readonly messageGroupId?: string;
}

/** A schedule as the stack declares it. */
export interface ScheduleDefinition {
  readonly address: string;
  readonly name: string;
  readonly arn: string;
  /** ARN of its group, for which Scheduler takes on the role. */
  readonly groupArn: string;
  readonly accountId: string;
  readonly region: string;
  /** As it is written. */
  readonly expression: string;
  readonly timetable: Timetable;
  /** Minutes within which it comes at any time. @default none */
  readonly windowMinutes?: number;
  readonly enabled: boolean;
  readonly target: ScheduleTarget;
}

function targetOf(schedule: Resource): ScheduleTarget {
  const target = schedule.block("target");
  if (!target) throw schedule.notEmulated("a schedule without a target");
  const parameters = [
    "ecs_parameters",
    "eventbridge_parameters",
    "kinesis_parameters",
    "sagemaker_pipeline_parameters",
  ];
  target.refuse(...parameters);
  const [retries, deadLetters] = [target.block("retry_policy"), target.block("dead_letter_config")];
  const group = target.block("sqs_parameters")?.optionalText("message_group_id");
  const input = target.optionalText("input");
  return {
    arn: target.text("arn"),
    roleArn: target.text("role_arn"),
    ...(input === undefined ? {} : { input }),
    maximumRetryAttempts: retries?.number("maximum_retry_attempts", 185) ?? 185,
    maximumEventAgeSeconds: retries?.number("maximum_event_age_in_seconds", 86_400) ?? 86_400,
    ...(deadLetters ? { deadLetterArn: deadLetters.text("arn") } : {}),
    ...(group === undefined ? {} : { messageGroupId: group }),
  };
}

function schedule(graph: Graph, resource: Resource): ScheduleDefinition {
  resource.refuse("kms_key_arn");
  const [start, end] = [resource.optionalText("start_date"), resource.optionalText("end_date")];
  const window = resource.block("flexible_time_window");
  const expression = resource.text("schedule_expression");
  return {
    address: resource.address,
    name: resource.text("name"),
    arn: resource.arn,
    groupArn: arnOf("scheduler", `schedule-group/${resource.computed("group_name")}`, graph.file),
    accountId: graph.file.accountId,
    region: graph.file.region,
    expression,
    timetable: {
      expression: readScheduleExpression(expression, false),
      timeZone: resource.optionalText("schedule_expression_timezone") ?? "UTC",
      ...(start === undefined ? {} : { start: Date.parse(start) }),
      ...(end === undefined ? {} : { end: Date.parse(end) }),
    },
    ...(window?.optionalText("mode") === "FLEXIBLE"
      ? { windowMinutes: window.number("maximum_window_in_minutes") }
      : {}),
    enabled: (resource.optionalText("state") ?? "ENABLED") === "ENABLED",
    target: targetOf(resource),
  };
}

/** The schedules of a stack. */
export const schedulesOf = (graph: Graph): readonly ScheduleDefinition[] =>
  graph.all("aws_scheduler_schedule").map((resource) => schedule(graph, resource));
