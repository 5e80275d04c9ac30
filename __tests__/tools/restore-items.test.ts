import { spawn } from "node:child_process";
import { type Database, startDatabase } from "../support/dynamodb";

let kept: Database;

beforeAll(async () => {
  kept = await startDatabase("records-test");
});
afterAll(() => kept.stop());

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
