import { type EventInvokeConfig, eventInvokeConfig } from "../../../local/read/event-invoke-config";
import { eventually } from "../../support/eventually";
import { called, config, deadLetterArn, failure, invocationsOf, source, testClock } from "../support/async-events";
import { functionOf, stopFunctions } from "../support/functions";
import { graphOf } from "../support/stack-file";

afterAll(stopFunctions);

async function deliveriesOf(event: object, changes: Partial<EventInvokeConfig>, expected: number) {
  const { fn } = await functionOf(source, { deadLetterArn });
  const { clock, waits } = testClock();
  const target = () => ({ fn, config: { ...config, ...changes } });
  const { invocations, deliveries } = invocationsOf({ clock, target });
  expect(invocations.accept(called, JSON.stringify(event))).toBe(true);
  await eventually(() => deliveries.length >= expected || undefined);
  return { deliveries, waits };
}

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

test("waits are shortened, and an event's age is counted as if they were not", async () => {
  const { fn } = await functionOf(source);
  const { clock, waits } = testClock();
  const target = () => ({ fn, config: { ...config, maximumEventAgeSeconds: 100 } });
  const { invocations, deliveries } = invocationsOf({ clock, target, speed: 60 });
  invocations.accept(called, JSON.stringify({ fail: true }));
  const { body } = await eventually(() => deliveries[0]);
  expect([waits, body]).toEqual([[1000], failure("EventAgeExceeded", 2, { fail: true })]);
});

test("what is throttled waits longer and longer, and is not counted as a failure", async () => {
  const endless = "export const handler = () => new Promise((resolve) => setTimeout(resolve, 600_000));";
  const { fn } = await functionOf(endless, { reservedConcurrency: 1, deadLetterArn });
  void fn.invoke("{}");
  const { clock, waits } = testClock();
  const target = () => ({ fn, config: { ...config, maximumEventAgeSeconds: 900 } });
  const { invocations, deliveries } = invocationsOf({ clock, target });
  invocations.accept(called, "{}");
  await eventually(() => deliveries[1]);
  expect(waits.map((wait) => wait / 1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
  expect(deliveries[0]!.body).toMatchObject({
    requestContext: { condition: "EventAgeExceeded" },
    responsePayload: null,
  });
  expect(deliveries[1]!.attributes).toMatchObject({ ErrorCode: { StringValue: "429" } });
});

test("a function that may not run at all has its event recorded at once", async () => {
  const { fn } = await functionOf(source, { reservedConcurrency: 0, deadLetterArn });
  const { clock, waits } = testClock();
  const { invocations, deliveries } = invocationsOf({ clock, target: () => ({ fn, config }) });
  invocations.accept(called, "{}");
  await eventually(() => deliveries[1]);
  expect(waits.filter((wait) => wait > 0)).toEqual([]);
  expect(deliveries[0]!.body).toMatchObject({
    requestContext: { condition: "ZeroReservedConcurrency", approximateInvokeCount: 0 },
  });
  expect(deliveries[1]!.attributes).toMatchObject({ ErrorCode: { StringValue: "429" } });
});

test("what the stack says about a function's events is read, with Lambda's defaults", () => {
  const graph = graphOf({
    aws_lambda_function_event_invoke_config: {
      c: {
        function_name: "import",
        maximum_retry_attempts: 0,
        destination_config: { on_failure: { destination: "arn:aws:sqs:us-east-1:000000000000:queue" } },
      },
    },
  });
  expect(eventInvokeConfig(graph, "import")).toEqual({
    qualifier: "$LATEST",
    maximumRetryAttempts: 0,
    maximumEventAgeSeconds: 21_600,
    onFailure: "arn:aws:sqs:us-east-1:000000000000:queue",
    onSuccess: undefined,
  });
  expect(eventInvokeConfig(graph, "other").maximumRetryAttempts).toBe(2);
});

test("a destination that is not emulated is an error at boot", () => {
  const destination = "arn:aws:events:us-east-1:000000000000:event-bus/default";
  const c = { function_name: "import", destination_config: { on_failure: { destination } } };
  expect(() => eventInvokeConfig(graphOf({ aws_lambda_function_event_invoke_config: { c } }), "import")).toThrow(
    `aws_lambda_function_event_invoke_config.c: on_failure: ${destination}, no queue, topic or function, is not emulated here`,
  );
});
