import { UserError } from "../../lib/user-error";
import { readStacks, type StackJson } from "../../stack-json/document";

/** The stacks of dev that were synthesized, by system. @throws UserError when there are none */
export function devStacks(): ReadonlyMap<string, StackJson> {
  const stacks = [...readStacks("cdktf.out")].flatMap(([id, json]) => {
    const [, system] = /^(.*)-dev$/.exec(id) ?? [];
    return system === undefined ? [] : [[system, json] as const];
  });
  if (stacks.length === 0)
    throw new UserError("cdktf.out/stacks must contain stacks of dev, got none; run npm run synth");
  return new Map(stacks);
}
