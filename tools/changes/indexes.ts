import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";

const data = changesAbout("data");

const namesOf = (indexes: unknown): string[] =>
  Array.isArray(indexes) ? indexes.map((index: { name?: unknown }) => String(index.name)) : [];

/** An index that goes is gone before any function stops to query it, and one that comes is built after that. */
function indexChanges({ before, after }: Kept): Change[] {
  const [had, has] = [before, after].map(({ args }) => namesOf(args["global_secondary_index"])) as [string[], string[]];
  const gone = had.filter((name) => !has.includes(name));
  const made = has.filter((name) => !had.includes(name));
  const meanwhile =
    made.length > 0 ? `, and ${made.join(", ")} is made after that: add first, remove in a deployment of its own` : "";
  return gone.map((name) =>
    data(
      "risk",
      `${after.label} loses its index ${name}: who queries it, also a version that serves until then, fails${meanwhile}`,
    ),
  );
}

/** Changes that delete an index which may still be queried. */
export const lostIndexes = (comparison: Comparison): Change[] =>
  comparison
    .keptOf("aws_dynamodb_table")
    .filter((kept) => !comparison.isReplaced(kept))
    .flatMap(indexChanges);
