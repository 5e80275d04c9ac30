import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../../lib/user-error";
import { Concurrency, concurrencyOf } from "../../../local/lambda/concurrency";
import type { FunctionOptions } from "../../../local/lambda/lambda-function";
import { handlerOf, place } from "../../../local/lambda/package";
import { eventually } from "../../support/eventually";
import { functionOf, parsed, stopFunctions } from "../support/functions";
import { temporaryFolder } from "../support/stack-file";

afterAll(stopFunctions);

test("the first call is cold and the module's state stays for the next ones", async () => {
  const { fn, reports } = await functionOf(`let counter = 0; export const handler = async () => counter++;`);
  expect([await fn.invoke("{}"), await fn.invoke("{}")].map(({ payload }) => payload)).toEqual(["0", "1"]);
  expect(reports.map(({ result }) => result.initMs !== undefined)).toEqual([true, false]);
});

/** Answers its thread's id once three of its threads were called. */
const together = `import { readdirSync, writeFileSync } from "node:fs";
  import { setTimeout } from "node:timers/promises";
  import { threadId } from "node:worker_threads";
  export const handler = async () => {
    writeFileSync(\`/tmp/called-\${threadId}\`, "");
    while (readdirSync("/tmp").length < 3) await setTimeout(5);
    return threadId;
  };`;

test("calls at once get environments of their own, as many as there may be, and the rest waits", async () => {
  const { fn } = await functionOf(together, {}, {}, { tmp: temporaryFolder() });
  const threads = (await Promise.all(Array.from({ length: 7 }, () => fn.invoke("{}")))).map(({ payload }) => payload);
  expect(new Set(threads).size).toBe(3);
  expect(fn.size).toBe(3);
});

test("reserved concurrency that is used up throttles", async () => {
  const { fn } = await functionOf(`export const handler = async () => {};`, { reservedConcurrency: 1 });
  const [first, second] = await Promise.all([fn.invoke("{}"), fn.invoke("{}")]);
  expect(first).toMatchObject({ payload: "null" });
  expect(second).toMatchObject({ throttled: "function" });
});

test("functions without a reservation share what is left of the account's concurrency", async () => {
  const unreserved = new Concurrency(() => 1);
  const source = `export const handler = async () => {};`;
  const having = async (reservedConcurrency?: number) =>
    functionOf(source, { reservedConcurrency }, { concurrency: concurrencyOf(reservedConcurrency, unreserved) });
  const [{ fn }, { fn: other }, { fn: reserved }] = [await having(), await having(), await having(1)];
  const calls = await Promise.all([fn.invoke("{}"), other.invoke("{}"), reserved.invoke("{}")]);
  expect(calls.map(({ throttled }) => throttled)).toEqual([undefined, "account", undefined]);
  expect(await other.invoke("{}")).toMatchObject({ payload: "null" });
});

test("retired environments finish what they do and take nothing new", async () => {
  const { fn } = await functionOf(`let n = 0; export const handler = async () => ++n;`);
  await fn.invoke("{}");
  const last = fn.invoke("{}");
  fn.retire();
  expect(await last).toMatchObject({ payload: "2" });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
});

test("what waits for a retired environment is done by a new one, that ends after it", async () => {
  const source = `let n = 0; export const handler = async () => ++n;`;
  const { fn, reports } = await functionOf(source, {}, { mayStart: ({ size }) => size < 1 });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
  const [last, waiting] = [fn.invoke("{}"), fn.invoke("{}")];
  fn.retire();
  expect([await last, await waiting].map(({ payload }) => payload)).toEqual(["2", "1"]);
  expect(reports.map(({ result }) => result.initMs !== undefined)).toEqual([true, false, true]);
  expect(await eventually(() => fn.size === 0 || undefined)).toBe(true);
});

test("what waits for a retired function is done, and then none of its environments is left", async () => {
  const { fn } = await functionOf(`export const handler = async () => 1;`);
  const calls = Array.from({ length: 8 }, () => fn.invoke("{}"));
  await calls[0];
  fn.retire();
  expect((await Promise.all(calls)).map(({ payload }) => payload)).toEqual(calls.map(() => "1"));
  expect(await eventually(() => fn.size === 0 || undefined)).toBe(true);
});

test("the context is complete and its remaining time runs down from the timeout", async () => {
  const { fn } = await functionOf(
    `export const handler = async (event, context) => {
      const before = context.getRemainingTimeInMillis();
      let after = before;
      while (after === before) after = context.getRemainingTimeInMillis();
      return { ...context, before, after };
    };`,
    { timeoutSeconds: 600 },
  );
  const { before, after, ...context } = parsed(
    await fn.invoke("{}", { requestId: "6f6a4f8e-0000-4000-8000-000000000000" }),
  );
  expect(before).toBeGreaterThan(500_000);
  expect(before).toBeLessThanOrEqual(600_000);
  expect(after).toBeLessThan(before);
  expect(context).toEqual({
    functionVersion: "$LATEST",
    functionName: "records-dev-get-record",
    memoryLimitInMB: "128",
    logGroupName: "/aws/lambda/records-dev-get-record",
    logStreamName: "2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:records-dev-get-record",
    awsRequestId: "6f6a4f8e-0000-4000-8000-000000000000",
    xRayTraceId: expect.stringMatching(/^Root=1-/),
  });
});

test("variables are Lambda's and the function's, and nothing of the process that runs it", async () => {
  process.env["SECRET_OF_THE_HOST"] = "x";
  const { fn } = await functionOf(`export const handler = async () => process.env;`, {
    environment: { TABLE: "t", AWS_REGION: "elsewhere" },
  });
  const variables = parsed(await fn.invoke("{}"));
  expect(variables).toMatchObject({
    TABLE: "t",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "ASIATEST",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "records-dev-get-record",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    LAMBDA_TASK_ROOT: "/var/task",
    _HANDLER: "index.handler",
    TZ: ":UTC",
  });
  expect(Object.keys(variables)).not.toContain("SECRET_OF_THE_HOST");
});

/** As Lambda was recorded to set them, and what this machine adds. */
const names = [
  ...["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  ...["AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE"],
  ...["AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION"],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_XRAY_CONTEXT_MISSING", "AWS_XRAY_DAEMON_ADDRESS"],
  ...["LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG", "LD_LIBRARY_PATH", "NODE_PATH", "PATH", "PWD", "SHLVL"],
  ...["TEST_KEY", "TZ", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", "_HANDLER", "_X_AMZN_TRACE_ID"],
  ...["AWS_CONFIG_FILE", "AWS_ENDPOINT_URL", "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"],
  ...["AWS_SHARED_CREDENTIALS_FILE"],
];

test("variables are as recorded on a function that logs text", async () => {
  const changes = { environment: { TEST_KEY: "TEST_VAL" }, runtime: "nodejs22.x", logFormat: "Text" as const };
  const { fn } = await functionOf(`export const handler = async () => process.env;`, changes);
  const variables = parsed(await fn.invoke("{}"));
  expect(Object.keys(variables).sort()).toEqual(names.sort());
  expect(variables).toMatchObject({
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    LANG: "en_US.UTF-8",
    NODE_PATH:
      "/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task",
    PWD: "/var/task",
  });
});

test("nothing of the laptop reaches a function: neither its home nor its tools' settings, proxies and tokens", async () => {
  const [home, before] = [temporaryFolder(), { ...process.env }];
  mkdirSync(join(home, ".aws"));
  writeFileSync(join(home, ".aws", "config"), "[default]\nuse_fips_endpoint = true\nregion = eu-west-9\n");
  const laptops = { HTTPS_PROXY: "http://proxy", AWS_PROFILE: "mine", NPM_TOKEN: "secret", HOME: home };
  try {
    Object.assign(process.env, laptops);
    const { fn } = await functionOf(`
      import { existsSync } from "node:fs"; import * as os from "node:os"; import { homedir } from "os"; import { join } from "node:path";
      export const handler = async () => {
        const files = [process.env.AWS_CONFIG_FILE, process.env.AWS_SHARED_CREDENTIALS_FILE, join(homedir(), ".aws/config")];
        return { variables: process.env, found: files.filter((path) => existsSync(path)), homes: [os.homedir(), homedir()] };
      };`);
    const { variables, found, homes } = parsed(await fn.invoke("{}"));
    expect(found).toEqual([]);
    expect(homes).toEqual(["/home/sbx_user1051", "/home/sbx_user1051"]);
    expect(Object.keys(variables).filter((name) => Object.hasOwn(laptops, name))).toEqual([]);
    expect(variables.PATH).toBe("/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin");
  } finally {
    for (const name of Object.keys(laptops)) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test("the context's ARN is the one that was called, with its qualifier", async () => {
  const { fn } = await functionOf(`export const handler = async (event, context) => context.invokedFunctionArn;`);
  const invokedArn = `${fn.definition.arn}:$LATEST`;
  expect(parsed(await fn.invoke("{}", { invokedArn }))).toBe(invokedArn);
});

test("a function belongs to the trace that it is called with", async () => {
  const { fn } = await functionOf(`export const handler = async () => process.env._X_AMZN_TRACE_ID;`);
  const traceId = "Root=1-67891233-abcdef012345678912345678";
  expect(parsed(await fn.invoke("{}", { traceId }))).toMatch(
    /^Root=1-67891233-abcdef012345678912345678;Parent=[0-9a-f]{16};Sampled=1$/,
  );
});

test("returning nothing is null", async () => {
  const { fn } = await functionOf(`export const handler = async () => {};`);
  expect(await fn.invoke("{}")).toMatchObject({ payload: "null" });
});

test("a queue's URL in the variables leads to where queues are emulated, and nothing else is changed", async () => {
  const { fn } = await functionOf(`export const handler = async () => process.env;`, {
    environment: {
      QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/work",
      TEXT: "see https://sqs.us-east-1.amazonaws.com/",
    },
  });
  expect(parsed(await fn.invoke("{}"))).toMatchObject({
    QUEUE_URL: "http://127.0.0.1:1/000000000000/work",
    TEXT: "see https://sqs.us-east-1.amazonaws.com/",
  });
});

test("where there can be no environment, each call that waits fails and says why, and the next one is tried again", async () => {
  let isThere = false;
  const { fn } = await functionOf(`export const handler = async () => 1;`);
  const { startEnvironment } = Reflect.get(fn, "options") as FunctionOptions;
  const { fn: other } = await functionOf(
    "",
    {},
    {
      startEnvironment: () => {
        if (isThere) return startEnvironment();
        throw new UserError("handler index.handler: the package has no such module");
      },
    },
  );
  const calls = await Promise.all([other.invoke("{}"), other.invoke("{}"), other.invoke("{}"), other.invoke("{}")]);
  for (const call of calls) {
    expect(call.functionError).toBe("Unhandled");
    expect(parsed(call).errorMessage).toBe(
      "Error: no environment: handler index.handler: the package has no such module",
    );
  }
  isThere = true;
  expect(await other.invoke("{}")).toMatchObject({ payload: "1" });
});

test("code that is deleted while it is in use is put there again", () => {
  const below = temporaryFolder();
  const folder = place({ "index.mjs": Buffer.from("export const handler = async () => 1;") }, below);
  const { file } = handlerOf("index.handler", folder());
  rmSync(below, { recursive: true });
  expect(handlerOf("index.handler", folder())).toEqual({ file, exportName: "handler" });
  expect(readFileSync(file, "utf8")).toContain("handler");
});
