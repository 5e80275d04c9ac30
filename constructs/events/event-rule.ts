import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Construct } from "constructs";
import { problemOfPattern } from "../../aws/event-pattern";
import { schedulerLimits } from "../../aws/limits";
import type { NodeFunction } from "../compute/node-function";
import { permitService } from "../compute/service-permission";
import { StackContext } from "../synth/stack-context";
import { literal } from "../synth/terraform-string";
import { between, type Rule, validate } from "../synth/validation";
import type { EventBus } from "./event-bus";
import { Queue } from "./queue";
import type { ScheduleRetry } from "./schedule";

export interface EventRuleProps {
  /** Where the events come from. */
  readonly bus: EventBus;
  /** Which events: `{ source: ["shop"], detail: { amount: [{ numeric: [">", 100] }] } }`. */
  readonly pattern: Readonly<Record<string, unknown>>;
  /** What gets them. */
  readonly target: NodeFunction | Queue;
  /** The queue of what the target did not take. What a function fails on goes where its failures are collected. */
  readonly deadLetters: Queue;
  /** How often what the target did not take is given to it again, and for how long. @default for a day */
  readonly retry?: ScheduleRetry;
}

/**
 * A rule of an event bus: gives the events that fit a pattern to a function or a queue.
 *
 * @example
 * const failures = new Queue(this, "failures");
 * failures.collectFailures(getThing);
 * new EventRule(this, "paid", {
 *   bus: new EventBus(this, "bus"),
 *   pattern: { source: ["shop"], "detail-type": ["OrderPaid"] },
 *   target: getThing,
 *   deadLetters: failures,
 * });
 * alarms.watchDeadLetters(failures);
 */
export class EventRule extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: EventRuleProps) {
    super(scope, id);
    const { bus, pattern, target, deadLetters, retry: { attempts = 185, maxAgeSeconds = 86_400 } = {} } = props;
    const name = StackContext.of(this).nameOf(this);
    const rule = new CloudwatchEventRule(this, "Default", {
      name,
      eventBusName: bus.name,
      eventPattern: literal(JSON.stringify(pattern)),
    });
    this.arn = rule.arn;
    const isQueue = target instanceof Queue;
    if (!isQueue) target.takesEvents();
    const source = { principal: "events.amazonaws.com", sourceArn: rule.arn };
    const admitted = [
      isQueue ? target.admit(source.principal, rule.arn) : permitService(this, "permission", target, source),
      ...(target === deadLetters ? [] : [deadLetters.admit(source.principal, rule.arn)]),
    ];
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      eventBusName: bus.name,
      targetId: target.node.id,
      arn: isQueue ? target.arn : target.live.resource.arn,
      retryPolicy: { maximumRetryAttempts: attempts, maximumEventAgeInSeconds: maxAgeSeconds },
      deadLetterConfig: { arn: deadLetters.arn },
      dependsOn: admitted,
    });
    const problem = problemOfPattern(pattern);
    validate(this, () => [
      [problem === undefined, `${problem}; correct it`],
      ...standardRules("deadLetters", deadLetters),
      ...(isQueue ? standardRules("target", target) : []),
      between("retry.attempts", attempts, schedulerLimits.retryAttempts),
      between("retry.maxAgeSeconds", maxAgeSeconds, schedulerLimits.eventAgeSeconds),
      [name.length <= 64, `the name must be at most 64 characters, got ${name}; shorten the construct's id`],
    ]);
  }
}

const standardRules = (setting: string, { isFifo }: Queue): Rule[] => [
  [!isFifo, `${setting} must be a standard queue, since an event is in no group, got a FIFO queue; leave fifo out`],
];
