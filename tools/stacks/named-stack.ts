import { join } from "node:path";
import { messageOf, UserError } from "../../lib/user-error";
import { isSynthesized, readStack, type StackJson } from "../../stack-json/document";
import { synth } from "./synth";

/** A stack as a person names it: `records-prod`. Its name says which system it is of, and which environment. */
export interface NamedStack {
  readonly name: string;
  readonly system: string;
  readonly environment: string;
  /** Folder of its synthesized JSON, in which Terraform runs. */
  readonly folder: string;
}

/** @throws UserError when it is no stack's name */
export function namedStack(name: string | undefined): NamedStack {
  const [, system, environment] = /^([a-z][a-z0-9-]*)-([a-z][a-z0-9]*)$/.exec(name ?? "") ?? [];
  if (!name || !system || !environment) {
    throw new UserError(`stack: must be <system>-<environment> like records-prod, got ${name ?? "none"}; name one`);
  }
  return { name, system, environment, folder: join("cdktf.out", "stacks", name) };
}

/**
 * Synthesizes a stack alone, for its own environment, whatever `ENVIRONMENT` and `SYSTEMS` say.
 *
 * @throws UserError with the synth's words
 */
export function synthesize({ name, system, environment, folder }: NamedStack): void {
  try {
    synth({ environment, system });
  } catch (error) {
    throw new UserError(`${name}: can't be synthesized: ${messageOf(error)}`);
  }
  if (!isSynthesized(folder)) throw new UserError(`${name}: can't be synthesized: there is no such stack`);
}

/** The synthesized JSON of a stack, synthesized first where it is missing. */
export function stackJson(stack: NamedStack): StackJson {
  if (!isSynthesized(stack.folder)) synthesize(stack);
  return readStack(stack.folder);
}
