import { problemOfPattern } from "../../../aws/event-pattern";
import { schedulerLimits } from "../../../aws/limits";
import { readScheduleExpression } from "../../../aws/schedule/expression";
import { isTimeZone } from "../../../aws/schedule/time-zone";
import type { Json } from "../../../lib/json";
import { inStack, matches, oneOf, type Rule, range } from "./rule";

const createSchedule = "EventBridge Scheduler API reference, CreateSchedule";
const type = "aws_scheduler_schedule";

function isExpression(value: Json): boolean {
  try {
    readScheduleExpression(String(value), false);
    return true;
  } catch {
    // The rule says what it has to be.
    return false;
  }
}

const date = (argument: string): Rule => ({
  ...{ type, argument, source: createSchedule },
  must: "a time in UTC, as 2030-01-31T09:00:00Z",
  accepts: (value) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(value)) && !Number.isNaN(Date.parse(String(value))),
});

const name = [/^[\w.-]{1,64}$/, "1–64 letters, digits, -, _ and ."] as const;

const putRule = "EventBridge API reference, PutRule";
const putTargets = "EventBridge API reference, PutTargets";

function isPattern(value: Json): boolean {
  try {
    return problemOfPattern(JSON.parse(String(value))) === undefined;
  } catch {
    // Not JSON.
    return false;
  }
}

/** Rules of EventBridge. */
export const eventRules: readonly Rule[] = [
  matches(
    "aws_cloudwatch_event_bus",
    "name",
    [/^[/\w.-]{1,256}$/, "1–256 letters, digits, /, -, _ and ."],
    "EventBridge API reference, CreateEventBus",
  ),
  matches("aws_cloudwatch_event_rule", "name", name, putRule),
  {
    ...{
      type: "aws_cloudwatch_event_rule",
      argument: "event_pattern",
      source: "EventBridge user guide, Comparison operators",
    },
    must: "an event pattern: lists of values and matchers by property, as JSON",
    accepts: isPattern,
  },
  inStack("aws_cloudwatch_event_target", "arn", ["aws_lambda_function", "aws_sqs_queue"], putTargets),
  inStack("aws_cloudwatch_event_target", "rule", ["aws_cloudwatch_event_rule"], putTargets),
  inStack("aws_cloudwatch_event_target", "dead_letter_config.arn", ["aws_sqs_queue"], putTargets),
  range(
    "aws_cloudwatch_event_target",
    "retry_policy.maximum_retry_attempts",
    schedulerLimits.retryAttempts,
    putTargets,
  ),
  range(
    "aws_cloudwatch_event_target",
    "retry_policy.maximum_event_age_in_seconds",
    schedulerLimits.eventAgeSeconds,
    putTargets,
  ),
];

/** Rules of EventBridge Scheduler. */
export const scheduleRules: readonly Rule[] = [
  matches(type, "name", name, createSchedule),
  matches("aws_scheduler_schedule_group", "name", name, "EventBridge Scheduler API reference, CreateScheduleGroup"),
  {
    ...{ type, argument: "schedule_expression", source: "EventBridge Scheduler user guide, Schedule types" },
    must: "rate(5 minutes), cron(minutes hours day-of-month month day-of-week year) or at(yyyy-mm-ddThh:mm:ss)",
    accepts: isExpression,
  },
  {
    ...{ type, argument: "schedule_expression_timezone", source: createSchedule },
    must: "the name of a time zone, as Europe/Lisbon",
    accepts: (value) => isTimeZone(String(value)),
  },
  date("start_date"),
  date("end_date"),
  oneOf(type, "state", ["ENABLED", "DISABLED"], createSchedule),
  oneOf(type, "flexible_time_window.mode", ["OFF", "FLEXIBLE"], createSchedule),
  range(type, "flexible_time_window.maximum_window_in_minutes", schedulerLimits.windowMinutes, createSchedule),
  inStack(type, "target.arn", ["aws_lambda_function", "aws_sqs_queue"], createSchedule),
  inStack(type, "target.role_arn", ["aws_iam_role"], createSchedule),
  range(type, "target.retry_policy.maximum_retry_attempts", schedulerLimits.retryAttempts, createSchedule),
  range(type, "target.retry_policy.maximum_event_age_in_seconds", schedulerLimits.eventAgeSeconds, createSchedule),
  inStack(type, "target.dead_letter_config.arn", ["aws_sqs_queue"], createSchedule),
  {
    ...{ type, argument: "target.dead_letter_config.arn", source: createSchedule },
    must: "a standard queue",
    accepts: (value) => !String(value).endsWith(".fifo"),
  },
];
