import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atMost, print } from "./table";

const lineBytes = 512;

/** A log in which one record was replaced until it was so long, as versions wrote it that compacted at start alone. */
function writeDeadLog(path: string, bytes: number): void {
  const file = openSync(path, "w");
  const text = "x".repeat(lineBytes - 70);
  const block = (from: number) =>
    Array.from(
      { length: 2048 },
      (_, n) =>
        `${JSON.stringify(["records", "busy", { recordId: { S: "busy" }, n: { N: String(from + n) }, text }])}\n`,
    );
  for (let written = 0, from = 0; written < bytes; from += 2048) written += writeSync(file, block(from).join(""));
  closeSync(file);
}

/** Reads a log in a process of its own, so that its memory is that of the log. */
function readInOwnProcess(path: string): Promise<{ ms: number; maxMb: number; entries: number }> {
  const args = ["run.js", "bench/fixtures/read-log.ts", path];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve) => child.once("close", () => resolve(JSON.parse(text))));
}

/** What a log costs at start that is all but dead. */
export async function benchLog(gigabytes = 1): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "terrace-log-"));
  const path = join(folder, "dynamodb.log");
  writeDeadLog(path, gigabytes * 1024 ** 3);
  const first = await readInOwnProcess(path);
  const size = statSync(path).size;
  const second = await readInOwnProcess(path);
  rmSync(folder, { recursive: true });
  print(`a log of ${gigabytes} GB of which one record is alive`, [
    atMost("start", first.ms / 1000, [10, "s"]),
    atMost("memory", first.maxMb, [300, "MB"]),
    atMost("  the log afterwards", size / 1024, [1, "KB"]),
    atMost("next start", second.ms / 1000, [0.1, "s"]),
  ]);
}
