import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import type * as runtime from "../../../handlers/runtime/handle-batch";
import type * as changes from "../../../handlers/runtime/handle-changes";
import type * as notifications from "../../../handlers/runtime/handle-notification";
import type * as telemetry from "../../../handlers/runtime/telemetry";

// The logger writes by this process's console, not by one of its own.
process.env["POWERTOOLS_DEV"] = "true";
const { handleNotification } = jest.requireActual<typeof notifications>(
  "../../../handlers/runtime/handle-notification",
);
const { handleChanges } = jest.requireActual<typeof changes>("../../../handlers/runtime/handle-changes");
const { handleBatch } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle-batch");
const { logger } = jest.requireActual<typeof telemetry>("../../../handlers/runtime/telemetry");

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  const write = (line: unknown) => void written.push(String(line));
  jest.spyOn(console, "error").mockImplementation(write);
  jest.spyOn(process.stdout, "write").mockImplementation((line) => {
    write(line);
    return true;
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const contextWith = (remainingMs: number) =>
  ({ awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => remainingMs }) as Context;

const Order = z.object({ order: z.string() });

/** A message of this id; its group, if it has one, is the letter that it begins with. */
const message = (messageId: string, body: unknown = { order: messageId }, fifo = false) => ({
  messageId,
  body: typeof body === "string" ? body : JSON.stringify(body),
  attributes: fifo ? { MessageGroupId: messageId[0] } : {},
});

const failuresOf = (response: { batchItemFailures: readonly { itemIdentifier: string }[] }) =>
  response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

const linesWith = (text: string) => written.filter((line) => line.includes(text));

test("every message is worked on, and none comes again", async () => {
  const seen: string[] = [];
  const handler = handleBatch(Order, async ({ order }) => void seen.push(order));
  const response = await handler({ Records: ["a", "b", "c"].map((id) => message(id)) }, contextWith(60_000));
  expect([seen, failuresOf(response)]).toEqual([["a", "b", "c"], []]);
  expect(linesWith('"Faults":1')).toEqual([]);
  expect(JSON.parse(linesWith('"message":"batch"')[0]!)).toMatchObject({ level: "INFO", records: 3, failed: 0 });
});

test("those that fail come again, alone; the log says which, and nothing of their content", async () => {
  const handler = handleBatch(Order, async ({ order }) => {
    if (order === "b") throw new Error("the secret of b");
  });
  const Records = [message("a"), message("b"), message("c", { order: 5 }), message("d", "{ secret"), message("e")];
  const response = await handler({ Records }, contextWith(60_000));
  expect(failuresOf(response)).toEqual(["b", "c", "d"]);
  expect(
    linesWith('"record failed"')
      .map((line) => JSON.parse(line).record)
      .sort(),
  ).toEqual(["b", "c", "d"]);
  expect(written.join()).not.toContain("secret");
  expect(linesWith('"Faults":1')).toHaveLength(1);
});

test("of a message that is not as its schema, the log says where, in names of the schema alone", async () => {
  const Parcel = z.object({ page: z.url(), labels: z.record(z.string(), z.number()) });
  const handler = handleBatch(Parcel, async () => undefined);
  const body = { page: "a-secret", labels: { "secret-key": "a-secret" } };
  await handler({ Records: [message("a", body)] }, contextWith(60_000));

  expect(JSON.parse(linesWith('"record failed"')[0]!).issues).toEqual([
    { code: "invalid_format", path: "page" },
    { code: "invalid_type", path: "labels.*" },
  ]);
  expect(written.join()).not.toContain("secret");
});

test("of a FIFO queue's group what follows a failure fails with it, untried; other groups go on in their order", async () => {
  const tried: string[] = [];
  const handler = handleBatch(Order, async ({ order }) => {
    tried.push(order);
    await new Promise((resolve) => setImmediate(resolve));
    if (order === "a2") throw new Error("no");
  });
  const Records = ["a1", "b1", "a2", "b2", "a3", "b3"].map((id) => message(id, undefined, true));
  const response = await handler({ Records }, contextWith(60_000));
  expect(failuresOf(response)).toEqual(["a2", "a3"]);
  expect(tried.filter((id) => id.startsWith("a"))).toEqual(["a1", "a2"]);
  expect(tried.filter((id) => id.startsWith("b"))).toEqual(["b1", "b2", "b3"]);
});

test("what is not done when the function's time is over comes again, and nothing more is begun", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "performance"] });
  const tried: string[] = [];
  let finish = (): void => undefined;
  const handler = handleBatch(Order, async ({ order }) => {
    tried.push(order);
    if (order === "a1") await new Promise<void>((resolve) => (finish = resolve));
  });
  const Records = ["a1", "a2", "b1"].map((id) => message(id, undefined, true));
  const answer = handler({ Records }, contextWith(20_000));
  await jest.advanceTimersByTimeAsync(19_000);
  expect(failuresOf(await answer)).toEqual(["a1", "a2"]);
  finish();
  await jest.advanceTimersByTimeAsync(1000);
  expect(tried).toEqual(["a1", "b1"]);
});

test("the line of a batch says how long it took, in milliseconds to a tenth", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask"] });
  jest.advanceTimersByTime(5000);
  const handler = handleBatch(Order, async () => void jest.advanceTimersByTime(123.46));
  await handler({ Records: [message("a")] }, contextWith(60_000));
  expect(JSON.parse(linesWith('"message":"batch"')[0]!).ms).toBe(123.5);
});

test("what work adds to its lines is gone with its batch", async () => {
  const handler = handleBatch(Order, async () => {
    logger().appendKeys({ only: "here" });
    logger().error("in the batch");
  });
  await handler({ Records: [message("a")] }, contextWith(60_000));
  logger().error("between batches");
  const [during, after] = [linesWith("in the batch"), linesWith("between batches")].map(([line = ""]) =>
    JSON.parse(line),
  );
  expect([during.only, during.correlation_id, after.only, after.correlation_id]).toEqual([
    ...["here", "id"],
    ...[undefined, undefined],
  ]);
});

test("a topic's message is worked on as it was published, and one that is none fails in words that quote nothing", async () => {
  const seen: string[] = [];
  const handler = handleNotification(Order, async ({ order }) => void seen.push(order));
  const event = (Message: string) => ({ Records: [{ Sns: { Message } }] });
  await handler(event('{"order":"a"}'), contextWith(60_000));
  for (const bad of ["{ secret", '{"secret":1}']) {
    await expect(handler(event(bad), contextWith(60_000))).rejects.toThrow("INTERNAL_ERROR");
  }
  expect(seen).toEqual(["a"]);
  expect(written.join()).not.toContain("secret");
});

describe("a table's changes", () => {
  const Part = z.object({ id: z.string(), count: z.number() });
  const image = (id: string, count: number) => ({ id: { S: id }, count: { N: String(count) } });
  const record = (sequence: string, dynamodb: object, more: object = {}) => ({
    eventName: "MODIFY",
    dynamodb: { SequenceNumber: sequence, Keys: { id: { S: "a" } }, ...dynamodb },
    ...more,
  });

  test("are worked on with what was and is, as plain values", async () => {
    const seen: object[] = [];
    const handler = handleChanges(Part, async (change) => void seen.push(change));
    const expired = { eventName: "REMOVE", userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } };
    const Records = [
      record("1", { OldImage: image("a", 1), NewImage: image("a", 2.5) }),
      record("2", { OldImage: image("a", 2.5) }, expired),
    ];
    expect(failuresOf(await handler({ Records }, contextWith(60_000)))).toEqual([]);
    const keys = { id: "a" };
    expect(seen).toEqual([
      { kind: "MODIFY", keys, before: { id: "a", count: 1 }, after: { id: "a", count: 2.5 }, expired: false },
      { kind: "REMOVE", keys, before: { id: "a", count: 2.5 }, after: undefined, expired: true },
    ]);
  });

  test("come again from the first that fails on, untried, and the log quotes nothing of them", async () => {
    const tried: (number | undefined)[] = [];
    const handler = handleChanges(Part, async ({ after }) => void tried.push(after?.count));
    const Records = [1, 2, 3].map((at) => record(String(at), { NewImage: image(at === 2 ? "secret" : "a", at) }));
    Records[1]!.dynamodb = { ...Records[1]!.dynamodb, NewImage: { secret: { S: "secret" } } } as never;
    expect(failuresOf(await handler({ Records }, contextWith(60_000)))).toEqual(["2", "3"]);
    expect(tried).toEqual([1]);
    expect(written.join()).not.toContain("secret");
  });
});

test.each([[undefined], [null], [{}], [{ Records: "none" }]])("%j is refused, since it is no batch", async (event) => {
  const handler = handleBatch(Order, async () => undefined);
  await expect(handler(event, contextWith(60_000))).rejects.toThrow(
    "the event must be a batch, with a list of Records",
  );
});
