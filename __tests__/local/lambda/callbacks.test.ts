import { functionOf, parsed, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

/** A function of a runtime that knows callbacks. */
const before24 = (handler: string) =>
  functionOf(
    `import { setTimeout as pause } from "node:timers/promises"; let n = 0; const seen = []; export const handler = ${handler};`,
    {
      runtime: "nodejs22.x",
      timeoutSeconds: 600,
    },
  );

const never = "new Promise(() => undefined)";

test.each([
  ["(event, context, callback) => callback(null, 1)", 1],
  ["(event, context, callback) => { setTimeout(callback, 1, undefined, { a: 1 }); }", { a: 1 }],
  ["(event, context, callback) => callback()", null],
  ["(event, context) => context.succeed(1)", 1],
  ["(event, context) => { setTimeout(context.succeed, 1, 2); }", 2],
  ["(event, context) => context.done(null, 1)", 1],
  ["(event, context) => 1", null],
  ["() => Promise.resolve(1)", 1],
  ["(event, context, callback) => { callback(null, 1); callback(null, 2); context.succeed(3); }", 1],
  [`async (event, context, callback) => { callback(null, 1); await ${never}; }`, 1],
  ["async (event, context, callback) => { setTimeout(callback, 600_000, null, 1); return 2; }", 2],
  [
    "(event, { callbackWaitsForEmptyEventLoop: waits, done, fail, succeed }, callback) => callback(null, [waits, ...[done, fail, succeed].map((f) => typeof f)])",
    [true, "function", "function", "function"],
  ],
])("%s answers %j", async (handler, answer) => {
  const { fn } = await before24(handler);
  const result = await fn.invoke("{}");
  expect([result.functionError, parsed(result)]).toEqual([undefined, answer]);
  expect(await fn.invoke("{}")).toMatchObject({ payload: result.payload });
});

test.each([
  [`(event, context, callback) => callback(new RangeError("words"))`, "RangeError", "words"],
  [`(event, context, callback) => callback("words")`, "string", "words"],
  [`(event, context) => context.fail(new RangeError("words"))`, "RangeError", "words"],
  ["(event, context) => context.fail()", "string", "handled"],
  [`(event, context) => context.done("words")`, "string", "words"],
  [`() => { throw new RangeError("words"); }`, "RangeError", "words"],
  [
    `(event, context, callback) => callback(null, 1n)`,
    "Runtime.JSONStringifyError",
    "Unable to stringify response body",
  ],
  [`async () => 1n`, "Runtime.JSONStringifyError", "Unable to stringify response body"],
])("%s fails with %s: %s", async (handler, errorType, errorMessage) => {
  const { fn } = await before24(handler);
  const result = await fn.invoke("{}");
  expect(result.functionError).toBe("Unhandled");
  expect(parsed(result)).toMatchObject({ errorType, errorMessage });
});

test("a callback's answer waits for all that is pending", async () => {
  const { fn, output } = await before24(`(event, context, callback) => {
    setTimeout(() => process.stdout.write("pending"), 20);
    callback(null, 1);
  }`);
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
  expect(output).toEqual(["pending"]);
});

test.each([
  ["a callback, if the context says so", "context.callbackWaitsForEmptyEventLoop = false; callback(null, seen);"],
  ["a method of the context", "context.succeed(seen);"],
])("%s does not wait, and what is pending goes on with the next event", async (_what, answer) => {
  const { fn } = await before24(`(event, context, callback) => {
    if (event.begin) setTimeout(() => seen.push("pending"), event.begin);
    const end = () => { if (event.more && seen.length === 0) setImmediate(end); else { ${answer} } };
    end();
  }`);
  expect(await fn.invoke('{"begin":50}')).toMatchObject({ payload: "[]" });
  expect(await fn.invoke('{"more":true}')).toMatchObject({ payload: '["pending"]' });
});

test("an error that a callback gives does not wait, and a timer without end lets a callback wait for the time limit", async () => {
  const { fn, limits } = await before24(
    `(event, context, callback) => { setInterval(() => undefined, 1); callback(event.error); }`,
  );
  expect(parsed(await fn.invoke('{"error":"words"}'))).toMatchObject({ errorMessage: "words" });
  const call = fn.invoke("{}");
  limits.at(-1)?.end();
  expect(parsed(await call)).toMatchObject({ errorType: "Sandbox.Timedout" });
});
