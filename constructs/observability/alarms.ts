import { Construct } from "constructs";
import type { ApiStage } from "../api/api-stage";
import type { NodeFunction } from "../compute/node-function";
import type { Table } from "../data/table";
import type { Queue } from "../events/queue";
import { Topic } from "../events/topic";
import { SystemStack } from "../synth/system-stack";
import { type Rule, validate } from "../synth/validation";
import { Alarm, type AlarmProps } from "./alarm";
import * as functionAlarms from "./function-alarms";
import type { Metric } from "./metric";

/** The names `m0`, `m1`, … for metrics that an expression adds up. */
const numbered = (metrics: readonly Metric[]): Record<string, Metric> =>
  Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));

const sumOf = (metrics: readonly Metric[]): string => metrics.map((_, index) => `FILL(m${index}, 0)`).join(" + ");

/** From when on invocations take too long. */
interface DurationLimit extends Required<Pick<AlarmProps, "periods">> {
  readonly overSeconds: number;
}

/** The topic that alarms go to, and the alarms that every system wants. */
export class Alarms extends Construct {
  readonly topicArn: string;
  private readonly all: Alarm[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topicArn = new Topic(this, "topic", { forAlarms: true }).arn;
  }

  /** Any alarm, told to this topic. */
  add(id: string, props: Omit<AlarmProps, "topicArn">): void {
    this.all.push(new Alarm(this, id, { ...props, topicArn: this.topicArn }));
  }

  /** The names of the alarms about a function, and of those about the API, which may be about it. */
  namesAbout(fn: NodeFunction): string[] {
    const about = [`${SystemStack.of(this).idOf(fn)}-`, "api-"];
    return this.all.flatMap(({ node, name }) => (about.some((start) => node.id.startsWith(start)) ? [name] : []));
  }

  /** Each function: it fails, it is throttled, or it takes nearly as long as it may. */
  watchFunctions(...functions: readonly NodeFunction[]): void {
    this.watchErrors(functions, { periods: [1, 1] });
    for (const fn of functions) {
      this.define(functionAlarms.throttles(fn));
      this.define(functionAlarms.longestDuration(fn));
    }
  }

  /** Each function: it fails at all, in so many of the last periods. */
  watchErrors(functions: readonly NodeFunction[], { periods }: Required<Pick<AlarmProps, "periods">>): void {
    for (const fn of functions) this.define(functionAlarms.errors(fn, periods));
  }

  /** Each function: more than this share of its invocations fail. Quiet where there are fewer than 20 in a period. */
  watchErrorRate(functions: readonly NodeFunction[], { overPercent }: { readonly overPercent: number }): void {
    for (const fn of functions) this.define(functionAlarms.errorRate(fn, overPercent));
  }

  /** Each function: its invocations take longer than this on average, in so many of the last periods. */
  watchAverageDuration(functions: readonly NodeFunction[], { overSeconds, periods }: DurationLimit): void {
    for (const fn of functions) this.define(functionAlarms.averageDuration(fn, overSeconds, periods));
    validate(this, () =>
      functions.map(
        ({ node, timeoutSeconds }): Rule => [
          overSeconds < timeoutSeconds,
          `overSeconds must be less than the function's timeout, ${timeoutSeconds} s for ${node.id}, or the alarm never fires, got ${overSeconds}; lower it`,
        ],
      ),
    );
  }

  /** A stage: over 1 % of answers are 5xx, or one in a hundred takes over three seconds. */
  watchStage(stage: ApiStage): void {
    this.add("api-5xx-rate", {
      description: "Over 1 % of answers were 5xx in 2 of 3 periods; see the access logs for the route",
      metrics: { failures: stage.metric("5XXError", "Sum"), requests: stage.metric("Count", "Sum") },
      expression: functionAlarms.failurePercentage("failures", "requests"),
      comparison: ">",
      threshold: 1,
      periods: [2, 3],
    });
    this.add("api-latency", {
      description: "One answer in a hundred took over 3 s in 3 periods; compare with the functions' durations",
      metrics: { latency: stage.metric("Latency", "p99") },
      comparison: ">",
      threshold: 3000,
      periods: [3, 3],
    });
  }

  /** A table: DynamoDB turns requests away, or fails. Call it after the grants, which say what is called. */
  watchTable(table: Table<string>): void {
    const throttles = table.throttleMetrics();
    const failures = table.systemErrorMetrics();
    this.add("table-throttles", {
      description: "DynamoDB throttled requests; look for a hot key, or a quota of the account",
      metrics: numbered(throttles),
      expression: sumOf(throttles),
      comparison: ">=",
      threshold: 1,
    });
    this.add("table-system-errors", {
      description: "DynamoDB failed requests; see the AWS Health Dashboard",
      metrics: numbered(failures),
      expression: sumOf(failures),
      comparison: ">=",
      threshold: 1,
    });
  }

  /** A queue of failures: there is one. */
  watchDeadLetters(queue: Queue): void {
    const id = SystemStack.of(queue).idOf(queue);
    this.add(`${id}-waiting`, {
      section: "dead-letters",
      description: `${id} holds what failed for the last time; look at it, mend the cause, and redrive it`,
      metrics: { waiting: queue.waitingMetric() },
      comparison: ">=",
      threshold: 1,
    });
  }

  private define({ id, ...props }: functionAlarms.AlarmDefinition): void {
    this.add(id, props);
  }
}
