import { type Change, changesAbout } from "./change";
import { type Comparison, type Kept, membersByName } from "./comparison";
import { differences, inFewWords } from "./differences";

const data = changesAbout("data");

/** What of an index can't be changed: it is deleted and built again. */
const fixed = ["hash_key", "range_key", "projection_type", "non_key_attributes"];

const indexesOf = ({ args }: Kept["before"]) => membersByName(args["global_secondary_index"]);

/** An index that goes is gone before any function stops to query it, and one that comes is built after that. */
function indexChanges(kept: Kept): Change[] {
  const { before, after } = kept;
  const [had, has] = [indexesOf(before), indexesOf(after)];
  const gone = [...had.keys()].filter((name) => !has.has(name));
  const made = [...has.keys()].filter((name) => !had.has(name));
  const meanwhile =
    made.length > 0 ? `, and ${made.join(", ")} is made after that: add first, remove in a deployment of its own` : "";
  const lost = gone.map((name) =>
    data(
      "risk",
      `${after.label} loses its index ${name}: who queries it, also a version that serves until then, fails${meanwhile}`,
    ),
  );
  return [...lost, ...rebuilt(kept)];
}

function rebuilt({ before, after }: Kept): Change[] {
  const had = indexesOf(before);
  return [...indexesOf(after)].flatMap(([name, index]) => {
    const old = had.get(name);
    const found = old ? fixed.flatMap((argument) => differences(old[argument], index[argument], argument)) : [];
    const text = `${after.label} loses its index ${name} until it is built again (${inFewWords(found)}): who queries it meanwhile fails; make it under another name, remove this one in a deployment of its own`;
    return found.length === 0 ? [] : [data("risk", text)];
  });
}

/** Changes that delete an index which may still be queried. */
export const lostIndexes = (comparison: Comparison): Change[] =>
  comparison
    .keptOf("aws_dynamodb_table")
    .filter((kept) => !comparison.isReplaced(kept))
    .flatMap(indexChanges);
