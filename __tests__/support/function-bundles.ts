import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { bundle } from "../../constructs/bundle";

const root = resolve(__dirname, "../..");
const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Outside of the project, where nothing is installed: a bundle has to hold all it needs. A copy of it has its own. */
const cache = join(tmpdir(), "terrace-bundles", digest(root));

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Changes whenever a source of a bundle does. */
function sourcesKey(): string {
  const sources = [
    ...filesBelow("handlers"),
    ...filesBelow("contracts"),
    join(root, "constructs/bundle.ts"),
    join(root, "package-lock.json"),
  ];
  const facts = sources.sort().map((file) => {
    const { mtimeMs, size } = statSync(file);
    return [file, mtimeMs, size];
  });
  return digest(JSON.stringify(facts));
}

const handlersOf = (system: string): string[] =>
  readdirSync(join(root, "handlers", system))
    .filter((file) => /^export const handler\b/m.test(readFileSync(join(root, "handlers", system, file), "utf8")))
    .map((file) => `${system}/${file}`);

/** The bundles of earlier sources. */
function dropOthers(system: string, folder: string): void {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const other = join(cache, name);
    if (name.startsWith(`${system}-`) && !other.startsWith(folder)) rmSync(other, { recursive: true, force: true });
  }
}

/** Unpacks the zips of a system's functions; built once for all test files, and again after a change. */
function unpack(system: string, folder: string): void {
  dropOthers(system, folder);
  const building = `${folder}.${process.pid}`;
  const unzipped = join(building, "unzipped");
  const bundles = bundle(handlersOf(system), unzipped);
  rmSync(unzipped, { recursive: true });
  for (const [entry, { zip }] of bundles) {
    const code = unzipSync(zip)["index.mjs"];
    if (!code) throw new Error(`the zip of ${entry} holds no index.mjs`);
    const file = join(building, entry.replace(/\.ts$/, ""), "index.mjs");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  try {
    renameSync(building, folder);
  } catch {
    // Another test process was faster; its files are the same.
    rmSync(building, { recursive: true, force: true });
  }
}

/** The file that Lambda would run for an entry: `records/get-record.ts`. */
export function deployedFile(entry: string): string {
  const [system = ""] = entry.split("/");
  const folder = join(cache, `${system}-${sourcesKey()}`);
  if (!existsSync(folder)) unpack(system, folder);
  return join(folder, entry.replace(/\.ts$/, ""), "index.mjs");
}
