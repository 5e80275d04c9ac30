import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import type { Route } from "../../../contracts/api";
import type * as errors from "../../../handlers/runtime/errors";
import type * as runtime from "../../../handlers/runtime/handle";
import type * as telemetry from "../../../handlers/runtime/telemetry";
import { proxyEvent } from "../../support/proxy-event";

const route: Route = { method: "GET", path: "/thing", summary: "", access: "public", status: 204 };

const contextWith = (remainingMs: number) =>
  ({ awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => remainingMs }) as Context;

// The logger writes by this process's console, not by one of its own.
process.env["POWERTOOLS_DEV"] = "true";
const { handle } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle");
const { Forbidden, PreconditionFailed, TooManyRequests } = jest.requireActual<typeof errors>(
  "../../../handlers/runtime/errors",
);
const { logger } = jest.requireActual<typeof telemetry>("../../../handlers/runtime/telemetry");

const written: string[] = [];
const write = (line: unknown) => void written.push(String(line));
beforeEach(() => {
  written.length = 0;
  jest.spyOn(console, "info").mockImplementation(write);
  jest.spyOn(console, "warn").mockImplementation(write);
  jest.spyOn(console, "log").mockImplementation(write);
  jest.spyOn(process.stdout, "write").mockImplementation((line) => {
    write(line);
    return true;
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

// API Gateway waits for 29 seconds, and some go by before the function is called.
test.each([
  [1000, 750],
  [20_000, 19_000],
  [28_500, 27_500],
  [30_000, 27_500],
  [900_000, 27_500],
])("an operation that never ends, of %s ms, is answered after %s ms", async (remainingMs, answeredMs) => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "performance"] });
  let answered: number | undefined;
  const handler = handle(route, () => new Promise(() => undefined));
  const answer = handler(proxyEvent(route), contextWith(remainingMs)).then(({ statusCode }) => {
    answered = statusCode;
  });
  await jest.advanceTimersByTimeAsync(answeredMs - 1);
  expect(answered).toBeUndefined();
  await jest.advanceTimersByTimeAsync(1);
  await answer;
  expect(answered).toBe(503);
});

test("what an operation adds to its lines is gone with its invocation", async () => {
  const handler = handle(route, async ({ caller }) => {
    logger().appendKeys({ only: "here" });
    logger().warn(caller);
    return undefined as never;
  });
  await handler(proxyEvent(route), contextWith(1000));
  expect(written.filter((line) => line.includes("only"))).toHaveLength(1);
  logger().warn("between invocations");
  expect(written.at(-1)).toContain("between invocations");
  expect(written.at(-1)).not.toMatch(/only|correlation_id/);
});

const requestLine = () => JSON.parse(written.find((line) => line.includes('"message":"request"')) ?? "{}");

test("the line of a request says how long it took, in milliseconds to a tenth", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask"] });
  jest.advanceTimersByTime(5000);
  const handler = handle(route, async () => void jest.advanceTimersByTime(123.46));
  await handler(proxyEvent(route), contextWith(10_000));
  expect(requestLine().ms).toBe(123.5);
});

test.each([
  ["with a key", "key-1", "key-1"],
  ["without one", "anonymous", undefined],
])("who asks a public route %s is %s to its operation and to the log", async (_, expected, apiKeyId) => {
  const event = proxyEvent(route);
  Object.assign(event.requestContext.identity, { apiKeyId });
  let seen: string | undefined;
  const handler = handle(route, async ({ caller }) => {
    seen = caller;
    return undefined as never;
  });
  await handler(event, contextWith(1000));
  expect([seen, requestLine().caller]).toEqual([expected, expected]);
});

test.each([
  ["without a key a route that asks for one", "apiKey", undefined],
  ["with an empty key a route that asks for one", "apiKey", ""],
  ["a route with an access that there is not", "unknown", "key-1"],
  ["a route with an access that is a member of all objects", "constructor", "key-1"],
])("who asks %s is refused before anything is done", async (_, access, apiKeyId) => {
  const closed = { ...route, access } as Route;
  const event = proxyEvent(closed);
  Object.assign(event.requestContext.identity, { apiKeyId });
  const work = jest.fn();
  const { statusCode } = await handle(closed, work)(event, contextWith(1000));
  expect([statusCode, work.mock.calls]).toEqual([403, []]);
});

test("who is not admitted is refused before anything is done", async () => {
  const work = jest.fn();
  const admit = async () => Promise.reject(new Forbidden());
  const { statusCode } = await handle(route, work, { admit })(proxyEvent(route), contextWith(1000));
  expect([statusCode, work.mock.calls]).toEqual([403, []]);
});

test("refusals that clients cause together are warnings, and what one causes alone is none", async () => {
  const raced: Route = { ...route, errors: [412, 429] };
  for (const refusal of [new PreconditionFailed(), new TooManyRequests(), new Forbidden()])
    await handle(raced, () => Promise.reject(refusal))(proxyEvent(raced), contextWith(1000));
  const warnings = written.map((line) => JSON.parse(line)).filter(({ level }) => level === "WARN");
  expect(warnings.map(({ message, status }) => [status, message])).toEqual([
    [412, "request refused: a lost race: somebody else changed it first"],
    [429, "request refused: throttled"],
  ]);
});
