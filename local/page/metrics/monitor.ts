import type { RunnerEvent } from "../../run/events";
import type { Runner } from "../../run/runner";
import type { CallRecord } from "../recorder";
import type { RequestRecord } from "../records";
import { ofCall, ofEvent, ofRequest, type Value } from "./measured";
import { keyOf, Measurements } from "./measurements";
import { AlarmWatch, type Notify } from "./watch";

/** Calls an operation of a service as the person at this machine. */
export type CallService = (service: string, operation: string, input: object) => Promise<object>;

export interface MonitorOptions {
  readonly runner: Pick<Runner, "systems">;
  readonly call: CallService;
  readonly problem: (message: string) => void;
  /** Speed of the metrics' clock, as a multiple of the others'. */
  readonly speed: number;
  readonly now: () => number;
}

const minuteMs = 60_000;

/** CloudWatch, as far as what runs here is measured, watched and drawn. */
export class Monitor {
  readonly measurements = new Measurements();
  readonly alarms: AlarmWatch;
  private readonly startedAt: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: MonitorOptions) {
    const { runner, problem } = options;
    this.startedAt = options.now();
    this.alarms = new AlarmWatch({
      runner,
      problem,
      measurements: this.measurements,
      now: () => this.now(),
      notify: (topic, subject, message) => this.notify(topic, subject, message),
    });
  }

  /** Begins to evaluate alarms, once in each minute of its clock. */
  begin(): void {
    const evaluate = (): void =>
      void this.evaluate().catch((error: unknown) => this.options.problem(`metrics: ${error}`));
    this.timer = setInterval(evaluate, minuteMs / this.options.speed).unref();
    evaluate();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The time by the metrics' clock, in milliseconds since 1970. */
  now(): number {
    return this.startedAt + (this.options.now() - this.startedAt) * this.options.speed;
  }

  request(request: RequestRecord): void {
    const api = this.options.runner.systems.find(({ name }) => name === request.system)?.gateway?.restApi.name;
    if (api !== undefined) this.add(ofRequest(request, api));
  }

  call(call: CallRecord): void {
    this.add(ofCall(call));
  }

  event(event: RunnerEvent): void {
    this.add(ofEvent(event));
  }

  /** Takes the metrics that no event brings, and evaluates the alarms. */
  async evaluate(): Promise<void> {
    await this.measureQueues();
    await this.alarms.evaluate();
  }

  private add(values: readonly Value[]): void {
    if (values.length === 0) return;
    const minute = Math.floor(this.now() / minuteMs);
    for (const [key, value] of values) this.measurements.add(key, value, minute);
  }

  /** Measures the number of messages in each queue of a system whose alarms or dashboards use it. */
  private async measureQueues(): Promise<void> {
    for (const { resources, watching } of this.options.runner.systems) {
      if (!JSON.stringify(watching).includes("ApproximateNumberOfMessages")) continue;
      for (const { name: QueueName } of resources.queues) {
        const { QueueUrl } = (await this.options.call("sqs", "GetQueueUrl", { QueueName })) as { QueueUrl?: string };
        const input = { QueueUrl, AttributeNames: ["All"] };
        const { Attributes = {} } = (await this.options.call("sqs", "GetQueueAttributes", input)) as {
          Attributes?: Readonly<Record<string, string>>;
        };
        // The metric's name is not the attribute's: it says that they are visible.
        const gauges = [
          ["ApproximateNumberOfMessagesVisible", Attributes["ApproximateNumberOfMessages"]],
          ["ApproximateNumberOfMessagesNotVisible", Attributes["ApproximateNumberOfMessagesNotVisible"]],
          ["ApproximateNumberOfMessagesDelayed", Attributes["ApproximateNumberOfMessagesDelayed"]],
        ] as const;
        this.add(
          gauges.map(([name, count]) => [
            keyOf({ namespace: "AWS/SQS", name, dimensions: { QueueName } }),
            Number(count ?? 0),
          ]),
        );
      }
    }
  }

  private notify(...[TopicArn, Subject, Message]: Parameters<Notify>): Promise<void> {
    return this.options.call("sns", "Publish", { TopicArn, Subject, Message }).then(() => undefined);
  }
}
