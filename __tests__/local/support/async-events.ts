import { join } from "node:path";
import { AsyncInvocations, type AsyncOptions, type Deliver } from "../../../local/lambda/async-invocations";
import { systemClock } from "../../../local/lib/clock";
import type { EventInvokeConfig } from "../../../local/read/event-invoke-config";
import { temporaryFolder } from "./stack-file";

/** Lambda's defaults, with a place for failures. */
export const config: EventInvokeConfig = {
  qualifier: "$LATEST",
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailure: "arn:queue",
  onSuccess: undefined,
};

export const deadLetterArn = "arn:dead-letters";
/** Fails where the event says so, and counts its calls by id. */
export const source = `const ids = []; export const handler = async (event, context) => {
  ids.push(context.awsRequestId);
  if (event.fail) throw new Error("attempt " + ids.length + " of " + new Set(ids).size);
  return "done";
};`;

/** Time that passes only when somebody waits for it. */
export function testClock() {
  let now = 0;
  const waits: number[] = [];
  const after = (milliseconds: number, then: () => void) => {
    waits.push(milliseconds);
    now += milliseconds;
    setImmediate(then);
    return () => undefined;
  };
  return { waits, clock: { now: () => now, after } };
}

/** A delivered event and its target. */
interface Delivery {
  readonly target: string;
  readonly body: ReturnType<typeof JSON.parse>;
  readonly attributes: object;
}

export const called = "arn:aws:lambda:us-east-1:000000000000:function:records-dev-get-record";

/** The asynchronous invocations of one function, and their deliveries. */
export function invocationsOf(options: Partial<AsyncOptions> & Pick<AsyncOptions, "target">) {
  const deliveries: Delivery[] = [];
  const deliver: Deliver = async (target, body, attributes) => {
    deliveries.push({ target, body: JSON.parse(body), attributes });
  };
  const path = join(temporaryFolder(), "events.log");
  const problems: string[] = [];
  const problem = (message: string) => void problems.push(message);
  const rest = { clock: systemClock, speed: 1, deliver: () => deliver, problem };
  return { invocations: new AsyncInvocations({ path, ...rest, ...options }), deliveries, problems, path };
}

/** The record of a failure. */
export const failure = (condition: string, approximateInvokeCount: number, requestPayload: object) => ({
  version: "1.0",
  timestamp: expect.any(String),
  requestContext: {
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    functionArn: "arn:aws:lambda:us-east-1:000000000000:function:records-dev-get-record:$LATEST",
    condition,
    approximateInvokeCount,
  },
  requestPayload,
  responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
  responsePayload: expect.objectContaining({ errorType: "Error" }),
});
