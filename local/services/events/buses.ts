import { randomUUID } from "node:crypto";
import { parseArn, serviceOf } from "../../../aws/arn";
import type { JsonObject } from "../../../lib/json";
import { rootIn } from "../../lib/trace";
import type { EventBuses, EventRule, EventTarget } from "../../read/event-bus-definition";
import type { Authorization } from "../authorization";
import type { RuleOutcome, ServiceEvent, TargetOutcome } from "../configuration";
import { currentTraceHeader } from "../current-request";
import { type Unmet, unmetIn, unmetWords, valuesAt } from "../event-pattern";
import type { Invoke } from "../lambda/invoking";
import { ServiceError } from "../service";
import type { Queues } from "../sqs/queues";
import { queueNeeds } from "../sqs/service";

/** An event that is put on a bus. */
export interface PutEvent {
  readonly busName: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: JsonObject;
  readonly resources: readonly string[];
  /** `2030-01-31T09:00:00Z` */
  readonly time: string;
}

interface Dependencies {
  readonly queues: Queues;
  readonly authorization: Authorization;
  readonly invoke: Invoke;
  readonly emit: (event: ServiceEvent) => void;
}

const service = "events.amazonaws.com";

/** What of an event is not as a pattern asks for; undefined where it fits. */
export const unmetOf = (pattern: JsonObject, event: JsonObject): Unmet | undefined =>
  unmetIn(pattern, (path) => valuesAt(event, path));

/** EventBridge's words for why a target did not take an event (user guide, "Using dead-letter queues"). */
const codeOf = ({ code }: ServiceError): string => (code === "NotFound" ? "NO_RESOURCE" : "NO_PERMISSIONS");

/** The event buses of the stacks, and the way of an event to the targets of the rules that it fits. */
export class Buses {
  private configured: EventBuses = { buses: [], rules: [] };

  constructor(private readonly on: Dependencies) {}

  configure(buses: EventBuses): void {
    this.configured = buses;
  }

  /** @returns the event's id, when all targets have it or it is kept for them */
  async put(event: PutEvent, { accountId, region }: { accountId: string; region: string }): Promise<string> {
    const id = randomUUID();
    const { source, detailType, detail, resources, time } = event;
    const shown: JsonObject = {
      ...{ version: "0", id, "detail-type": detailType, source, account: accountId, time, region },
      ...{ resources: [...resources], detail },
    };
    const isThere = event.busName === "default" || this.configured.buses.some(({ name }) => name === event.busName);
    if (!isThere)
      this.problem(`event bus ${event.busName} is not in the stacks, and nobody has the event of ${source}`);
    const body = JSON.stringify(shown);
    const outcomes: RuleOutcome[] = [];
    for (const rule of this.configured.rules) {
      if (rule.busName !== event.busName) continue;
      outcomes.push({ rule: rule.name, ...(await this.applied(rule, shown, body)) });
    }
    const traceId = rootIn(currentTraceHeader());
    const trace = traceId === undefined ? {} : { traceId };
    this.on.emit({ event: "busEvent", bus: event.busName, id, source, detailType, body, rules: outcomes, ...trace });
    return id;
  }

  /** Gives the event to the rule's targets, if it fits. */
  private async applied(rule: EventRule, event: JsonObject, body: string): Promise<Omit<RuleOutcome, "rule">> {
    if (!rule.enabled) return { unmet: "the rule is disabled", targets: [] };
    const unmet = unmetOf(rule.pattern, event);
    if (unmet) return { unmet: unmetWords(unmet), targets: [] };
    const targets: TargetOutcome[] = [];
    for (const target of rule.targets) targets.push({ arn: target.arn, ...(await this.give(rule, target, body)) });
    return { targets };
  }

  /** Of EventBridge's own right. What would be refused again is a dead letter at once (the same page). */
  private async give(rule: EventRule, target: EventTarget, event: string): Promise<Omit<TargetOutcome, "arn">> {
    try {
      await this.deliver(rule, target.arn, target.input ?? event);
      return { result: "delivered" };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { result: await this.bury(rule, target, event, error), error: error.message };
    }
  }

  private async bury(
    rule: EventRule,
    { arn, deadLetterArn }: EventTarget,
    event: string,
    error: ServiceError,
  ): Promise<"dead letter" | "dropped"> {
    if (deadLetterArn === undefined) {
      this.problem(`${rule.arn}: an event is lost: ${error.message}`);
      return "dropped";
    }
    const attributes = {
      ...{ RULE_ARN: rule.arn, TARGET_ARN: arn, ERROR_CODE: codeOf(error), ERROR_MESSAGE: error.message },
      RETRY_ATTEMPTS: "0",
    };
    try {
      await this.deliver(rule, deadLetterArn, event, attributes);
      return "dead letter";
    } catch (refusal) {
      if (!(refusal instanceof ServiceError)) throw refusal;
      this.problem(`${rule.arn}: a dead letter was not delivered: ${refusal.message}`);
      return "dropped";
    }
  }

  private async deliver(
    rule: EventRule,
    arn: string,
    body: string,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { queues, authorization, invoke } = this.on;
    if (serviceOf(arn) === "sqs") {
      const queue = queues.byArn(arn);
      authorization.requireOfService(service, rule.arn, queueNeeds("SendMessage", arn, queue));
      if (!queue) throw new ServiceError("NotFound", `${arn} is not in the stacks`);
      const texts = Object.entries(attributes).map(([name, StringValue]) => [
        name,
        { DataType: "String", StringValue },
      ]);
      queue.send({ body, attributes: Object.fromEntries(texts) });
      return;
    }
    authorization.requireOfService(service, rule.arn, [{ action: "lambda:InvokeFunction", resource: arn }]);
    if (!(await invoke(arn, body, true))) throw new ServiceError("NotFound", `${arn} is not in the stacks`);
  }

  private problem(message: string): void {
    this.on.emit({ event: "problem", message });
  }
}

/** The name of a bus that a name or an ARN stands for. */
export const busNameOf = (text: string): string => parseArn(text)?.resource.replace(/^event-bus\//, "") ?? text;
