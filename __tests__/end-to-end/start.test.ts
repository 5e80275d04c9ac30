// Stands on: records, items
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReadySystem } from "../../local/run/events";
import type { OperatorAccess } from "../../local/run/operator";
import { takeLock } from "../../local/store/lock";
import { isGone, type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { ask } from "../local/support/signed";
import { temporaryFolder } from "../local/support/stack-file";
import { eventually } from "../support/eventually";

const root = process.cwd();
const data = temporaryFolder();
const start = (...args: string[]): RunnerProcess => startRunner(root, "--json", ...args);

let runner: RunnerProcess;
let systems: readonly ReadySystem[] = [];
let access: OperatorAccess;
let url = "";
let headers: Record<string, string> = {};

async function ready(): Promise<void> {
  runner = start("--port", "0", "--data", data);
  ({ systems, access } = await runner.next("ready"));
  url = systems[0]!.url;
  headers = { "x-api-key": systems[0]!.apiKey!, "content-type": "application/json" };
}

beforeAll(ready);
afterAll(stopRunners);

const create = async () => {
  const body = JSON.stringify({ source: "test", kind: "test", values: [1, 2] });
  const response = await fetch(`${url}/records`, { method: "POST", headers, body });
  return { status: response.status, record: (await response.json()) as { recordId: string } };
};

test("the ready event has what a client needs, and a curl line that works as it is", async () => {
  const { system, apiKey, curl, notEmulated } = systems[0]!;
  expect([system, apiKey]).toEqual(["records", expect.stringMatching(/^[A-Za-z0-9]{40}$/)]);
  expect(notEmulated).toEqual(expect.arrayContaining(["log archive", "network", "public access blocks"]));
  expect(notEmulated.filter((what) => what.includes("polic"))).toEqual([]);
  const words = [...curl!.matchAll(/'([^']*)'/g)].map(([, word]) => word!);
  expect(curl).toMatch(/^curl '.*' -H '.*' -H '.*' -d '.*'$/);
  const pairs = words.slice(1, 3).map((header) => header.split(": ") as [string, string]);
  const response = await fetch(words[0]!, { method: "POST", headers: Object.fromEntries(pairs), body: words[3]! });
  expect(response.status).toBe(201);
});

test("each request, log line, metric and invocation is an event", async () => {
  const { status } = await create();
  expect(status).toBe(201);
  const isCreation = (event: object) => "function" in event && event.function === "records-dev-create-record";
  const log = await runner.next("log", isCreation);
  expect(() => JSON.parse(log.line)).not.toThrow();
  expect(await runner.next("metric", (event) => "name" in event && event.name === "RecordsCreated")).toMatchObject({
    value: 1,
    unit: "Count",
  });
  expect(await runner.next("invocation", isCreation)).toMatchObject({
    requestId: expect.any(String),
    durationMs: expect.any(Number),
  });
  expect(await runner.next("request")).toMatchObject({
    system: "records",
    method: "POST",
    status: 201,
    operationId: "createRecord",
  });
});

test("what a function and a stage wrote is there for AWS's tools, with Lambda's report", async () => {
  const logs = async (group: string): Promise<readonly string[]> => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Logs_20140328.FilterLogEvents" };
    const body = JSON.stringify({ logGroupName: group });
    const by = { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY };
    const { text } = await ask(access.AWS_ENDPOINT_URL, "logs", { headers, body, by });
    return (JSON.parse(text).events as { message: string }[]).map(({ message }) => message);
  };
  await create();
  const ofFunction = await logs("/aws/lambda/records-dev-create-record");
  expect(ofFunction.some((message) => JSON.parse(message).operation === "createRecord")).toBe(true);
  expect(ofFunction.some((message) => JSON.parse(message).record?.status === "success")).toBe(true);
  expect((await logs("/aws/apigateway/records-dev-stage/access")).length).toBeGreaterThan(0);
});

test("a second start on the same data is refused before it touches anything", async () => {
  const second = start("--port", "0", "--data", data, "--fresh");
  const { code, errors } = await second.ended;
  expect(code).toBe(1);
  expect(errors).toMatch(/^another local runner \(process \d+\) uses the data here; .*\n$/);
  expect((await create()).status).toBe(201);
});

const inUse = (port: string, of: string, option: string): string =>
  `port ${port} of ${of} is in use: another local run or another program has it (lsof -i :${port} names it); stop that, or choose another with ${option}\n`;

test.each([
  ["--port", "records"],
  ["--services-port", "the services"],
])("a port that is in use is one clear line, and nothing is forgotten for it: %s", async (option, of) => {
  const { port } = new URL(url);
  const other = temporaryFolder();
  writeFileSync(join(other, "secrets.json"), "{}");
  const all = ["--port", "0", option, port, "--data", other, "--fresh"];
  const { code, errors } = await startRunner(root, ...all).ended;
  expect([code, errors]).toEqual([1, inUse(port, of, option)]);
  expect(readFileSync(join(other, "secrets.json"), "utf8")).toBe("{}");
});

test("systems that have no room below the last port are refused in one clear line", async () => {
  const args = ["records", "items", "--port", "65535", "--data", temporaryFolder()];
  const { code, errors } = await startRunner(root, ...args).ended;
  expect([code, errors]).toEqual([
    1,
    "port 65536 of items is beyond 65535, the last there is; choose a lower one with --port\n",
  ]);
});

test("what was answered 201 is there after SIGKILL of the whole process", async () => {
  const created = await Promise.all(Array.from({ length: 8 }, create));
  process.kill(-runner.child.pid!, "SIGKILL");
  await runner.ended;
  await ready();
  for (const { status, record } of created) {
    const response = await fetch(`${url}/records/${record.recordId}`, { headers });
    expect([status, response.status]).toEqual([201, 200]);
  }
  const list = await fetch(`${url}/records?source=test&limit=100`, { headers });
  expect(((await list.json()) as { items: object[] }).items.length).toBeGreaterThanOrEqual(created.length);
});

test("Ctrl-C stops, reports which grants were used, and leaves no process", async () => {
  process.kill(-runner.child.pid!, "SIGINT");
  expect((await runner.ended).code).toBe(0);
  // Who reaps what has ended may take a moment.
  await eventually(() => isGone(runner.child) || undefined);
  const { permissions } = await runner.next("grants");
  expect(permissions).toContainEqual({
    function: "records-dev-get-record",
    action: "dynamodb:GetItem",
    resource: "arn:aws:dynamodb:us-east-1:000000000000:table/records-dev-records",
    used: true,
  });
  expect(permissions.find(({ function: name }) => name === "records-dev-delete-record")).toMatchObject({ used: false });
});

test.each(["recrods", "constructor"])(
  "a system that does not exist is one clear line that says which do: %s",
  async (name) => {
    const { code, errors } = await start(name, "--port", "0", "--data", temporaryFolder()).ended;
    const message = new RegExp(`^synth failed: there is no system ${name}; there is .*records.*\\n$`);
    expect([code, errors]).toEqual([1, expect.stringMatching(message)]);
  },
);

describe("options are checked before anything else, also while another run has the data", () => {
  const inTheWay = temporaryFolder();
  const unlock = takeLock(join(inTheWay, "lock"));
  afterAll(unlock);

  test.each([
    [["recrods"], /^synth failed: there is no system recrods; there is .*records.*\n$/],
    [["--environment", "mars"], /^synth failed: ENVIRONMENT: must be one of dev, qa, prod, got "mars"; .*\n$/],
    [["--from", "/nowhere"], /^\/nowhere must contain cdk\.tf\.json/],
    [["--from", join(data, "cdktf.out"), "recrods"], /^there is no stack recrods; there is records-dev\n$/],
    [["records"], /^another local runner \(process \d+\) uses the data here; .*\n$/],
  ])("%j", async (args, message) => {
    const { code, errors } = await start(...args, "--port", "0", "--data", inTheWay).ended;
    expect([code, errors]).toEqual([1, expect.stringMatching(message)]);
  });
});

test("a stack without functions is one clear line, too", async () => {
  const { code, errors } = await start("account", "--port", "0", "--data", temporaryFolder()).ended;
  expect([code, errors]).toEqual([1, "account-dev has no functions and no API, so there is nothing to run\n"]);
});

test("an environment that does not exist is the synthesizer's own words", async () => {
  const { code, errors } = await start("--environment", "mars", "--port", "0", "--data", temporaryFolder()).ended;
  expect(code).toBe(1);
  expect(errors).toMatch(/^synth failed: ENVIRONMENT: must be one of dev, qa, prod, got "mars"; .*\n$/);
});

test("--help explains, and a wrong option points to it", () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["run.js", "local/run/main.ts", ...args], { cwd: root, encoding: "utf8" });
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("Usage: npm start") });
  expect(run("--prot", "1")).toMatchObject({
    status: 1,
    stderr: "Unknown option '--prot'; --help lists the options\n",
  });
});
