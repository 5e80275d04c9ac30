import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { atMost, print } from "./table";

const file = "handlers/records/list-records.ts";
const SAVES = 60;
const TRIES = 100;

interface RunnerEvent {
  readonly event: string;
  readonly line?: string;
  readonly systems?: readonly { readonly url: string; readonly apiKey: string }[];
}

/** Starts records; what it says is kept, in order. */
function start(data: string) {
  const args = ["run.js", "local/run/main.ts", "records", "--port", "0", "--json", "--data", data];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const events: RunnerEvent[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => events.push(JSON.parse(line) as RunnerEvent));
  const until = async <T>(find: () => T | undefined): Promise<T> => {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error("the local run has ended");
      await wait(2);
    }
  };
  return { child, events, until };
}

/**
 * Saves a handler again and again while the system runs: how many builds a storm of saves costs, how soon the last of
 * them is in use, and whether a request 100 ms after a save ever gets the old code. The file is put back.
 */
export async function benchSaves(): Promise<void> {
  const source = readFileSync(file, "utf8");
  const data = mkdtempSync(join(tmpdir(), "terrace-saves-"));
  const { child, events, until } = start(data);
  const end = (): void => {
    writeFileSync(file, source);
    child.kill("SIGTERM");
  };
  // Ctrl-C in the midst of it leaves no files either.
  process
    .once("exit", end)
    .once("SIGINT", () => process.exit(1))
    .once("SIGTERM", () => process.exit(1));
  // New code says so as it is loaded, and loads before it answers.
  const save = (text: string) => writeFileSync(file, `${source}\nconsole.log(${JSON.stringify(text)});\n`);
  const isLoaded = (text: string) => events.some(({ event, line }) => event === "log" && line?.includes(`${text}"`));
  const reloads = () => events.filter(({ event }) => event === "reloaded").length;
  try {
    const { systems = [] } = await until(() => events.find(({ event }) => event === "ready"));
    const [{ url, apiKey } = { url: "", apiKey: "" }] = systems;
    const ask = async () => {
      const answer = await fetch(`${url}/records?source=bench`, { headers: { "x-api-key": apiKey } });
      if (answer.status >= 500) throw new Error(`the answer was ${answer.status}`);
    };
    await ask();
    for (let at = 1; at <= SAVES; at += 1) {
      save(`storm ${at}`);
      if (at < SAVES) await wait(3000 / SAVES);
    }
    const savedAt = performance.now();
    await ask();
    await until(() => (isLoaded(`storm ${SAVES}`) ? true : undefined));
    const inUse = performance.now() - savedAt;
    const builds = reloads();
    let old = 0;
    for (let at = 1; at <= TRIES; at += 1) {
      const before = reloads();
      save(`try ${at}`);
      await wait(100);
      await ask();
      // What is logged comes in the order in which it was said: before the line of its request.
      await until(() => (reloads() > before ? true : undefined));
      await wait(20);
      if (!isLoaded(`try ${at}`)) old += 1;
    }
    print("saves", [
      atMost("builds of 60 saves in 3 s", builds, [5, ""]),
      atMost("last of them saved → in use", Math.round(inUse), [1000, "ms"]),
      atMost("requests 100 ms after a save that got old code, of 100", old, [0, ""]),
    ]);
  } finally {
    end();
    rmSync(data, { recursive: true, force: true });
  }
}
