// Stands on: records
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type Database, startDatabase, type TableSchema } from "../support/dynamodb";

/** A table as records' is, and the copy that a restore made of it. */
const schema = (TableName: string): TableSchema => ({
  TableName,
  KeySchema: [{ AttributeName: "recordId", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "recordId", AttributeType: "S" }],
});

let kept: Database;

beforeAll(async () => {
  kept = await startDatabase(schema("records"));
  await kept.client.send(new CreateTableCommand({ BillingMode: "PAY_PER_REQUEST", ...schema("records-restored") }));
});
afterAll(() => kept.stop());

const restored = (Item: Record<string, unknown>) =>
  kept.client.send(new PutCommand({ TableName: "records-restored", Item }));

const run = (...args: string[]) => runOn(kept, ...args);

/** Runs the command against an embedded DynamoDB. */
function runOn(
  { server }: Database,
  ...args: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    NODE_NO_WARNINGS: "1",
  };
  const child = spawn(process.execPath, ["run.js", "tools/restore-items.ts", ...args], { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, stdout, stderr })));
}

const deletedAt = "2026-01-31T12:00:05.000Z";
const lists = async (...options: string[]) => {
  const { status, stdout } = await run("records-restored", "records", ...options);
  expect(status).toBe(0);
  return stdout.split("\n").filter((line) => line !== "");
};

beforeAll(async () => {
  const many = Array.from({ length: 130 }, (_, index) => ({ recordId: `r${index}`, values: "x".repeat(10_000) }));
  const special = ["changed", "deleted", "deleted-later"].map((recordId) => ({ recordId, version: 1 }));
  const old = { recordId: "was-deleted-then", deletedAt: "2026-01-01T00:00:00.000Z" };
  for (const item of [...many, ...special, old]) await restored(item);
  await kept.put({ recordId: "changed", version: 2 });
  await kept.put({ recordId: "deleted", deletedAt });
  await kept.put({ recordId: "deleted-later", deletedAt: "2026-01-31T13:00:00.000Z" });
  await kept.put({ recordId: "new", version: 1 });
});

it("lists by id what is missing, and what was deleted when, and changes nothing", async () => {
  const before = await kept.items();
  const lines = await lists();

  expect(lines).toHaveLength(132);
  expect(lines).toEqual(
    expect.arrayContaining([
      "r129\tnot there",
      `deleted\tdeleted ${deletedAt}`,
      "deleted-later\tdeleted 2026-01-31T13:00:00.000Z",
    ]),
  );
  expect(await kept.items()).toEqual(before);
});

it("lists what was deleted between two times alone", async () => {
  expect(await lists("--deleted-between", "2026-01-31T12:00:00Z..2026-01-31T12:05:00Z")).toEqual([
    `deleted\tdeleted ${deletedAt}`,
  ]);
});

it("only says what it would put back, unless `--write` is given", async () => {
  const before = await kept.items();
  const { status, stdout } = await run("records-restored", "records", "--only", "r1", "--only", "deleted");

  expect([status, stdout.split("\n").sort()]).toEqual([
    0,
    ["", "2 would be restored; --write does it", "deleted: would be restored", "r1: would be restored"],
  ]);
  expect(await kept.items()).toEqual(before);
});

it("puts back what is named, over what a deletion left too, and undoes no other deletion", async () => {
  const { status, stdout } = await run("records-restored", "records", "--only", "r1", "--only", "deleted", "--write");

  expect([status, stdout.split("\n").at(-2)]).toEqual([0, "2 restored"]);
  expect(await kept.item("r1")).toMatchObject({ values: "x".repeat(10_000) });
  expect(await kept.item("deleted")).toEqual({ recordId: "deleted", version: 1 });
  expect(await kept.item("deleted-later")).toMatchObject({ deletedAt: "2026-01-31T13:00:00.000Z" });
  expect(await kept.item("r2")).toBeUndefined();
});

it("leaves what has changed since it was listed, and what is there", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "restore-items-")), "ids");
  writeFileSync(file, `r2\tnot there\nr3\tdeleted ${deletedAt}\ndeleted-later\tdeleted ${deletedAt}\n\nchanged\n`);
  const { status, stdout } = await run("records-restored", "records", "--only-from", file, "--write");

  expect(status).toBe(1);
  expect(stdout.split("\n").sort()).toEqual([
    "",
    "1 restored",
    ...["changed", "deleted-later"].map(
      (id) => `${id}: left: it is there, or not in records-restored, or not as it was listed`,
    ),
    "r2: restored",
    "r3: left: it is there, or not in records-restored, or not as it was listed",
  ]);
  expect(await kept.item("changed")).toEqual({ recordId: "changed", version: 2 });
});

it("takes its own list for what to put back, and then has nothing left to do", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "restore-items-")), "ids");
  writeFileSync(file, (await lists()).join("\n"));

  expect((await run("records-restored", "records", "--only-from", file, "--write")).stdout).toMatch(/129 restored\n$/);
  expect(await lists()).toEqual([]);
});

it("says of what it brings back that an asset does not come with it", async () => {
  await restored({ recordId: "photo", asset: { bytes: 5 } });
  const { stdout } = await run("records-restored", "records", "--only", "photo", "--write");

  expect(stdout.split("\n")).toEqual([
    "photo: restored, without its asset",
    "1 with an asset, which docs/runbooks/restore-a-table.md brings back (Assets)",
    "1 restored",
    "",
  ]);
});

describe("user-management's table", () => {
  let users: Database;
  const key = [
    { AttributeName: "userId", KeyType: "HASH" as const },
    { AttributeName: "createdDate", KeyType: "RANGE" as const },
  ];
  const table = (TableName: string): TableSchema => ({
    TableName,
    KeySchema: key,
    AttributeDefinitions: key.map(({ AttributeName = "" }) => ({ AttributeName, AttributeType: "S" as const })),
  });
  const [first, second] = ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"];
  const entry = (userId: string, createdDate: string) => ({
    userId,
    createdDate,
    email: "a@example.com",
    name: "A",
    version: 1,
  });
  const tombstone = (userId: string) => ({ userId, createdDate: first, deletedDate: deletedAt });
  const claim = (userId: string, entryDate: string) => ({ userId, createdDate: "#claim", entryDate });
  const read = async (userId: string) =>
    (await users.client.send(new GetCommand({ TableName: "users", Key: { userId, createdDate: first } }))).Item;

  beforeAll(async () => {
    users = await startDatabase(table("users"));
    await users.client.send(new CreateTableCommand({ BillingMode: "PAY_PER_REQUEST", ...table("users-restored") }));
    for (const userId of ["ada", "bob"]) {
      for (const Item of [entry(userId, first), claim(userId, first)])
        await users.client.send(new PutCommand({ TableName: "users-restored", Item }));
      await users.put(tombstone(userId));
    }
    await users.put(claim("ada", first));
    await users.put(claim("bob", second));
    await users.put(entry("bob", second));
  });
  afterAll(() => users.stop());

  it("gets a deleted user back, but not beside the one who has the id since", async () => {
    const ids = ["ada", "bob"].flatMap((userId) => ["--only", `${userId} / ${first}`]);
    const { status, stdout } = await runOn(users, "users-restored", "users", ...ids, "--write");

    expect(status).toBe(1);
    expect(stdout.split("\n").sort()).toEqual([
      "",
      "1 restored",
      `ada / ${first}: restored`,
      `bob / ${first}: left, because somebody has made another entry since`,
    ]);
    expect(await read("ada")).toEqual(entry("ada", first));
    expect(await read("bob")).toEqual(tombstone("bob"));
  });
});

it("puts back items of a table that is keyed by bytes and numbers, named as AWS's CLI has them", async () => {
  const key = [
    { AttributeName: "sensor", KeyType: "HASH" as const },
    { AttributeName: "at", KeyType: "RANGE" as const },
  ];
  const table = (TableName: string): TableSchema => ({
    ...{ TableName, KeySchema: key },
    AttributeDefinitions: [
      { AttributeName: "sensor", AttributeType: "B" },
      { AttributeName: "at", AttributeType: "N" },
    ],
  });
  const readings = await startDatabase(table("readings"));
  await readings.client.send(new CreateTableCommand({ BillingMode: "PAY_PER_REQUEST", ...table("readings-restored") }));
  const reading = (at: number) => ({ sensor: Uint8Array.of(0, 255), at, value: 1 });
  for (const at of [-1.5, 2])
    await readings.client.send(new PutCommand({ TableName: "readings-restored", Item: reading(at) }));
  const { status, stdout } = await runOn(readings, "readings-restored", "readings", "--only", "AP8= / -1.5", "--write");

  expect([status, stdout]).toEqual([0, "AP8= / -1.5: restored\n1 restored\n"]);
  expect(await readings.items()).toEqual([reading(-1.5)]);
  await readings.stop();
});

it.each([
  [["records"], "npm run restore-items -- <from> <to>"],
  [["records-restored", "nothing"], "table nothing: not found in us-east-1; correct it, or set AWS_REGION\n"],
  [
    ["records-restored", "records", "--write"],
    "--write: must come with --only or --only-from, got none; name what comes back\n",
  ],
  [["records-restored", "records", "--only-from", "/nowhere"], "--only-from /nowhere: can't be read: "],
  [
    ["records-restored", "records", "--deleted-between", "noon..one"],
    "--deleted-between: must be two times in order like 2026-01-31T12:00:00Z..2026-01-31T12:05:00Z, got noon..one; correct it\n",
  ],
  [["records-restored", "records", "--force"], "Unknown option '--force'; --help lists the options\n"],
])("refuses %j in one line", async (args, message) => {
  expect(await run(...args)).toMatchObject({ status: 1, stdout: "", stderr: expect.stringContaining(message) });
});
