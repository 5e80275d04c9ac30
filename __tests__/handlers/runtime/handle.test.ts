import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import type { Route } from "../../../contracts/api";
import type * as runtime from "../../../handlers/runtime/handle";
import type * as telemetry from "../../../handlers/runtime/telemetry";
import { proxyEvent } from "../../support/proxy-event";

const route: Route = { method: "GET", path: "/thing", summary: "", access: "public", status: 204 };

const contextWith = (remainingMs: number) =>
  ({ awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => remainingMs }) as Context;

// The logger writes by this process's console, not by one of its own.
process.env["POWERTOOLS_DEV"] = "true";
const { handle } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle");
const { logger } = jest.requireActual<typeof telemetry>("../../../handlers/runtime/telemetry");

const written: string[] = [];
const write = (line: unknown) => void written.push(String(line));
beforeEach(() => {
  written.length = 0;
  jest.spyOn(console, "info").mockImplementation(write);
  jest.spyOn(console, "warn").mockImplementation(write);
  jest.spyOn(console, "log").mockImplementation(write);
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
