import { existsSync, readdirSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { messageOf, UserError } from "../lib/user-error";
import { command } from "./command";
import { synth } from "./stacks/synth";

const usage = `npm run source-maps -- [--function <name>] <file, or a trace itself>

Prints what it is given with the places of stack traces in TypeScript: handlers/records/create-record.ts:12:9 instead of
index.mjs:1:53021. The function is named on the line (function_name, as log lines have it), or by --function:
records-prod-create-record. Without a file it reads standard input. The sources have to be those that are deployed: check out
that commit first.`;

/** Folder of a synth's bundles, with their maps on request. */
const bundles = join("cdktf.out", "bundles");

/** `records/create-record`, for each bundle that has a map. */
function mapped(): string[] {
  if (!existsSync(bundles)) return [];
  const files = readdirSync(bundles, { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".mjs.map"))
    .map((file) => file.replaceAll("\\", "/").slice(0, -".mjs.map".length));
}

function synthesizeMaps(): void {
  try {
    synth({ system: "", sourceMaps: true });
  } catch (error) {
    throw new UserError(`source maps: the sources can't be built: ${messageOf(error)}`);
  }
}

/** The bundle of a function: `user-management-prod-qa-create-user` is of `user-management/create-user`. */
function bundleOf(functionName: string): string {
  const found = mapped().filter((entry) => {
    const [system = "", operation = ""] = entry.split("/");
    return functionName.startsWith(`${system}-`) && functionName.endsWith(`-${operation}`);
  });
  // Of `get-user` and `user` the longer one is meant.
  const [longest] = found.sort((a, b) => b.length - a.length);
  if (longest) return longest;
  throw new UserError(
    `function ${functionName}: is none of these sources, which have ${mapped().join(", ")}; check out the commit that is deployed, or correct --function`,
  );
}

const maps = new Map<string, SourceMap>();

function mapOf(functionName: string): SourceMap {
  const entry = bundleOf(functionName);
  const known = maps.get(entry) ?? new SourceMap(JSON.parse(readFileSync(join(bundles, `${entry}.mjs.map`), "utf8")));
  maps.set(entry, known);
  return known;
}

/** A place in a bundle, as Node writes it: `file:///var/task/index.mjs:1:53021`. */
const place = /(?:file:\/\/)?[\w/.-]*index\.mjs:(\d+):(\d+)/g;

/** A source's path in the project. */
const inProject = (source: string): string => source.replace(/^(?:\.\.\/)+/, "");

function translated(line: string, given: string | undefined): string {
  if (line.search(place) < 0) return line;
  const name = /"function_name":\s*"([\w-]+)"/.exec(line)?.[1] ?? given;
  if (!name)
    throw new UserError("function: must be on the line (function_name) or given, got none; add --function <name>");
  return line.replace(place, (whole, row: string, column: string) => {
    const origin = mapOf(name).findEntry(Number(row) - 1, Number(column) - 1);
    if (!("originalSource" in origin)) return whole;
    return `${inProject(origin.originalSource)}:${origin.originalLine + 1}:${origin.originalColumn + 1}`;
  });
}

function textOf(given: readonly string[]): string {
  const [file = ""] = given;
  if (given.length === 0) return readFileSync(0, "utf8");
  if (given.length === 1 && existsSync(file)) return readFileSync(file, "utf8");
  if (given.join(" ").includes("index.mjs:")) return given.join(" ");
  throw new UserError(`trace: must be a file, or contain a place like index.mjs:1:53021, got ${file}; correct it`);
}

void command(usage, { function: { type: "string" } }, ({ positionals, values }) => {
  const text = textOf(positionals).trimEnd();
  synthesizeMaps();
  for (const line of text.split("\n")) console.log(translated(line, values.function));
  return 0;
});
