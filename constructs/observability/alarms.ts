import { Construct } from "constructs";
import type { ApiStage } from "../api/api-stage";
import type { NodeFunction } from "../compute/node-function";
import type { Table } from "../data/table";
import type { Queue } from "../events/queue";
import { Topic } from "../events/topic";
import { StackContext } from "../synth/stack-context";
import { type Rule, validate } from "../synth/validation";
import { Alarm, type AlarmProps } from "./alarm";
import * as functionAlarms from "./function-alarms";
import type { LogArchive } from "./log-archive";
import { type Metric, numbered, sumOf } from "./metric";

/** From when on invocations take too long. */
interface DurationLimit extends Required<Pick<AlarmProps, "periods">> {
  readonly overSeconds: number;
}

/** Several times of the five minutes that an archive waits for more lines. */
const archiveDelaySeconds = 1800;

/** A rule that a function can take longer than its alarm's threshold, before it gives up by itself. */
const reachable = (fn: NodeFunction, { id, threshold }: functionAlarms.AlarmDefinition): Rule => [
  threshold < fn.longestMs,
  `${id} must be below ${fn.longestMs / 1000} s, after which ${fn.node.id} gives up by itself, or it never fires, got ${threshold / 1000} s; lower it, or raise timeoutSeconds`,
];

/**
 * The topic that alarms go to, and the alarms that every system wants.
 *
 * @example
 * const alarms = new Alarms(this, "alarms");
 * alarms.watchFunctions(getThing);
 * alarms.watchStage(stage);
 * alarms.watchTable(table);
 */
export class Alarms extends Construct {
  readonly topicArn: string;
  private readonly aboutFunctions = new Map<NodeFunction, Alarm[]>();
  private readonly aboutStages: Alarm[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const displayName = `${StackContext.of(this).id} ${id}`;
    this.topicArn = new Topic(this, "topic", { forAlarms: true, displayName }).arn;
  }

  /** Any alarm that notifies this topic. */
  add(id: string, props: Omit<AlarmProps, "topicArn">): Alarm {
    return new Alarm(this, id, { ...props, topicArn: this.topicArn });
  }

  /**
   * The names of the alarms about a function, and of those about a stage, which may be about it. Complete when the stack
   * is.
   */
  namesAbout(fn: NodeFunction): string[] {
    const about = [...(this.aboutFunctions.get(fn) ?? []), ...this.aboutStages];
    return about.sort((a, b) => a.node.id.localeCompare(b.node.id, "en")).map(({ name }) => name);
  }

  /** Each function: it fails three times in five minutes, is throttled, or waits for what hangs. */
  watchFunctions(...functions: readonly NodeFunction[]): void {
    for (const fn of functions) {
      this.define(fn, functionAlarms.faults(fn));
      this.define(fn, functionAlarms.throttles(fn));
      this.define(fn, functionAlarms.longWait(fn));
    }
  }

  /** Each function: it fails at all, in so many of the last periods. */
  watchErrors(functions: readonly NodeFunction[], { periods }: Required<Pick<AlarmProps, "periods">>): void {
    for (const fn of functions) this.define(fn, functionAlarms.errors(fn, periods));
  }

  /** Each function: more than this share of its invocations fail. Quiet where there are fewer than 20 in a period. */
  watchErrorRate(functions: readonly NodeFunction[], { overPercent }: { readonly overPercent: number }): void {
    for (const fn of functions) this.define(fn, functionAlarms.errorRate(fn, overPercent));
  }

  /** Each function: its invocations take longer than this on average, in so many of the last periods. */
  watchAverageDuration(functions: readonly NodeFunction[], { overSeconds, periods }: DurationLimit): void {
    const definitions = functions.map((fn) => [fn, functionAlarms.averageDuration(fn, overSeconds, periods)] as const);
    for (const [fn, definition] of definitions) this.define(fn, definition);
    validate(this, () => definitions.map(([fn, definition]) => reachable(fn, definition)));
  }

  /**
   * A stage: over 1 % of answers are 5xx, three are in five minutes, or one in a hundred takes over three seconds. The
   * alarms' ids begin with `id`: another for each further stage.
   */
  watchStage(stage: ApiStage, id = "api"): void {
    const requests = stage.metric("Count", "Sum");
    const failures = stage.metric("5XXError", "Sum");
    const rate = this.add(`${id}-5xx-rate`, {
      section: "api-5xx-rate",
      description: "Over 1 % of answers were 5xx in 2 of 3 periods; see the access logs for the route",
      metrics: { failures, requests },
      expression: functionAlarms.failurePercentage("failures", "requests"),
      comparison: ">",
      threshold: 1,
      periods: [2, 3],
    });
    const faults = this.add(`${id}-faults`, {
      section: "api-5xx-rate",
      description: `${functionAlarms.faultsToAlarm} answers or more were 5xx within five minutes; see the access logs for the route`,
      metrics: { failures },
      comparison: ">=",
      threshold: functionAlarms.faultsToAlarm,
    });
    // By metric math, since an alarm on a percentile alone either is evaluated over two requests, or keeps its state
    // overnight.
    const latency = this.add(`${id}-latency`, {
      section: "api-latency",
      description: "One answer in a hundred took over 3 s in 3 periods; compare with the functions' durations",
      metrics: { latency: stage.metric("Latency", "p99"), requests },
      expression: functionAlarms.ofEnough("requests", "latency"),
      comparison: ">",
      threshold: 3000,
      periods: [3, 3],
    });
    this.aboutStages.push(rate, faults, latency);
  }

  /**
   * A table: DynamoDB turns requests away, or fails, in whatever the grants say is called. The alarms' ids begin with
   * `id`: another for each further table.
   */
  watchTable(table: Table<string>, id = "table"): void {
    this.add(`${id}-throttles`, {
      section: "table-throttles",
      description: "DynamoDB throttled requests; check for a hot key, or a quota of the account",
      metrics: () => numbered(table.throttleMetrics()),
      expression: sumOf,
      comparison: ">=",
      threshold: 1,
    });
    this.add(`${id}-system-errors`, {
      section: "table-system-errors",
      description: "DynamoDB failed requests; see the AWS Health Dashboard",
      metrics: () => numbered(table.systemErrorMetrics()),
      expression: sumOf,
      comparison: ">=",
      threshold: 1,
    });
  }

  /** An archive of logs: lines do not reach the bucket. They wait for a day, and are gone then. */
  watchArchive(archive: LogArchive): void {
    this.add("log-archive-delay", {
      section: "log-archive",
      description:
        "Log lines have not reached the log bucket for half an hour; the archive's own log group has the errors",
      metrics: { delay: archive.delayMetric() },
      comparison: ">",
      threshold: archiveDelaySeconds,
      periods: [3, 3],
    });
  }

  /** A count of what should never happen: it does, or one of several counts does. */
  watchCount(id: string, description: string, ...counts: readonly Metric[]): void {
    this.add(id, { description, metrics: numbered(counts), expression: sumOf, comparison: ">=", threshold: 1 });
  }

  /** A queue of failed events: it contains one, another arrives, or one did not reach it. */
  watchDeadLetters(queue: Queue): void {
    const id = StackContext.of(queue).idOf(queue);
    this.add(`${id}-waiting`, {
      section: "dead-letters",
      description: `${id} contains events that failed for the last time; read them, fix the cause, and redrive them`,
      metrics: { waiting: queue.waitingMetric() },
      comparison: ">=",
      threshold: 1,
    });
    // The one above says no more while the queue is not empty.
    this.add(`${id}-arrived`, {
      section: "dead-letters",
      description: `Something more failed for the last time and came to ${id}`,
      metrics: { arrived: queue.arrivedMetric() },
      comparison: ">=",
      threshold: 1,
    });
    queue.forEachSource((fn) => this.define(fn, functionAlarms.lostEvents(fn)));
  }

  private define(fn: NodeFunction, { id, ...props }: functionAlarms.AlarmDefinition): void {
    this.aboutFunctions.set(fn, [...(this.aboutFunctions.get(fn) ?? []), this.add(id, props)]);
  }
}
