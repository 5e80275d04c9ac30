import {
  AsyncInvocations,
  type EventInvokeConfig,
  eventInvokeConfig,
} from "../../../local/functions/async-invocations";
import { functionOf, stopFunctions } from "../support/functions";
import { graphOf } from "../support/stack-file";

afterAll(stopFunctions);

const config: EventInvokeConfig = {
  qualifier: "$LATEST",
  maximumRetryAttempts: 2,
  maximumEventAgeSeconds: 21_600,
  onFailure: "arn:queue",
  onSuccess: undefined,
};

const deadLetterArn = "arn:dead-letters";
const source = `const ids = []; export const handler = async (event, context) => {
  ids.push(context.awsRequestId);
  if (event.fail) throw new Error("attempt " + ids.length + " of " + new Set(ids).size);
  return "done";
};`;

/** Time that passes only when somebody waits for it. */
function testClock() {
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

interface Delivery {
  readonly target: string;
  readonly body: ReturnType<typeof JSON.parse>;
  readonly attributes: object;
}

async function deliveriesOf(event: object, changes: Partial<EventInvokeConfig>, expected: number) {
  const { fn } = await functionOf(source, { deadLetterArn });
  const { clock, waits } = testClock();
  const deliveries: Delivery[] = [];
  await new Promise<void>((resolve) => {
    const invocations = new AsyncInvocations({
      clock,
      speed: 1,
      deliver: async (target, body, attributes) => {
        if (deliveries.push({ target, body: JSON.parse(body), attributes }) === expected) resolve();
      },
    });
    invocations.accept(fn, { ...config, ...changes }, JSON.stringify(event));
  });
  return { deliveries, waits };
}

const failure = (condition: string, approximateInvokeCount: number, requestPayload: object) => ({
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

test("a failing event is tried three times by one id, after one and two minutes, then goes to both destinations", async () => {
  const { deliveries, waits } = await deliveriesOf({ fail: true }, {}, 2);
  expect(waits).toEqual([60_000, 120_000]);
  const [destination, deadLetter] = deliveries;
  expect(destination).toEqual({
    target: "arn:queue",
    body: failure("RetriesExhausted", 3, { fail: true }),
    attributes: {},
  });
  expect(destination!.body.responsePayload.errorMessage).toBe("attempt 3 of 1");
  expect(deadLetter).toEqual({
    target: deadLetterArn,
    body: { fail: true },
    attributes: {
      RequestID: { DataType: "String", StringValue: destination!.body.requestContext.requestId },
      ErrorCode: { DataType: "Number", StringValue: "200" },
      ErrorMessage: { DataType: "String", StringValue: "attempt 3 of 1" },
    },
  });
});

test("without retries the first failure is the last", async () => {
  const { deliveries, waits } = await deliveriesOf({ fail: true }, { maximumRetryAttempts: 0 }, 1);
  expect([deliveries[0]!.body, waits]).toEqual([failure("RetriesExhausted", 1, { fail: true }), []]);
});

test.each([
  [60, 1],
  [90, 2],
])("with a maximum age of %s s there are %s attempts", async (maximumEventAgeSeconds, attempts) => {
  const { deliveries } = await deliveriesOf({ fail: true }, { maximumEventAgeSeconds }, 1);
  expect(deliveries[0]!.body).toEqual(failure("EventAgeExceeded", attempts, { fail: true }));
});

test("a success is delivered where successes go", async () => {
  const { deliveries } = await deliveriesOf({}, { onSuccess: "arn:topic" }, 1);
  expect(deliveries[0]).toMatchObject({
    target: "arn:topic",
    body: { requestContext: { condition: "Success" }, responsePayload: "done" },
  });
});

test("what the stack says about a function's events is read, with Lambda's defaults", () => {
  const graph = graphOf({
    aws_lambda_function_event_invoke_config: {
      c: {
        function_name: "import",
        maximum_retry_attempts: 0,
        destination_config: { on_failure: { destination: "arn:queue" } },
      },
    },
  });
  expect(eventInvokeConfig(graph, "import")).toEqual({
    qualifier: "$LATEST",
    maximumRetryAttempts: 0,
    maximumEventAgeSeconds: 21_600,
    onFailure: "arn:queue",
    onSuccess: undefined,
  });
  expect(eventInvokeConfig(graph, "other").maximumRetryAttempts).toBe(2);
});
