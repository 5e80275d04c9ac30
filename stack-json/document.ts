import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json } from "../lib/json";
import { messageOf, UserError } from "../lib/user-error";

/** A resource's arguments, as they stand in the JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

/** The parts of a synthesized stack that are read. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly variable?: Readonly<
    Record<string, { readonly sensitive?: boolean; readonly ephemeral?: boolean; readonly default?: unknown }>
  >;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly provider?: { readonly aws?: readonly Arguments[] };
  readonly terraform?: Arguments & {
    readonly backend?: Arguments;
    readonly cloud?: Arguments;
  };
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly import?: readonly { readonly to: string; readonly id: string }[];
  readonly removed?: readonly { readonly from: string; readonly lifecycle?: { readonly destroy?: boolean } }[];
}

/** The synthesized file in a stack's folder. */
export const stackFileName = "cdk.tf.json";

/** Nothing was synthesized to a folder yet: whoever runs a command has left out a step. */
export class NotSynthesized extends UserError {
  constructor(folder: string) {
    super(`${folder} must contain synthesized stacks, got none; run npm run synth`);
  }
}

/** Whether a stack was synthesized to a folder. */
export const isSynthesized = (folder: string): boolean => existsSync(join(folder, stackFileName));

/** The JSON object in a file. @throws UserError when there is none */
export function readDocument(path: string): { readonly [name: string]: Json } {
  try {
    const document: Json = JSON.parse(readFileSync(path, "utf8"));
    if (isObject(document)) return document;
  } catch (error) {
    throw new UserError(`${path} can't be read: ${messageOf(error)}`);
  }
  throw new UserError(`${path} must contain a JSON object`);
}

/** The version of Terraform that a stack wants, which stands beside its JSON. */
function requiredVersion(folder: string): Arguments {
  const path = join(folder, "versions.tf");
  const [, version] = (existsSync(path) && /required_version = "(.*)"/.exec(readFileSync(path, "utf8"))) || [];
  return version === undefined ? {} : { required_version: version };
}

/** The stack that was synthesized to a folder. @throws NotSynthesized when there is none */
export function readStack(folder: string): StackJson {
  if (!isSynthesized(folder)) throw new NotSynthesized(folder);
  const json = readDocument(join(folder, stackFileName)) as StackJson;
  return { ...json, terraform: { ...json.terraform, ...requiredVersion(folder) } };
}

/** The stacks in a folder that was synthesized to, by id. @throws NotSynthesized when there are none */
export function readStacks(folder: string): Map<string, StackJson> {
  const stacks = join(folder, "stacks");
  if (!existsSync(stacks)) throw new NotSynthesized(folder);
  const ids = readdirSync(stacks).filter((id) => isSynthesized(join(stacks, id)));
  return new Map(ids.sort().map((id) => [id, readStack(join(stacks, id))]));
}

/** The region and the accounts of a stack. @throws UserError when its provider names no region */
export function providerOf({ provider }: StackJson): { readonly region: string; readonly accounts: readonly string[] } {
  const { region, allowed_account_ids: accounts = [] } = provider?.aws?.[0] ?? {};
  if (typeof region !== "string")
    throw new UserError(`${stackFileName}: provider aws must name its region, got ${region}`);
  return { region, accounts: accounts as readonly string[] };
}
