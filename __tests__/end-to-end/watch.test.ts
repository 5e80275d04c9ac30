import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "../../bench/copy";
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";

const project = new ProjectCopy();
const handler = "handlers/records/list-records.ts";
const contract = "contracts/records.ts";
const stack = "stacks/records-stack.ts";

let runner: RunnerProcess;
let url = "";
let headers: Record<string, string> = {};

beforeAll(async () => {
  runner = startRunner(project.folder, "--json", "--port", "0");
  const { systems } = await runner.next("ready");
  url = systems[0]!.url;
  headers = { "x-api-key": systems[0]!.apiKey!, "content-type": "application/json" };
}, 20_000);
afterAll(stopRunners);

const list = async (query = "") => {
  const response = await fetch(`${url}/records?source=x${query}`, { headers });
  return { status: response.status, text: await response.text() };
};

/** Saves a file with something in it replaced. @returns puts it back */
const edit = (path: string, from: string | RegExp, to: string): (() => void) =>
  project.edit(path, (text) => text.replace(from, () => to));

/** Long enough for the watcher to have seen a save: from then on requests wait for the new code. */
const noticed = () => new Promise((resolve) => setTimeout(resolve, 100));

test("the next request after a handler is saved uses it, and its errors point into the source", async () => {
  await list();
  const undo = edit(handler, "=> {", "=> { if (source === 'x') throw new Error('edited');");
  const savedAt = Date.now();
  await noticed();
  expect((await list()).status).toBe(500);
  // Half a second on an idle machine; tests share theirs.
  expect(Date.now() - savedAt).toBeLessThan(10_000);
  expect(await runner.next("reloaded")).toMatchObject({ what: "records-dev-list-records" });
  undo();
  await noticed();
  expect((await list()).status).toBe(200);
  await runner.next("reloaded");
}, 20_000);

test("code that is built after an edit is byte for byte what is deployed", () => {
  const deployed = readFileSync(join(project.folder, ".local/cdktf.out/bundles/records/list-records.mjs"));
  const folders = readdirSync(join(project.folder, ".local/functions"));
  const same = folders.filter((name) =>
    readFileSync(join(project.folder, ".local/functions", name, "index.mjs")).equals(deployed),
  );
  // One was unpacked from the package, one built when the edit was taken back.
  expect(same.length).toBe(2);
});

test("a mistake in a handler shows where it is, and the last good version goes on", async () => {
  const undo = edit(handler, "=> {", "=> { const x = ;");
  expect((await runner.next("problem")).message).toMatch(
    /^handlers\/records\/list-records\.ts:\d+:\d+: Unexpected ";" \(the last good version goes on\)$/,
  );
  expect((await list()).status).toBe(200);
  undo();
  await runner.next("reloaded");
}, 20_000);

test("a contract that is saved is in use soon after, in gateway and handler, and stored data is kept", async () => {
  const body = JSON.stringify({ source: "x", kind: "k", values: [1] });
  expect((await fetch(`${url}/records`, { method: "POST", headers, body })).status).toBe(201);
  expect((await list("&limit=70")).status).toBe(200);
  edit(contract, "integerText(1, 100)", "integerText(1, 50)");
  expect((await runner.next("reloaded")).what).toBe("contracts/records.ts");
  const refused = await list("&limit=70");
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("1–50")]);
  expect((await list()).text).toContain('"kind":"k"');
}, 20_000);

test("a stack that does not synthesize shows where it is, and the last good version goes on", async () => {
  const undo = edit(stack, /partitionKey: "recordId"/, "partitionKey: nowhere.name");
  expect((await runner.next("problem")).message).toMatch(
    /^synth failed: stacks\/records-stack\.ts:\d+: ReferenceError: nowhere is not defined \(the last good version goes on\)$/,
  );
  expect((await list()).text).toContain('"kind":"k"');
  undo();
  await runner.next("reloaded");
}, 20_000);

test("a stack with a slip of the pen is one line that begins with the place", async () => {
  const undo = edit(stack, /partitionKey: "recordId"/, "partitionKey: ;");
  expect((await runner.next("problem")).message).toMatch(
    /^synth failed: stacks\/records-stack\.ts:\d+:\d+: Unexpected ";" \(the last good version goes on\)$/,
  );
  undo();
  await runner.next("reloaded");
}, 20_000);

test("a grant that is taken away is missed by the next call, by name and with the line to add", async () => {
  const undo = edit(stack, /\n.*records\.grantIndex\(listRecords.*\n/, "\n");
  await runner.next("reloaded");
  expect((await list()).status).toBeGreaterThanOrEqual(500);
  expect(await runner.next("denial")).toMatchObject({
    function: "records-dev-list-records",
    action: "dynamodb:Query",
    grant: 'records.grantIndex(listRecords, "bySource", "Query");',
  });
  undo();
  await runner.next("reloaded");
  expect((await list()).status).toBe(200);
}, 20_000);
