import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { projectRoot, sourceOf as sourceOfEntry } from "./bundle";

/** The way in which a handler reads a variable: `requiredEnv`, `integerEnv`, or one that does without it. */
type Reading = "required" | "integer" | "optional";

/** A place at which a source file reads a variable. */
export interface VariableRead {
  readonly name: string;
  readonly reading: Reading;
  /** The file, from the project's folder. */
  readonly file: string;
}

interface Source {
  readonly imports: readonly string[];
  readonly reads: readonly VariableRead[];
  /** Places that read a variable whose name is not written there: `handlers/notes/table.ts:3`. */
  readonly unnamed: readonly string[];
}

/** The environment variables that a handler and its imports read. */
export type HandlerVariables = Pick<Source, "reads" | "unnamed">;

const readings: Readonly<Record<string, Reading>> = {
  requiredEnv: "required",
  integerEnv: "integer",
  envList: "optional",
  optionalEnv: "optional",
};

const call = /(?<![\w.$])(requiredEnv|integerEnv|envList|optionalEnv)\(\s*(?:(["'`])([^"'`$]*)\2\s*\))?/g;
const definition = /\bfunction requiredEnv\b/;
const direct = /\bprocess\.env(?:\.(\w+)|\[["'](\w+)["']\])/g;
const imported = /^(?:import|export)\s(?!type\b)(?:([^"';]*?)\sfrom\s*)?["'](\.[^"']+)["']/gm;
const importedLater = /\bimport\(\s*["'](\.[^"']+)["']\s*\)/g;

/** With comments that have lines of their own blanked, so that what stands in them is no code. */
const withoutComments = (text: string): string =>
  text.replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm, (comment) => comment.replace(/[^\n]/g, " "));

/** Whether an import is of types alone, which no bundle has. */
const isOfTypes = (clause: string | undefined): boolean =>
  clause !== undefined && /^\{\s*(?:type\s[^,]+,?\s*)+\}$/.test(clause.trim());

function resolved(file: string, specifier: string): string | undefined {
  const path = join(dirname(file), specifier);
  return [`${path}.ts`, path.replace(/\.js$/, ".ts"), join(path, "index.ts")].find(
    (candidate) => /\.ts$/.test(candidate) && existsSync(candidate),
  );
}

function read(file: string): Source {
  const text = withoutComments(readFileSync(file, "utf8"));
  const place = relative(projectRoot, file);
  const specifiers = [...text.matchAll(imported)]
    .filter(([, clause]) => !isOfTypes(clause))
    .map(([, , from = ""]) => from);
  const later = [...text.matchAll(importedLater)].map(([, from = ""]) => from);
  const imports = [...specifiers, ...later].flatMap((specifier) => resolved(file, specifier) ?? []);
  const directly = [...text.matchAll(direct)].map(([, dotted, quoted]) => dotted ?? quoted ?? "");
  const optional = directly.map((name): VariableRead => ({ name, reading: "optional", file: place }));
  // The file that defines them calls them with what it is given.
  if (definition.test(text)) return { imports, reads: optional, unnamed: [] };
  const calls = [...text.matchAll(call)];
  const named = calls.flatMap(([, fn = "", , name]): VariableRead[] =>
    name === undefined ? [] : [{ name, reading: readings[fn] ?? "optional", file: place }],
  );
  const unnamed = calls
    .filter(([, , , name]) => name === undefined)
    .map(({ index }) => `${place}:${text.slice(0, index).split("\n").length}`);
  return { imports, reads: [...named, ...optional], unnamed };
}

const known = new Map<string, Source>();

function sourceOf(file: string): Source {
  const source = known.get(file) ?? read(file);
  known.set(file, source);
  return source;
}

/**
 * The environment variables that a handler reads, found in its sources: by the calls of `handlers/runtime/env.ts`, and
 * by `process.env` where somebody reads that himself. Sources are read once in a process.
 *
 * @param entry below `handlers/`, or from the root: `records/get-record.ts`
 */
export function variablesOf(entry: string): HandlerVariables {
  const files = new Set([resolve(projectRoot, sourceOfEntry(entry))]);
  // A set goes on to what is added meanwhile.
  for (const file of files) for (const next of sourceOf(file).imports) files.add(next);
  const sources = [...files].map(sourceOf);
  return { reads: sources.flatMap(({ reads }) => reads), unnamed: sources.flatMap(({ unnamed }) => unnamed) };
}
