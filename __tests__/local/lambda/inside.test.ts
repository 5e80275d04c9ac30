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

const imports = `import * as os from "node:os"; import path from "node:path"; import * as threads from "node:worker_threads";
  import processes, { execFile } from "node:child_process"; import cluster from "node:cluster"; import inspector from "node:inspector";
  const all = async (stream) => { let text = ""; for await (const part of stream) text += part; return text; };`;

test.each([
  ["process.cwd()", "/var/task"],
  [`path.resolve("x")`, "/var/task/x"],
  ["process.argv[1]", "/var/runtime/index.mjs"],
  ["[process.getuid(), process.getgid()]", [993, 990]],
  ["[os.homedir(), os.tmpdir()]", ["/home/sbx_user1051", "/tmp"]],
  ["os.userInfo().username", "sbx_user1051"],
  ["[threads.isMainThread, threads.parentPort, threads.workerData]", [true, null, null]],
  ["process.env.HOME ?? null", null],
  ["[os.hostname(), os.totalmem(), os.freemem() < os.totalmem()]", ["169.254.100.6", 128 * 1024 * 1024, true]],
  ["[os.cpus().length, os.availableParallelism()]", [2, 2]],
  ["process.memoryUsage().rss < 100e6 && process.memoryUsage.rss() < 100e6", true],
  ["[process.umask(), process.umask(0), process.umask('77'), process.umask()]", [18, 18, 0, 63]],
  [
    "(process.chdir('../runtime'), [process.cwd(), path.resolve('x'), process.chdir('/var/task')])",
    ["/var/runtime", "/var/runtime/x", null],
  ],
  ["all(process.stdin)", ""],
  ["process.execPath", "/var/lang/bin/node"],
  ["process.kill(process.pid, 0)", true],
  [
    "(process.once('SIGTERM', (signal) => { globalThis.signal = signal; }), process.kill(process.pid), signal)",
    "SIGTERM",
  ],
])("%s is as in Lambda: %j", async (expression, value) => {
  const { fn } = await functionOf(`${imports} export const handler = async () => (${expression});`);
  expect(parsed(await fn.invoke("{}"))).toEqual(value);
});

const denied = "not emulated: it would be this machine's, with all its files (docs/what-differs.md)";

test.each([
  [`processes.spawn("ls")`, `a process of a function is ${denied}`],
  [`processes.spawnSync("ls")`, `a process of a function is ${denied}`],
  [`processes.exec("ls")`, `a process of a function is ${denied}`],
  [`processes.execSync("ls")`, `a process of a function is ${denied}`],
  [`execFile("ls", () => undefined)`, `a process of a function is ${denied}`],
  [`processes.execFileSync("ls")`, `a process of a function is ${denied}`],
  [`processes.fork("index.mjs")`, `a process of a function is ${denied}`],
  [`cluster.fork()`, `a process of a function is ${denied}`],
  [`new threads.Worker("1", { eval: true })`, `a thread of a function is ${denied}`],
  [`inspector.open()`, `a debugger of a function is ${denied}`],
  [`process.binding("fs")`, `process.binding("fs") is ${denied}`],
  [`process.binding("spawn_sync")`, `process.binding("spawn_sync") is ${denied}`],
  [`process.kill(process.ppid)`, "ESRCH: no such process, kill"],
  [`process.kill(process.pid, "SIGNOPE")`, "Unknown signal: SIGNOPE"],
])("%s is refused: %s", async (expression, words) => {
  const { fn } = await functionOf(`${imports} export const handler = async () => {
    try { ${expression}; } catch (error) { return error.message; }
  };`);
  expect(parsed(await fn.invoke("{}"))).toBe(words);
});

test.each([
  [`process.kill(process.pid)`, "terminated"],
  [`process.kill(process.pid, "SIGKILL")`, "killed"],
  [`process.kill(process.pid, 11)`, "segmentation fault"],
  [`process.abort()`, "aborted"],
])("%s ends the environment, and nothing else", async (statement, how) => {
  const { fn } = await functionOf(
    `let n = 0; export const handler = async ({ end }) => { n += 1; if (end) ${statement}; return n; };`,
  );
  const requestId = "6f6a4f8e-0000-4000-8000-000000000000";
  expect(parsed(await fn.invoke('{"end":true}', { requestId }))).toEqual({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: ${how}`,
  });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
});

test.each([
  ["--enable-source-maps", "process.sourceMapsEnabled === true"],
  ["--dns-result-order=ipv6first", `dns.getDefaultResultOrder() === "ipv6first"`],
  ["--no-deprecation --trace-deprecation", "process.noDeprecation && process.traceDeprecation"],
  ["--throw-deprecation", "process.throwDeprecation"],
  ["--no-warnings", `process.listenerCount("warning") === 0`],
])("NODE_OPTIONS %s holds, as %s says", async (options, expression) => {
  const source = `import dns from "node:dns"; export const handler = async () => (${expression});`;
  const { fn } = await functionOf(source, { environment: { NODE_OPTIONS: options } });
  const { fn: without } = await functionOf(source);
  expect([parsed(await fn.invoke("{}")), Boolean(parsed(await without.invoke("{}")))]).toEqual([true, false]);
});
