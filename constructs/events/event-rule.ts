import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { Construct } from "constructs";
import { problemOfPattern } from "../../aws/event-pattern";
import type { NodeFunction } from "../compute/node-function";
import { permitService } from "../compute/service-permission";
import { StackContext } from "../synth/stack-context";
import { literal } from "../synth/terraform-string";
import { validate } from "../synth/validation";
import type { EventBus } from "./event-bus";
import { type EventRetry, retryOf, standardQueueRules } from "./event-target";
import { Queue } from "./queue";

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
  readonly retry?: EventRetry;
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
    const { bus, pattern, target, deadLetters } = props;
    const retry = retryOf(props.retry);
    const name = StackContext.of(this).nameOf(this);
    const rule = new CloudwatchEventRule(this, "Default", {
      name,
      eventBusName: bus.name,
      eventPattern: literal(JSON.stringify(pattern)),
    });
    this.arn = rule.arn;
    deadLetters.takesFailures(`rule ${this.node.id}`);
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
      retryPolicy: retry.policy,
      deadLetterConfig: { arn: deadLetters.arn },
      dependsOn: admitted,
    });
    const problem = problemOfPattern(pattern);
    validate(this, () => [
      [problem === undefined, `${problem}; correct it`],
      ...standardQueueRules("deadLetters", deadLetters, "an event is in no group"),
      ...(isQueue ? standardQueueRules("target", target, "an event is in no group") : []),
      ...retry.rules,
      [name.length <= 64, `the name must be at most 64 characters, got ${name}; shorten the construct's id`],
    ]);
  }
}
