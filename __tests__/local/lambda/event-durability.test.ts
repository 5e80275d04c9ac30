import { readFileSync } from "node:fs";
import { UserError } from "../../../lib/user-error";
import { eventually } from "../../support/eventually";
import { called, config, failure, invocationsOf, source, testClock } from "../support/async-events";
import { functionOf, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

/** Time in which nothing that waits comes to its turn. */
const stillClock = (now = 0) => ({ now: () => now, after: () => () => undefined });

test("an event that waits is there for the next process, with its attempts so far and its age", async () => {
  const { fn } = await functionOf(source);
  const target = () => ({ fn, config: { ...config, maximumEventAgeSeconds: 200 } });
  const before = invocationsOf({ clock: stillClock(5), target });
  before.invocations.accept(called, JSON.stringify({ fail: true }));
  const written = await eventually(() => {
    const text = readFileSync(before.path, "utf8");
    return text.includes('"failures":1') ? text : undefined;
  });
  // Written before anything was done with it, and after.
  expect(written.trim().split("\n")).toHaveLength(2);

  const { clock, waits } = testClock();
  const after = invocationsOf({ path: before.path, clock, target });
  after.invocations.resume();
  const { body } = await eventually(() => after.deliveries[0]);
  expect(waits).toEqual([60_005, 120_000]);
  expect(body).toEqual(failure("RetriesExhausted", 3, { fail: true }));
  expect(body.requestContext.requestId).toBe(JSON.parse(written.split("\t")[0]!)[1]);

  const last = invocationsOf({ path: before.path, target });
  last.invocations.resume();
  expect([readFileSync(before.path, "utf8"), last.deliveries]).toEqual(["", []]);
});

test("an attempt that the end of the process cuts off is made again, and not counted", async () => {
  const { fn } = await functionOf(
    "export const handler = () => new Promise(() => setInterval(() => undefined, 1000));",
  );
  const target = () => ({ fn, config });
  const before = invocationsOf({ target });
  before.invocations.accept(called, "{}");
  before.invocations.stop();
  await fn.stop();

  const next = await functionOf(source);
  const after = invocationsOf({
    path: before.path,
    target: () => ({ fn: next.fn, config: { ...config, onSuccess: "arn:topic" } }),
  });
  after.invocations.resume();
  expect((await eventually(() => after.deliveries[0])).body.requestContext.approximateInvokeCount).toBe(1);
  expect(before.deliveries).toEqual([]);
});

test("an event whose function is not there waits for it, and nobody can send it more", async () => {
  const { fn } = await functionOf(source);
  const { path, invocations } = invocationsOf({ clock: stillClock(), target: () => ({ fn, config }) });
  invocations.accept(called, JSON.stringify({ fail: true }));
  await eventually(() => (readFileSync(path, "utf8").includes('"failures":1') ? true : undefined));

  let there = false;
  const { clock } = testClock();
  const later = invocationsOf({ path, clock, target: () => (there ? { fn, config } : undefined) });
  later.invocations.resume();
  expect(later.invocations.accept(called, "{}")).toBe(false);
  await new Promise(setImmediate);
  expect(later.deliveries).toEqual([]);
  there = true;
  later.invocations.resume();
  await eventually(() => later.deliveries[0]);
});

test("an event that can't be delivered now is reported, and kept", async () => {
  const { fn } = await functionOf(source);
  const deliver = () => async () => Promise.reject(new UserError("the services are gone"));
  const target = () => ({ fn, config: { ...config, maximumRetryAttempts: 0 } });
  const { invocations, problems, path } = invocationsOf({ deliver, target });
  invocations.accept(called, JSON.stringify({ fail: true }));
  expect(await eventually(() => problems[0])).toBe(`an event of ${called}: the services are gone`);

  const after = invocationsOf({ path, target });
  after.invocations.resume();
  expect((await eventually(() => after.deliveries[0])).body).toEqual(failure("RetriesExhausted", 1, { fail: true }));
});
