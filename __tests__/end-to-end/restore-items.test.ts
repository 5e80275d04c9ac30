import { spawn } from "node:child_process";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
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

/** Runs the command against the embedded DynamoDB. */
function run(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: kept.server.url,
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

it("puts back what is missing, and leaves alone what was written since", async () => {
  const many = Array.from({ length: 30 }, (_, index) => ({ recordId: `r${index}`, values: "x".repeat(100_000) }));
  for (const item of [...many, { recordId: "changed", version: 1 }]) await restored(item);
  await kept.put({ recordId: "changed", version: 2 });
  await kept.put({ recordId: "new", version: 1 });

  const { status, stdout, stderr } = await run("records-restored", "records");

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("restored r29\n");
  expect(stdout).toMatch(/30 restored, 1 left as they are\n$/);
  for (const item of many) expect(await kept.item(item.recordId)).toEqual(item);
  expect(await kept.item("changed")).toEqual({ recordId: "changed", version: 2 });
});

it("changes nothing the second time", async () => {
  expect((await run("records-restored", "records")).stdout).toBe("0 restored, 31 left as they are\n");
});

it("says how it is called, and which table it does not find", async () => {
  expect(await run("records")).toMatchObject({ status: 1, stderr: expect.stringContaining("<from> <to>") });
  expect(await run("records-restored", "nothing")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/not found/),
  });
});
