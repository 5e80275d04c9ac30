import { existsSync } from "node:fs";
import { join } from "node:path";
import { functionOf, parsed, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

/** Output of a statement, line by line, in a function that logs JSON. */
async function logged(statement: string, variables: Record<string, string> = {}) {
  const source = `export const handler = async () => { ${statement} };`;
  const { fn, output } = await functionOf(source, { environment: variables });
  expect((await fn.invoke("{}")).functionError).toBe(undefined);
  return output
    .join("")
    .split("\n")
    .filter(Boolean)
    .map((payload) => parsed({ payload }));
}

const stackTrace = expect.arrayContaining([expect.stringContaining(" at ")]);

test.each([
  [`console.log({ n: 1n })`, { level: "INFO", message: "{ n: 1n }" }],
  [`const o = {}; o.o = o; console.log(o)`, { level: "INFO", message: expect.stringContaining("[Circular *1]") }],
  [`console.log({ toJSON() { throw new Error("x"); } })`, { level: "INFO", message: expect.any(String) }],
  [`console.fatal("x")`, { level: "FATAL", message: "x" }],
  [`console.trace("x")`, { level: "TRACE", message: "x" }],
  [
    `console.log({ error: Object.assign(new TypeError("words"), { code: 7 }) })`,
    { message: { error: { errorType: "TypeError", errorMessage: "words", stackTrace, code: 7 } } },
  ],
  [
    `console.error(new RangeError("words"))`,
    { message: { errorType: "RangeError", errorMessage: "words", stackTrace } },
  ],
  [`console.error("a", new RangeError("words"))`, { errorType: "RangeError", errorMessage: "words", stackTrace }],
  [`console.log(null)`, { message: null }],
  [`console.log(["a", 1])`, { message: ["a", 1] }],
  [`console.log("%d of %s", 1, "a")`, { message: "1 of a" }],
])("%s is one line of JSON", async (statement, line) => {
  expect(await logged(statement)).toEqual([expect.objectContaining(line)]);
});

const each = `for (const name of ["trace", "debug", "log", "info", "warn", "error", "fatal"]) console[name](name)`;

test.each([
  ["TRACE", ["trace", "debug", "log", "info", "warn", "error", "fatal"]],
  ["INFO", ["log", "info", "warn", "error", "fatal"]],
  ["warn", ["warn", "error", "fatal"]],
  ["FATAL", ["fatal"]],
  ["constructor", ["trace", "debug", "log", "info", "warn", "error", "fatal"]],
])("with the level %s console writes %j", async (level, written) => {
  const lines = await logged(each, { AWS_LAMBDA_LOG_LEVEL: level });
  expect(lines.map(({ message }) => message)).toEqual(written);
});

test.each([
  ["nodejs24.x", "async (event, context, callback) => 1", "Runtime.CallbackHandlerDeprecated"],
  ["nodejs24.x", "(event, context, callback, more) => 1", "Runtime.CallbackHandlerDeprecated"],
  ["nodejs24.x", "async (event, context) => 1", undefined],
  ["nodejs24.x", "async (event, context, callback = null) => 1", undefined],
  ["nodejs22.x", "async (event, context, callback) => 1", undefined],
])("on %s the handler %s fails with %s", async (runtime, handler, errorType) => {
  const { fn } = await functionOf(`export const handler = ${handler};`, { runtime });
  const answer = await fn.invoke("{}");
  expect(parsed(answer).errorType).toBe(errorType);
  if (errorType) expect(parsed(answer).errorMessage).toContain("callback-based function handlers");
});

test.each([
  ["process.exit(127)", "Error: Runtime exited with error: exit status 127"],
  ["process.exit(0)", "Error: Runtime exited without providing a reason"],
])("a module that ends with %s is reported with the request's id", async (statement, words) => {
  const { fn } = await functionOf(`${statement}; export const handler = async () => 1;`);
  const requestId = "6f6a4f8e-0000-4000-8000-000000000000";
  expect(parsed(await fn.invoke("{}", { requestId }))).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} ${words}`,
  });
});

const projects = join(process.cwd(), "node_modules", "fflate");

test.each([
  [`await import("ffl" + "ate")`, "ERR_MODULE_NOT_FOUND"],
  [`createRequire(import.meta.url)("ffl" + "ate")`, "MODULE_NOT_FOUND"],
  [`createRequire(import.meta.url).resolve("ffl" + "ate")`, "MODULE_NOT_FOUND"],
  [`import.meta.resolve("ffl" + "ate")`, "ERR_MODULE_NOT_FOUND"],
  [`globalThis.require("ffl" + "ate")`, "globalThis.require is not a function"],
  [`(0, eval)("require")("ffl" + "ate")`, "require is not defined"],
  [`globalThis.module.require("ffl" + "ate")`, "Cannot read properties of undefined (reading 'require')"],
])("%s finds no package of the project", async (found, why) => {
  expect(existsSync(projects)).toBe(true);
  const { fn } = await functionOf(`import { createRequire } from "node:module"; export const handler = async () => {
    try { return ${found}; } catch (error) { return error.code ?? error.message; }
  };`);
  expect(parsed(await fn.invoke("{}"))).toBe(why);
});

const imports = `import * as os from "node:os"; import path from "node:path"; import * as threads from "node:worker_threads";`;

test.each([
  ["process.cwd()", "/var/task"],
  [`path.resolve("x")`, "/var/task/x"],
  ["process.argv[1]", "/var/runtime/index.mjs"],
  ["[process.getuid(), process.getgid()]", [993, 990]],
  ["[os.homedir(), os.tmpdir()]", ["/home/sbx_user1051", "/tmp"]],
  ["os.userInfo().username", "sbx_user1051"],
  ["[threads.isMainThread, threads.parentPort, threads.workerData]", [true, null, null]],
  ["process.env.HOME ?? null", null],
])("%s is as in Lambda: %j", async (expression, value) => {
  const { fn } = await functionOf(`${imports} export const handler = async () => (${expression});`);
  expect(parsed(await fn.invoke("{}"))).toEqual(value);
});
