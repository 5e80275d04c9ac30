import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { madeOnce } from "./made-once";
import { synthesized } from "./synthesized";

const codeOf = (system: string, operation: string, folder: string): string =>
  join(folder, system, operation, "index.mjs");

/** Unpacks the deployment package of every function. */
function unpack(folder: string): void {
  const stacks = join(synthesized(), "stacks");
  const zips = readdirSync(stacks, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".zip"));
  for (const zip of zips) {
    const [, system = "", operation = ""] = /^(.*)-dev\/.*?([\w-]+)\.zip$/.exec(zip) ?? [];
    const code = unzipSync(readFileSync(join(stacks, zip)))["index.mjs"];
    if (!code) throw new Error(`${zip} holds no index.mjs`);
    const file = codeOf(system, operation, folder);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}

/** The file that Lambda would run for an entry: `records/get-record.ts`. */
export function deployedFile(entry: string): string {
  const [, system = "", operation = ""] = /^([\w-]+)\/([\w-]+)\.ts$/.exec(entry) ?? [];
  return codeOf(system, operation, madeOnce("functions", unpack));
}
