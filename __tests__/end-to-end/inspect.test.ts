// Stands on: records
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ProjectCopy } from "../../bench/copy";
import type { RunnerEvent } from "../../local/run/events";
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { Debugger } from "../support/debugger";
import { filesBelow } from "../support/files-below";
import { systems as all } from "../support/systems";

const project = new ProjectCopy();
const systems = ["records", ...all.filter((system) => system !== "records")];

let runner: RunnerProcess;
let ready: Extract<RunnerEvent, { event: "ready" }>;
let attached: Debugger;

beforeAll(async () => {
  runner = startRunner(project.folder, ...systems, "--json", "--port", "0", "--inspect=0", "--no-page");
  ready = await runner.next("ready");
  attached = await Debugger.attach(ready.inspector!);
});
afterAll(async () => {
  await attached.close();
  stopRunners();
});

const createRecord = join(project.folder, "handlers/records/create-record.ts");
const listRecords = join(project.folder, "handlers/records/list-records.ts");

/** The number of the first line that contains a text. */
const lineOf = (file: string, text: string): number =>
  readFileSync(file, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

const ask = async (method: string, path: string, body?: object) => {
  const [{ url, apiKey }] = ready.systems as [(typeof ready.systems)[number]];
  const headers = { "x-api-key": apiKey!, "content-type": "application/json" };
  const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  return { status: response.status, body: await response.json() };
};

const create = (kind: string) => ask("POST", "/records", { source: "x", kind, values: [1, 2] });

test.each(systems)("a function of %s stops where its module makes the handler", async (system) => {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = ready.access;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY };
  const lambda = new LambdaClient({ endpoint, region, credentials });
  const { Functions: functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { FunctionArn: arn, FunctionName: name = "" } = functions.findLast(({ FunctionName }) =>
    FunctionName?.startsWith(`${system}-`),
  )!;
  const handlers = filesBelow(join(project.folder, "handlers", system));
  const file = handlers.find(
    (path) => name.endsWith(`-${basename(path, ".ts")}`) && lineOf(path, "export const handler") > 0,
  )!;
  const line = lineOf(file, "export const handler");
  const remove = await attached.breakAt(file, line);
  const invoked = lambda.send(new InvokeCommand({ FunctionName: arn, Payload: "{}" }));
  const stop = await attached.stopAt(file, line);
  expect(await stop.evaluate("process.env.AWS_LAMBDA_FUNCTION_NAME")).toBe(name);
  stop.goOn();
  remove();
  expect((await invoked).StatusCode).toBe(200);
});

test("a function stops at a line of its source, shows its variables by their names there, and goes on", async () => {
  const line = lineOf(createRecord, "const { recordId, version } = record;");
  const remove = await attached.breakAt(createRecord, line);
  const created = create("first");
  const stop = await attached.stopAt(createRecord, line);
  expect(await stop.evaluate("[record.kind, created, body.values, key]")).toEqual(["first", true, [1, 2], null]);
  stop.goOn();
  expect(await created).toMatchObject({ status: 201, body: { kind: "first" } });
  remove();
});

test("two stop at once, and each goes on by itself", async () => {
  const [first, second] = [
    lineOf(createRecord, "const { recordId, version } = record;"),
    lineOf(listRecords, "return"),
  ];
  const removals = [await attached.breakAt(createRecord, first), await attached.breakAt(listRecords, second)];
  const [created, listed] = [create("both"), ask("GET", "/records?source=x")];
  const [creating, listing] = [await attached.stopAt(createRecord, first), await attached.stopAt(listRecords, second)];
  listing.goOn();
  expect((await listed).status).toBe(200);
  creating.goOn();
  expect((await created).status).toBe(201);
  for (const remove of removals) remove();
});

test("code that is saved meanwhile stops at its lines as they are now", async () => {
  const undo = project.edit("handlers/records/create-record.ts", (text) =>
    text.replace(
      "  const { recordId, version } = record;",
      "\n\n  const edited = [record];\n  const { recordId, version } = record;",
    ),
  );
  await runner.next("reloaded");
  const line = lineOf(createRecord, "const { recordId, version } = record;");
  const remove = await attached.breakAt(createRecord, line);
  const created = create("edited");
  const stop = await attached.stopAt(createRecord, line);
  expect(await stop.evaluate("edited[0].kind")).toBe("edited");
  stop.goOn();
  expect((await created).status).toBe(201);
  remove();
  undo();
  await runner.next("reloaded");
});

test("what is synthesized is what it is without a debugger", () => {
  const bundles = join(project.folder, ".local/cdktf.out/bundles");
  const codes = filesBelow(bundles).filter((file) => file.endsWith(".mjs"));
  expect(codes.length).toBeGreaterThan(20);
  for (const code of codes) expect(readFileSync(code, "utf8")).not.toContain("sourceMappingURL");
});

test("a function whose debugger leaves waits for another", async () => {
  const line = lineOf(createRecord, "const { recordId, version } = record;");
  await attached.breakAt(createRecord, line);
  const created = create("left");
  await attached.stopAt(createRecord, line);
  await attached.close();
  attached = await Debugger.attach(ready.inspector!);
  (await attached.stopAt(createRecord, line)).goOn();
  expect((await created).status).toBe(201);
});

test("a port that is in use is refused in one line", async () => {
  const taken = new URL(ready.inspector!).port;
  const { code, errors } = await startRunner(project.folder, "--data", ".other", `--inspect=${taken}`).ended;
  expect([code, errors.trim().split("\n").at(-1)]).toEqual([
    1,
    `port ${taken} is in use; choose another with --inspect=<port>`,
  ]);
});
