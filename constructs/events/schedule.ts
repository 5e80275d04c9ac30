import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import { Construct } from "constructs";
import { schedulerLimits } from "../../aws/limits";
import { policyDocument, trustPolicy } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import { StackContext } from "../synth/stack-context";
import { literal } from "../synth/terraform-string";
import { between, validate } from "../synth/validation";
import { type EventRetry, retryOf, standardQueueRules } from "./event-target";
import { Queue } from "./queue";
import { expressionRules } from "./schedule-rules";

export interface ScheduleProps {
  /** `rate(5 minutes)`, `cron(0 3 * * ? *)`, or once: `at(2030-01-31T09:00:00)`. */
  readonly expression: string;
  /** What it calls, or sends a message to. */
  readonly target: NodeFunction | Queue;
  /** The queue of what the target did not take. What a function fails on goes where its failures are collected. */
  readonly deadLetters: Queue;
  /** Zone of the expression's times: `Europe/Lisbon`. Clocks that change are followed. @default "UTC" */
  readonly timeZone?: string;
  /**
   * The event, or the message, as JSON. `<aws.scheduler.scheduled-time>` in a text of it becomes the time at which it is
   * due, `<aws.scheduler.execution-id>` an id of the invocation.
   *
   * @default Scheduler's own event, with the time as `time`
   */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Minutes after the due time within which it comes at any time, 1–1440. @default none: within the minute */
  readonly windowMinutes?: number;
  /** Nothing is due before, and a rate is counted from it: `2030-01-01T00:00:00Z`. @default when it is made */
  readonly start?: string;
  /** Nothing is due from then on. @default it never ends */
  readonly end?: string;
  /** How often what the target did not take is given to it again, and for how long. @default for a day */
  readonly retry?: EventRetry;
  /** Whether anything is due: false keeps the schedule and lets it rest. @default true */
  readonly enabled?: boolean;
}

/**
 * A schedule of EventBridge Scheduler, in a group of its own: its role can be taken on for that group alone, and may do
 * no more than call the target and keep what failed.
 *
 * @example
 * const failures = new Queue(this, "failures");
 * failures.collectFailures(getThing);
 * new Schedule(this, "nightly", {
 *   expression: "cron(0 3 * * ? *)",
 *   timeZone: "Europe/Lisbon",
 *   target: getThing,
 *   deadLetters: failures,
 * });
 * alarms.watchDeadLetters(failures);
 */
export class Schedule extends Construct {
  readonly name: string;
  readonly resource: SchedulerSchedule;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { expression, target, deadLetters, timeZone = "UTC", input, windowMinutes, start, end } = props;
    const { enabled = true } = props;
    const retry = retryOf(props.retry);
    const stack = StackContext.of(this);
    const name = stack.nameOf(this);
    this.name = name;
    // Which has the tags, too: a schedule has none.
    const group = new SchedulerScheduleGroup(this, "group", { name });
    const role = new IamRole(this, "role", {
      name,
      // Of the group, since Scheduler names that and not the schedule (user guide, "Confused deputy prevention").
      assumeRolePolicy: trustPolicy("scheduler.amazonaws.com", {
        StringEquals: {
          "aws:SourceAccount": stack.accountId,
          "aws:SourceArn": stack.arn("scheduler", `schedule-group/${name}`),
        },
      }),
    });
    deadLetters.takesFailures(`schedule ${this.node.id}`);
    const isQueue = target instanceof Queue;
    const text = input === undefined ? undefined : JSON.stringify(input);
    const targetArn = isQueue ? target.arn : target.live.resource.arn;
    const policy = new IamRolePolicy(this, "policy", {
      role: role.name,
      policy: policyDocument([
        { actions: [isQueue ? "sqs:SendMessage" : "lambda:InvokeFunction"], resources: [targetArn] },
        { actions: ["sqs:SendMessage"], resources: [deadLetters.arn] },
      ]),
    });
    if (!isQueue) target.takesEvents();
    this.resource = new SchedulerSchedule(this, "Default", {
      name,
      groupName: group.name,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow:
        windowMinutes === undefined ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: windowMinutes },
      ...(start === undefined ? {} : { startDate: start }),
      ...(end === undefined ? {} : { endDate: end }),
      state: enabled ? "ENABLED" : "DISABLED",
      target: {
        arn: targetArn,
        roleArn: role.arn,
        ...(text === undefined ? {} : { input: literal(text) }),
        retryPolicy: retry.policy,
        deadLetterConfig: { arn: deadLetters.arn },
      },
      dependsOn: [policy],
    });
    validate(this, () => [
      ...expressionRules({ expression, timeZone, start, end }),
      ...standardQueueRules("deadLetters", deadLetters, "Scheduler sends in no order"),
      ...(isQueue ? standardQueueRules("target", target, "a message here is in no group") : []),
      ...retry.rules,
      ...(windowMinutes === undefined ? [] : [between("windowMinutes", windowMinutes, schedulerLimits.windowMinutes)]),
      [
        text === undefined || text.length <= schedulerLimits.inputCharacters,
        `input must be at most ${schedulerLimits.inputCharacters} characters as JSON, got ${text?.length}; have the target read the rest elsewhere`,
      ],
      [name.length <= 64, `the name must be at most 64 characters, got ${name}; shorten the construct's id`],
    ]);
  }
}
