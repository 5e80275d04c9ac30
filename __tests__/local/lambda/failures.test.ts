import { until } from "../../support/eventually";
import { functionOf, parsed, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

const uuid = "[0-9a-f-]{36}";

test("what a handler throws comes as Lambda's Node.js runtime reports it", async () => {
  const { fn } = await functionOf(`export const handler = async () => { throw new TypeError("no such thing"); };`);
  const result = await fn.invoke("{}");
  expect(result.functionError).toBe("Unhandled");
  expect(parsed(result)).toEqual({ errorType: "TypeError", errorMessage: "no such thing", trace: expect.any(Array) });
  expect(parsed(result).trace[0]).toBe("TypeError: no such thing");
});

const kill = `if (event.go) `;
const late = `let count = 0; export const handler = async (event) => { count += 1; `;

test.each([
  [
    "an endless loop",
    `${kill} for (;;);`,
    "Sandbox.Timedout",
    `RequestId: ${uuid} Error: Task timed out after 600.00 seconds`,
  ],
  [
    "an endless wait",
    `${kill} await new Promise(() => setInterval(() => 1, 1000));`,
    "Sandbox.Timedout",
    `RequestId: ${uuid} Error: Task timed out after 600.00 seconds`,
  ],
  [
    "process.exit(0)",
    `${kill} process.exit(0);`,
    "Runtime.ExitError",
    `RequestId: ${uuid} Error: Runtime exited without providing a reason`,
  ],
  [
    "process.exit(3)",
    `${kill} process.exit(3);`,
    "Runtime.ExitError",
    `RequestId: ${uuid} Error: Runtime exited with error: exit status 3`,
  ],
  [
    "too many objects",
    `${kill} { const all = []; for (;;) all.push(new Array(1000).fill(Math.random())); }`,
    "Runtime.ExitError",
    `RequestId: ${uuid} Error: Runtime exited with error: signal: killed`,
  ],
  [
    "too many buffers",
    `${kill} { const all = []; for (;;) { all.push(Buffer.alloc(20e6, 1)); await new Promise((r) => setTimeout(r, 5)); } }`,
    "Runtime.ExitError",
    `RequestId: ${uuid} Error: Runtime exited with error: signal: killed`,
  ],
  [
    "buffers without a pause",
    `${kill} { const all = []; for (;;) all.push(Buffer.alloc(5e6, 1)); }`,
    "Runtime.ExitError",
    `RequestId: ${uuid} Error: Runtime exited with error: signal: killed`,
  ],
  [
    "buffers kept beyond the answer",
    `${kill} { globalThis.kept = Buffer.alloc(200e6, 1); }`,
    "Runtime.ExitError",
    `RequestId: ${uuid} Error: Runtime exited with error: signal: killed`,
  ],
])("%s ends that environment alone", async (_, body, errorType, message) => {
  const { fn, limits } = await functionOf(`${late}${body} return count; };`, { timeoutSeconds: 600 });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
  const ending = fn.invoke('{"go":true}');
  const limit = limits.at(-1);
  const beside = await fn.invoke("{}");
  if (errorType === "Sandbox.Timedout") limit?.end();
  const ended = await ending;
  expect(ended.functionError).toBe("Unhandled");
  expect(parsed(ended)).toEqual({ errorType, errorMessage: expect.stringMatching(new RegExp(`^${message}$`)) });
  expect(beside.payload).toBe("1");
  expect((await fn.invoke("{}")).functionError).toBeUndefined();
});

test("an error nobody catches ends the environment, with its own words", async () => {
  const { fn } = await functionOf(`let n = 0; export const handler = async (event) => {
    n += 1;
    if (event.now) { setTimeout(() => { throw new RangeError("too late"); }, 5); await new Promise(() => undefined); }
    if (event.lost) Promise.reject(new Error("lost"));
    return n;
  };`);
  expect(parsed(await fn.invoke('{"now":true}'))).toMatchObject({ errorType: "RangeError", errorMessage: "too late" });
  expect(parsed(await fn.invoke('{"lost":true}'))).toMatchObject({
    errorType: "Runtime.UnhandledPromiseRejection",
    errorMessage: "Error: lost",
  });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
});

test("a module that does not load fails each call, and so does one without the handler", async () => {
  const broken = await functionOf(`throw new SyntaxError("at start"); export const handler = 1;`);
  for (const _ of [1, 2]) {
    expect(parsed(await broken.fn.invoke("{}"))).toMatchObject({ errorType: "SyntaxError", errorMessage: "at start" });
  }
  const empty = await functionOf(`export const other = 1;`);
  expect(parsed(await empty.fn.invoke("{}"))).toMatchObject({
    errorType: "Runtime.HandlerNotFound",
    errorMessage: "index.handler is undefined or not exported",
  });
});

test("payloads over Lambda's limit are refused on the way in and on the way out", async () => {
  const { fn } = await functionOf(`export const handler = async (event) => "x".repeat(event.size ?? 1);`);
  expect(await fn.invoke(JSON.stringify("é".repeat(4_000_000)))).toMatchObject({ tooLarge: true });
  expect(parsed(await fn.invoke('{"size":7000000}'))).toEqual({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
  });
  expect(await fn.invoke("{}")).toEqual(expect.objectContaining({ payload: '"x"' }));
});

test("a request may have 6,291,456 bytes and what a function returns a hundred more, to the byte", async () => {
  const { fn } = await functionOf(`export const handler = async (event) => "x".repeat(event.size ?? 1);`);
  const request = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
  expect(await fn.invoke(request(6_291_456))).toMatchObject({ payload: '"x"' });
  expect(await fn.invoke(request(6_291_457))).toEqual({ payload: "", tooLarge: true });
  const returned = async (bytes: number) => fn.invoke(JSON.stringify({ size: bytes - 2 }));
  expect(Buffer.byteLength((await returned(6_291_556)).payload)).toBe(6_291_556);
  expect(await returned(6_291_557)).toMatchObject({ functionError: "Unhandled" });
});

test("what can't be made JSON of is a marshalling error", async () => {
  const { fn } = await functionOf(`export const handler = async () => ({ big: 1n });`);
  expect(parsed(await fn.invoke("{}"))).toMatchObject({ errorType: "Runtime.JSONStringifyError" });
});

const warmedUp = (body: string): string => `export const handler = async (event) => {
  if (event.go) { process.stdout.write("begun"); ${body} }
};`;

test.each([
  [
    "an endless loop",
    "for (;;);",
    /^the limit is its timeout of 600 s \(timeoutSeconds\); it was busy at file:.*\.mjs:2:\d+$/,
  ],
  [
    "an endless wait",
    "await new Promise(() => setInterval(() => 1, 20));",
    /^the limit is its timeout of 600 s \(timeoutSeconds\); it was waiting$/,
  ],
])("of %s a person sees the limit, and where it was", async (_what, body, note) => {
  const { fn, reports, output, limits } = await functionOf(warmedUp(body), { timeoutSeconds: 600 });
  await fn.invoke("{}");
  const ending = fn.invoke('{"go":true}');
  await until(
    async () => output.length,
    (count) => count > 0,
  );
  limits.at(-1)?.end();
  await ending;
  expect(reports.at(-1)?.result.note).toMatch(note);
});

test.each([
  ["objects", "const all = []; for (;;) all.push(new Array(1000).fill(Math.random()));"],
  ["buffers", "globalThis.kept = Buffer.alloc(200e6, 1);"],
])("of too many %s a person sees how much memory there was, and how to get more", async (_what, body) => {
  const { fn, reports } = await functionOf(warmedUp(body));
  await fn.invoke('{"go":true}');
  expect(reports.at(-1)?.result.note).toBe("out of memory: it has 128 MB; memoryMb gives it more");
});

test("what a function throws has no note of Lambda's", async () => {
  const { fn, reports } = await functionOf(`export const handler = async () => { throw new Error("own"); };`);
  await fn.invoke("{}");
  expect(reports[0]?.result.note).toBeUndefined();
});

const publishing = `import { channel } from "node:diagnostics_channel";
const failures = channel("terrace:failure");
export const handler = async () => {
  const error = new TypeError("words", { cause: new AggregateError([new Error("one"), "two"], "several") });
  error.issues = [{ path: "a" }];
  error.$metadata = {};
  // As the SDK has it, which would repeat it.
  Object.defineProperty(error, "message", { value: "words", enumerable: true });
  for (const thrown of [error, error, "text", undefined]) failures.publish(thrown);
  const circle = new Error("circle");
  circle.self = circle;
  circle.cause = circle;
  failures.publish(circle);
  return failures.hasSubscribers;
};`;

test("what a function catches is reported once, with its words, causes and places", async () => {
  const { fn, caught } = await functionOf(publishing);
  expect((await fn.invoke("{}")).payload).toBe("true");
  const place = [expect.stringMatching(/^\s+at .*index\.mjs:\d+:\d+/)];
  expect(caught.slice(0, 3)).toEqual([
    {
      errorType: "TypeError",
      errorMessage: "words",
      details: '{"issues":[{"path":"a"}]}',
      trace: expect.arrayContaining(place),
      causes: [
        expect.objectContaining({
          errorMessage: "several",
          causes: [
            expect.objectContaining({ errorType: "Error", errorMessage: "one" }),
            { errorType: "string", errorMessage: "two", trace: [], causes: [] },
          ],
        }),
      ],
    },
    { errorType: "string", errorMessage: "text", trace: [], causes: [] },
    { errorType: "undefined", errorMessage: "undefined", trace: [], causes: [] },
  ]);
  expect(caught[3]).toMatchObject({ errorMessage: "circle", causes: [{ errorMessage: "circle" }] });
  expect(caught).toHaveLength(4);
});
