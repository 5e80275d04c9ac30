import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { UserError } from "../lib/user-error";
import type { Heap, Seen } from "./fixtures/threads-memory";
import { benchProject, startEnvironment } from "./project";
import { atMost, print, type Row } from "./table";

const mb = (bytes: number): number => bytes / 1024 ** 2;

const sizeOf = (heap: Heap): number => Object.values(heap).reduce((sum, [, bytes]) => sum + bytes, 0);

/** Runs all systems in a process of its own. */
function run(folder: string, requests: number, restSeconds: number, what: "heaps" | "sizes"): Promise<Seen> {
  const amounts = [String(requests), String(restSeconds)];
  const args = ["--expose-gc", "run.js", "bench/fixtures/threads-memory.ts", ...amounts, what];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: startEnvironment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new UserError(`the systems' process has ended: ${signal ?? code}`));
    });
  });
}

/** The kinds of objects that grew most. */
function growth(thread: string, before: Heap, after: Heap): Row[] {
  const grown = Object.entries(after).map(([kind, [count, bytes]]) => {
    const [countBefore, bytesBefore] = before[kind] ?? [0, 0];
    return { kind, count: count - countBefore, bytes: bytes - bytesBefore };
  });
  return grown
    .sort((one, other) => other.bytes - one.bytes)
    .slice(0, 8)
    .filter(({ bytes }) => bytes > 100_000)
    .map(({ kind, count, bytes }) => ({
      what: `  ${thread}: ${kind}`.slice(0, 46),
      measured: `+${mb(bytes).toFixed(1)} MB`,
      bar: `(${count})`,
    }));
}

/** Memory that remains after 200,000 requests of all kinds to all systems. */
export async function benchMemory(requests = Number(process.argv[3] ?? 200_000), restSeconds = 75): Promise<void> {
  const project = benchProject();
  const sizes = await run(project.folder, requests / 2, restSeconds, "sizes");
  print(`memory of five systems, at ${requests / 2} requests of all kinds`, [
    atMost("under load", mb(sizes.busy), [420, "MB"]),
    atMost("at rest, a minute after", mb(sizes.after.rss), [300, "MB"]),
    { what: "  environments then", measured: String(sizes.after.environments) },
  ]);
  const { before, busy, after, answers, problems } = await run(project.folder, requests, restSeconds, "heaps");
  rmSync(project.folder, { recursive: true });
  for (const problem of problems) console.log(`  ${problem}`);
  print(`memory, before and after ${requests} requests to five systems`, [
    { what: "answers", measured: answers },
    {
      what: "at rest, before",
      measured: `${mb(before.rss).toFixed(0)} MB`,
      bar: `${before.environments} environments`,
    },
    { what: "under load", measured: `${mb(busy).toFixed(0)} MB` },
    { what: "at rest, after", measured: `${mb(after.rss).toFixed(0)} MB`, bar: `${after.environments} environments` },
    atMost("grown: gateway's heap", mb(sizeOf(after.main) - sizeOf(before.main)), [20, "MB"]),
    ...growth("gateway", before.main, after.main),
    atMost("grown: services' heap", mb(sizeOf(after.services) - sizeOf(before.services)), [100, "MB"]),
    ...growth("services", before.services, after.services),
  ]);
}
