import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A resource's arguments, as they stand in the JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What is read of a synthesized stack. */
export interface StackJson {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
  readonly variable?: Readonly<Record<string, { readonly sensitive?: boolean; readonly default?: unknown }>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly provider?: { readonly aws?: readonly Arguments[] };
  readonly terraform?: Arguments;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly import?: readonly { readonly to: string; readonly id: string }[];
  readonly removed?: readonly { readonly from: string; readonly lifecycle?: { readonly destroy?: boolean } }[];
}

/** The stacks in a folder that was synthesized to, by id. */
export function readStacks(folder: string): Map<string, StackJson> {
  const stacks = join(folder, "stacks");
  if (!existsSync(stacks)) throw new Error(`${folder} must hold synthesized stacks, got none; run npm run synth`);
  const ids = readdirSync(stacks).filter((id) => existsSync(join(stacks, id, "cdk.tf.json")));
  return new Map(
    ids.sort().map((id) => [id, JSON.parse(readFileSync(join(stacks, id, "cdk.tf.json"), "utf8")) as StackJson]),
  );
}
