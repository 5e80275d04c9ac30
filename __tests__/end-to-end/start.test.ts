import { spawnSync } from "node:child_process";
import type { ReadySystem } from "../../local/run/events";
import { isGone, type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { temporaryFolder } from "../local/support/stack-file";
import { eventually } from "../support/eventually";

const root = process.cwd();
const data = temporaryFolder();
const start = (...args: string[]): RunnerProcess => startRunner(root, "--json", ...args);

let runner: RunnerProcess;
let systems: readonly ReadySystem[] = [];
let url = "";
let headers: Record<string, string> = {};

async function ready(): Promise<void> {
  runner = start("--port", "0", "--data", data);
  ({ systems } = await runner.next("ready"));
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
  const { system, apiKey, curl, notPlayed } = systems[0]!;
  expect([system, apiKey]).toEqual(["records", expect.stringMatching(/^[A-Za-z0-9]{40}$/)]);
  expect(notPlayed).toEqual(expect.arrayContaining(["alarms", "network", "public access blocks"]));
  expect(notPlayed.filter((what) => what.includes("polic"))).toEqual([]);
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

test("a second start on the same data is refused before it touches anything", async () => {
  const second = start("--port", "0", "--data", data, "--fresh");
  const { code, errors } = await second.ended;
  expect(code).toBe(1);
  expect(errors).toMatch(/^another local runner \(process \d+\) uses the data here; .*\n$/);
  expect((await create()).status).toBe(201);
});

test("a port that is in use is one clear line", async () => {
  const { port } = new URL(url);
  const { code, errors } = await start("--port", port, "--data", temporaryFolder()).ended;
  expect([code, errors]).toEqual([1, `port ${port} is in use; choose another with --port\n`]);
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
  const { cells } = await runner.next("grants");
  expect(cells).toContainEqual({
    function: "records-dev-get-record",
    action: "dynamodb:GetItem",
    resource: "arn:aws:dynamodb:us-east-1:000000000000:table/records-dev-records",
    used: true,
  });
  expect(cells.find(({ function: name }) => name === "records-dev-delete-record")).toMatchObject({ used: false });
});

test("a system that does not exist is one clear line that says which do", async () => {
  const { code, errors } = await start("recrods", "--port", "0", "--data", temporaryFolder()).ended;
  expect([code, errors]).toEqual([
    1,
    expect.stringMatching(/^synth failed: there is no system recrods; there is .*records.*\n$/),
  ]);
});

test("a stack without functions is one clear line, too", async () => {
  const { code, errors } = await start("account", "--port", "0", "--data", temporaryFolder()).ended;
  expect([code, errors]).toEqual([1, "account-dev has no functions, so there is nothing to run\n"]);
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
