import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { Bundle, Bundles } from "../../constructs/synth/bundle";
import { madeOnce } from "./made-once";
import { synthesized } from "./synthesized";

/** The deployment package of every function, as it was synthesized, by entry. */
export function synthesizedBundles(): Bundles {
  const stacks = join(synthesized(), "stacks");
  const paths = readdirSync(stacks, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".zip"));
  const bundles = paths.map((path): [string, Bundle] => {
    const [, system = "", operation = ""] = /^(.*)-dev\/.*?([\w-]+)\.zip$/.exec(path) ?? [];
    const zip = readFileSync(join(stacks, path));
    return [`${system}/${operation}.ts`, { zip, hash: createHash("sha256").update(zip).digest("base64") }];
  });
  return new Map(bundles);
}

const codeOf = (entry: string, folder: string): string => join(folder, entry.replace(/\.ts$/, ""), "index.mjs");

/** Unpacks them. */
function unpack(folder: string): void {
  for (const [entry, { zip }] of synthesizedBundles()) {
    const code = unzipSync(zip)["index.mjs"];
    if (!code) throw new Error(`the zip of ${entry} holds no index.mjs`);
    const file = codeOf(entry, folder);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
}

/** The file that Lambda would run for an entry: `records/get-record.ts`. */
export const deployedFile = (entry: string): string => codeOf(entry, madeOnce("functions", unpack));
