import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isObject } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import type { Address } from "./client";

/** A system on this machine. */
export interface LocalRun {
  readonly addresses: readonly Address[];
  stop(): Promise<void>;
}

interface Ready {
  readonly event: "ready";
  readonly systems: readonly { readonly entrances: readonly { name: string; url: string; apiKey?: string }[] }[];
}

const isReady = (event: unknown): event is Ready => isObject(event) && event["event"] === "ready";

/**
 * Starts a system as `npm start` does, with tables and buckets of its own that are gone in the end.
 *
 * @throws UserError with its words where it does not start
 */
export async function startLocalRun(system: string, environment: string): Promise<LocalRun> {
  const data = mkdtempSync(join(tmpdir(), "acceptance-"));
  const args = ["run.js", "local/run/main.ts", system, "--json", "--port", "0", "--environment", environment];
  const child = spawn(process.execPath, [...args, "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGINT");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  const ready = new Promise<Ready | undefined>((resolve) => {
    void ended.then(() => resolve(undefined));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event: unknown = JSON.parse(line);
      if (isReady(event)) resolve(event);
    });
  });
  const entrances = (await ready)?.systems[0]?.entrances;
  if (!entrances) {
    await stop();
    throw new UserError(`${system}: can't be run locally to compare with: ${said.trim()}`);
  }
  return { addresses: entrances.map(({ name, url, apiKey = "" }) => ({ name, url, key: apiKey })), stop };
}
