import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import type { Graph } from "../graph/graph";
import type { InvokeResult, LambdaFunction } from "./lambda-function";

/** How asynchronous events of a function are treated. */
export interface EventInvokeConfig {
  /** The version or alias whose events these are. */
  readonly qualifier: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  readonly onFailure: string | undefined;
  readonly onSuccess: string | undefined;
}

/** Puts a text into a queue, topic or function, as Lambda does with the function's role. */
export type Deliver = (
  targetArn: string,
  body: string,
  attributes: Readonly<Record<string, { DataType: string; StringValue: string }>>,
) => Promise<void>;

/** Lambda waits about so long before the second and the third attempt. */
const RETRY_WAITS_MS = [60_000, 120_000];

/** What is done where the stack says nothing. */
export const standard: EventInvokeConfig = {
  qualifier: "$LATEST",
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailure: undefined,
  onSuccess: undefined,
};

/** What the stack says about a function's asynchronous events. */
export function eventInvokeConfig(graph: Graph, functionName: string): EventInvokeConfig {
  const [resource, second] = graph
    .all("aws_lambda_function_event_invoke_config")
    .filter((candidate) => candidate.text("function_name").split(":").at(-1) === functionName);
  if (!resource) return standard;
  if (second) throw new Error(`${second.address}: a second one for ${functionName} is not played locally`);
  const destinations = resource.block("destination_config");
  return {
    qualifier: resource.optionalText("qualifier") ?? standard.qualifier,
    maximumRetryAttempts: resource.number("maximum_retry_attempts", standard.maximumRetryAttempts),
    maximumEventAgeSeconds: resource.number("maximum_event_age_in_seconds", standard.maximumEventAgeSeconds),
    onFailure: destinations?.block("on_failure")?.text("destination"),
    onSuccess: destinations?.block("on_success")?.text("destination"),
  };
}

interface Attempted {
  readonly payload: string;
  readonly requestId: string;
  readonly attempts: number;
  readonly result: InvokeResult;
}

function record(fn: LambdaFunction, condition: string, { payload, requestId, attempts, result }: Attempted): string {
  const { functionError } = result;
  return JSON.stringify({
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId,
      functionArn: `${fn.definition.arn}:${fn.definition.version}`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(payload),
    responseContext: {
      statusCode: 200,
      executedVersion: fn.definition.version,
      ...(functionError ? { functionError } : {}),
    },
    responsePayload: JSON.parse(result.payload || "null"),
  });
}

export interface AsyncOptions {
  readonly clock: Clock;
  readonly deliver: Deliver;
  /** What the waits between attempts are divided by, so that a laptop need not wait for minutes. */
  readonly speed: number;
}

/** Events that nobody waits for: tried again, and in the end delivered to where failures go. */
export class AsyncInvocations {
  constructor(private readonly options: AsyncOptions) {}

  /** Accepts an event; what becomes of it comes later. */
  accept(fn: LambdaFunction, config: EventInvokeConfig, payload: string): void {
    const { clock } = this.options;
    void this.attempt(fn, config, { payload, requestId: randomUUID(), attempts: 1, acceptedAt: clock.now() });
  }

  private async attempt(
    fn: LambdaFunction,
    config: EventInvokeConfig,
    event: { payload: string; requestId: string; attempts: number; acceptedAt: number },
  ): Promise<void> {
    const { payload, requestId, attempts, acceptedAt } = event;
    const { clock, speed } = this.options;
    const result = await fn.invoke(payload, { requestId });
    const attempted = { payload, requestId, attempts, result };
    if (!result.functionError && !result.throttled) {
      if (config.onSuccess) await this.options.deliver(config.onSuccess, record(fn, "Success", attempted), {});
      return;
    }
    const wait = RETRY_WAITS_MS[attempts - 1] ?? 0;
    const giveUp = (condition: string) => this.giveUp(fn, config, { ...attempted, condition });
    if (attempts > config.maximumRetryAttempts) return giveUp("RetriesExhausted");
    const age = (clock.now() - acceptedAt) * speed + wait;
    if (age >= config.maximumEventAgeSeconds * 1000) return giveUp("EventAgeExceeded");
    clock.after(wait / speed, () => void this.attempt(fn, config, { ...event, attempts: attempts + 1 }));
  }

  private async giveUp(
    fn: LambdaFunction,
    config: EventInvokeConfig,
    attempted: Attempted & { readonly condition: string },
  ): Promise<void> {
    const { deliver } = this.options;
    const { deadLetterArn } = fn.definition;
    if (config.onFailure) await deliver(config.onFailure, record(fn, attempted.condition, attempted), {});
    if (!deadLetterArn) return;
    const { errorMessage = "" } = JSON.parse(attempted.result.payload || "{}") as { errorMessage?: string };
    await deliver(deadLetterArn, attempted.payload, {
      RequestID: { DataType: "String", StringValue: attempted.requestId },
      ErrorCode: { DataType: "Number", StringValue: "200" },
      ErrorMessage: { DataType: "String", StringValue: errorMessage },
    });
  }
}
