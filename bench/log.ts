import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealed } from "../local/store/log-line";
import { atMost, print } from "./table";

const settings = {
  TableName: "records",
  TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/records",
  KeySchema: [{ AttributeName: "recordId", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "recordId", AttributeType: "S" }],
  BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
};

const lineBytes = 512;
const text = "x".repeat(lineBytes - 90);

/** The two forms of logs: that of tables, and that of queues, events and quotas. */
const forms = {
  tables: {
    head: [{ table: "records", settings }],
    line: (n: number) => ({
      table: "records",
      put: { recordId: { S: "busy" }, n: { N: String(n) }, text: { S: text } },
    }),
  },
  queues: { head: [], line: (n: number) => ["jobs", "busy", { id: "busy", n, text }] },
} as const;

export type Form = keyof typeof forms;

/** A log in which one record was replaced until it was so long, as versions wrote it that compacted at start alone. */
function writeDeadLog(form: Form, path: string, bytes: number): void {
  const { head, line } = forms[form];
  const file = openSync(path, "w");
  const block = (values: readonly unknown[]) =>
    Buffer.concat(values.map((value) => sealed(Buffer.from(JSON.stringify(value)))));
  writeSync(file, block(head));
  for (let written = 0, from = 0; written < bytes; from += 2048) {
    written += writeSync(file, block(Array.from({ length: 2048 }, (_, n) => line(from + n))));
  }
  closeSync(file);
}

/** Reads a log in a process of its own, so that its memory is that of the log. */
function readInOwnProcess(form: Form, path: string): Promise<{ ms: number; maxMb: number; entries: number }> {
  const args = ["run.js", "bench/fixtures/read-log.ts", form, path];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    said += chunk;
  });
  return new Promise((resolve) => child.once("close", () => resolve(JSON.parse(said))));
}

async function measure(form: Form, gigabytes: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "terrace-log-"));
  const path = join(folder, "a.log");
  writeDeadLog(form, path, gigabytes * 1024 ** 3);
  const first = await readInOwnProcess(form, path);
  const size = statSync(path).size;
  const second = await readInOwnProcess(form, path);
  rmSync(folder, { recursive: true });
  print(`a log of ${form} of ${gigabytes} GB of which one record is alive`, [
    atMost("start", first.ms / 1000, [5, "s"]),
    atMost("memory", first.maxMb, [300, "MB"]),
    atMost("  the log afterwards", size / 1024, [2, "KB"]),
    atMost("next start", second.ms / 1000, [0.1, "s"]),
  ]);
}

/** Time of a start with logs most of whose lines are obsolete. */
export async function benchLog(gigabytes = 1): Promise<void> {
  await measure("tables", gigabytes);
  await measure("queues", gigabytes);
}
