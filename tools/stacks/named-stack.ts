import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { isSynthesized, readStack, type StackJson } from "../../stack-json/document";
import { CommandError } from "../command";

/** A stack as a person names it: `records-prod`. Its name says which system it is of, and which environment. */
export interface NamedStack {
  readonly name: string;
  readonly system: string;
  readonly environment: string;
  /** Where it is synthesized to, and Terraform runs. */
  readonly folder: string;
}

/** @throws CommandError when it is no stack's name */
export function namedStack(name: string | undefined): NamedStack {
  const [, system, environment] = /^([a-z][a-z0-9-]*)-([a-z][a-z0-9]*)$/.exec(name ?? "") ?? [];
  if (!name || !system || !environment) {
    throw new CommandError(`stack: must be <system>-<environment> like records-prod, got ${name ?? "none"}; name one`);
  }
  return { name, system, environment, folder: join("cdktf.out", "stacks", name) };
}

/**
 * Synthesizes a stack alone, for its own environment, whatever `ENVIRONMENT` and `SYSTEMS` say.
 *
 * @throws CommandError with the synth's words
 */
export function synthesize({ name, system, environment, folder }: NamedStack): void {
  const env = { ...process.env, ENVIRONMENT: environment, SYSTEMS: system, CDKTF_OUTDIR: "cdktf.out" };
  const { status, stderr } = spawnSync(process.execPath, ["run.js", "main.ts"], { env, encoding: "utf8" });
  if (status === 0 && isSynthesized(folder)) return;
  throw new CommandError(`${name}: can't be synthesized: ${stderr.trim() || "there is no such stack"}`);
}

/** What a stack was synthesized to; now, if it was not yet. */
export function stackJson(stack: NamedStack): StackJson {
  if (!isSynthesized(stack.folder)) synthesize(stack);
  return readStack(stack.folder);
}
