// Stands on: records
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "../../bench/copy";
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { until } from "../support/eventually";

const project = new ProjectCopy();
const handler = "handlers/records/list-records.ts";
const other = "handlers/records/get-record.ts";
const contract = "contracts/records.ts";
const stack = "stacks/records-stack.ts";

let runner: RunnerProcess;
let url = "";
let headers: Record<string, string> = {};

beforeAll(async () => {
  runner = startRunner(project.folder, "--json", "--port", "0");
  await until(async () => existsSync(join(project.folder, ".local")), Boolean);
  edit(other, "=> {", "=> { if (params.recordId === unknown) throw new Error('edited while it started');");
  edit(other, "/** `GET", "const unknown = '019c1444-2c3b-7d00-9d3c-0f2b8b6c1a55';\n/** `GET");
  const { systems } = await runner.next("ready");
  url = systems[0]!.url;
  headers = { "x-api-key": systems[0]!.apiKey!, "content-type": "application/json" };
});
afterAll(stopRunners);

const list = async (query = "") => {
  const response = await fetch(`${url}/records?source=x${query}`, { headers });
  return { status: response.status, text: await response.text() };
};

/** Saves a file with something in it replaced. @returns puts it back */
const edit = (path: string, from: string | RegExp, to: string): (() => void) =>
  project.edit(path, (text) => text.replace(from, () => to));

/** Waits until a save was noticed, which takes milliseconds: from then on requests wait for the new code. */
const noticed = (path = handler) => runner.next("edited", (event) => event.event === "edited" && event.what === path);

const get = async (recordId: string) => {
  const response = await fetch(`${url}/records/${recordId}`, { headers });
  return { status: response.status, text: await response.text() };
};

const create = async (): Promise<string> => {
  const body = JSON.stringify({ source: "x", kind: "k", values: [1] });
  const response = await fetch(`${url}/records`, { method: "POST", headers, body });
  return ((await response.json()) as { recordId: string }).recordId;
};

test("what is edited while it starts is in use from the first request on", async () => {
  expect((await get("019c1444-2c3b-7d00-9d3c-0f2b8b6c1a55")).status).toBe(500);
});

test("the next request after a handler is saved uses it, and its errors point into the source", async () => {
  await list();
  const undo = edit(handler, "=> {", "=> { if (source === 'x') throw new Error('edited');");
  await noticed();
  expect((await list()).status).toBe(500);
  expect(await runner.next("reloaded")).toMatchObject({ what: "records-dev-list-records" });
  undo();
  await noticed();
  expect((await list()).status).toBe(200);
  await runner.next("reloaded");
});

test("code that is built after an edit is byte for byte what is deployed", () => {
  const deployed = readFileSync(join(project.folder, ".local/cdktf.out/bundles/records/list-records.mjs"));
  const functions = join(project.folder, ".local/functions");
  const codes = readdirSync(functions).map((name) => join(functions, name, "index.mjs"));
  const same = codes.filter((path) => existsSync(path) && readFileSync(path).equals(deployed));
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
});

test("a contract that is saved is in use soon after, in gateway and handler, and stored data is kept", async () => {
  const body = JSON.stringify({ source: "x", kind: "k", values: [1] });
  expect((await fetch(`${url}/records`, { method: "POST", headers, body })).status).toBe(201);
  expect((await list("&limit=70")).status).toBe(200);
  edit(contract, "integerText(1, 100)", "integerText(1, 50)");
  expect((await runner.next("reloaded")).what).toBe("contracts/records.ts");
  const refused = await list("&limit=70");
  expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("1–50")]);
  expect((await list()).text).toContain('"kind":"k"');
});

test("a stack that does not synthesize shows where it is, and the last good version goes on", async () => {
  const undo = edit(stack, /partitionKey: "recordId"/, "partitionKey: nowhere.name");
  expect((await runner.next("problem")).message).toMatch(
    /^synth failed: stacks\/records-stack\.ts:\d+: ReferenceError: nowhere is not defined \(the last good version goes on\)$/,
  );
  expect((await list()).text).toContain('"kind":"k"');
  undo();
  await runner.next("reloaded");
});

test("a stack with a slip of the pen is one line that begins with the place", async () => {
  const undo = edit(stack, /partitionKey: "recordId"/, "partitionKey: ;");
  expect((await runner.next("problem")).message).toMatch(
    /^synth failed: stacks\/records-stack\.ts:\d+:\d+: Unexpected ";" \(the last good version goes on\)$/,
  );
  undo();
  await runner.next("reloaded");
});

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
});

test("a request after a save never gets the old code, however many saves came before it", async () => {
  await create();
  const original = readFileSync(join(project.folder, handler), "utf8");
  const answers = new Set<string>();
  for (let nth = 0; nth < 6; nth++) {
    const text = original.replace(
      "=> {",
      () => `=> { if (cursor === undefined) return { items: [], nextCursor: "v${nth}" };`,
    );
    writeFileSync(join(project.folder, handler), text);
    await noticed();
    expect(JSON.parse((await list()).text)).toMatchObject({ nextCursor: `v${nth}` });
    answers.add((await list()).text);
  }
  expect(answers.size).toBe(6);
  writeFileSync(join(project.folder, handler), original);
  await noticed();
  expect((await list()).text).toContain('"kind":"k"');
});

test("saves that come without end are few builds, the last of them is in use, and one by itself works afterwards", async () => {
  const original = readFileSync(join(project.folder, handler), "utf8");
  const reloads = () => runner.events.filter(({ event }) => event === "reloaded").length;
  const before = reloads();
  for (let nth = 0; nth < 60; nth++) {
    const text = original.replace(
      "=> {",
      () => `=> { if (cursor === undefined) return { items: [], nextCursor: "s${nth}" };`,
    );
    writeFileSync(join(project.folder, handler), text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await noticed();
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"s59"'),
      )
    ).text,
  ).toContain('"s59"');
  expect(reloads() - before).toBeLessThanOrEqual(5);
  writeFileSync(join(project.folder, handler), original);
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"kind":"k"'),
      )
    ).status,
  ).toBe(200);
});

test("an answer in a stage's cache is not given any more when there is new code of its function", async () => {
  const id = await create();
  expect([(await get(id)).status, (await get(id)).status]).toEqual([200, 200]);
  await runner.next("request", (event) => event.event === "request" && event.cache === "hit");
  const undo = edit(other, "=> {", "=> { if (params.recordId !== unknown) throw new Error('edited');");
  await noticed(other);
  expect((await get(id)).status).toBe(500);
  undo();
  await noticed(other);
  expect((await get(id)).status).toBe(200);
});

test("a function whose sources do not build is the only one that has no new code", async () => {
  const undo = [
    edit(other, "=> {", "=> { const x = ;"),
    edit(handler, "=> {", '=> { if (cursor === undefined) return { items: [], nextCursor: "good" };'),
  ];
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"good"'),
      )
    ).status,
  ).toBe(200);
  expect((await runner.next("problem")).message).toMatch(/^handlers\/records\/get-record\.ts:\d+:\d+: Unexpected ";"/);
  for (const back of undo) back();
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"kind":"k"'),
      )
    ).status,
  ).toBe(200);
});

test("a folder of handlers that goes and comes back is in use again, and what is saved in it afterwards", async () => {
  const folder = join(project.folder, "handlers/records");
  cpSync(folder, join(project.folder, "kept"), { recursive: true });
  rmSync(folder, { recursive: true });
  await runner.next("problem");
  expect((await list()).status).toBe(200);
  cpSync(join(project.folder, "kept"), folder, { recursive: true });
  await runner.next("reloaded");
  const undo = edit(handler, "=> {", '=> { if (cursor === undefined) return { items: [], nextCursor: "again" };');
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"again"'),
      )
    ).status,
  ).toBe(200);
  undo();
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"kind":"k"'),
      )
    ).status,
  ).toBe(200);
});

test("a link to everything is reported in one line, and the rest goes on", async () => {
  symlinkSync("/", join(project.folder, "handlers/everything"));
  expect((await runner.next("problem")).message).toBe(
    "handlers/everything can't be watched: a link to a folder is not followed",
  );
  unlinkSync(join(project.folder, "handlers/everything"));
  const undo = edit(handler, "=> {", '=> { if (cursor === undefined) return { items: [], nextCursor: "linked" };');
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"linked"'),
      )
    ).status,
  ).toBe(200);
  undo();
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"kind":"k"'),
      )
    ).status,
  ).toBe(200);
});

/** The processes of esbuild that a process has started. */
function buildersOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  return children.filter((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes("esbuild"));
}

const hasProc = existsSync(`/proc/self/task/${process.pid}/children`);

(hasProc ? test : test.failing)("a builder that somebody has ended is replaced, and no save is lost", async () => {
  const builders = buildersOf(runner.child.pid!);
  expect(builders).toHaveLength(1);
  process.kill(builders[0]!, "SIGKILL");
  const undo = edit(handler, "=> {", '=> { if (cursor === undefined) return { items: [], nextCursor: "killed" };');
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"killed"'),
      )
    ).status,
  ).toBe(200);
  undo();
  expect(
    (
      await until(
        () => list(),
        ({ text }) => text.includes('"kind":"k"'),
      )
    ).status,
  ).toBe(200);
});
