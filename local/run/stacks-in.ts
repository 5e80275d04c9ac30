import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { messageOf, UserError } from "../../lib/user-error";
import { isSynthesized, readStack, stackFileName } from "../../stack-json/document";

/** CDKTF's list of the stacks in an output folder. */
interface Manifest {
  readonly stacks?: Readonly<Record<string, { readonly synthesizedStackPath?: unknown } | null>>;
}

/** The name that CDKTF gave a stack, or that of the folder of one that CDKTF did not make. */
function ownName(folder: string): string {
  const { "//": note } = readStack(folder) as { readonly "//"?: { metadata?: { stackName?: unknown } } };
  const name = note?.metadata?.stackName;
  return typeof name === "string" && name !== "" ? name : basename(folder);
}

function listed(folder: string): ReadonlyMap<string, string> | undefined {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) return undefined;
  const { stacks } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  const paths = Object.entries(stacks ?? {}).map(([name, stack]) => {
    const relative = stack?.synthesizedStackPath;
    if (typeof relative === "string") return [name, join(folder, relative)] as const;
    throw new UserError(`manifest.json must say synthesizedStackPath of ${name}; synthesize again, or delete it`);
  });
  return new Map(paths);
}

/** Those of an output folder of which the manifest was not kept. */
function unlisted(folder: string): ReadonlyMap<string, string> {
  const stacks = join(folder, "stacks");
  const names = existsSync(stacks) ? readdirSync(stacks).filter((name) => isSynthesized(join(stacks, name))) : [];
  return new Map(names.sort().map((name) => [name, join(stacks, name, stackFileName)]));
}

/**
 * The stacks in a folder, by name: where their JSON lies. The folder is that of one stack, or an output folder of several.
 *
 * @throws UserError when there are none, or what says so is no JSON
 */
export function stacksIn(folder: string): ReadonlyMap<string, string> {
  try {
    if (isSynthesized(folder)) return new Map([[ownName(folder), join(folder, stackFileName)]]);
    const stacks = listed(folder) ?? unlisted(folder);
    if (stacks.size > 0) return stacks;
  } catch (error) {
    throw new UserError(`${folder}: ${messageOf(error)}`);
  }
  throw new UserError(
    `${folder} must contain ${stackFileName}, or an output folder's stacks with one each; it has none`,
  );
}

/** @param known what there is */
export function noStack(name: string, known: readonly string[]): UserError {
  return new UserError(`there is no stack ${name}; there is ${[...known].sort().join(", ") || "none"}`);
}

/** The stacks in a folder that have something to run, by name, and those that have nothing. */
export function runnableIn(folder: string): { readonly runnable: readonly string[]; readonly idle: readonly string[] } {
  const all = [...stacksIn(folder)];
  const runs = ([, path]: readonly [string, string]): boolean => {
    try {
      const { resource = {} } = readStack(join(path, ".."));
      return ["aws_lambda_function", "aws_api_gateway_rest_api"].some((type) => resource[type] !== undefined);
    } catch (error) {
      throw new UserError(`${path}: ${messageOf(error)}`);
    }
  };
  const runnable = all.filter(runs).map(([name]) => name);
  return { runnable, idle: all.map(([name]) => name).filter((name) => !runnable.includes(name)) };
}
