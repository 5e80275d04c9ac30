import { isDeepStrictEqual } from "node:util";
import { resourceType } from "../../aws/catalogue";
import { type Change, changesAbout } from "./change";
import { type Comparison, type Kept, membersByName } from "./comparison";
import { differences, inFewWords } from "./differences";

/** What changes of one member of a set that the provider compares by name. */
function unseenIn({ before, after }: Kept, argument: string): Change[] {
  const had = membersByName(before.args[argument]);
  return [...membersByName(after.args[argument])].flatMap(([name, member]) => {
    const old = had.get(name);
    if (!old || isDeepStrictEqual(old, member)) return [];
    const how = inFewWords(differences(old, member, `${argument} ${name}`));
    const text = `${after.label} stays as it is, though the code says otherwise: ${how}. Terraform compares names alone here; another name would be made, with all that this takes`;
    return [changesAbout("data")("risk", text)];
  });
}

/** Changes of the code that are in no plan, so that what is deployed is not what the code says. */
export const unseenChanges = (comparison: Comparison): Change[] =>
  comparison.kept
    .filter((kept) => !comparison.isReplaced(kept))
    .flatMap((kept) => (resourceType(kept.after.type)?.comparedByName ?? []).flatMap((name) => unseenIn(kept, name)));
