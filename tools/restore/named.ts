import { readFileSync } from "node:fs";
import { UserError } from "../../lib/user-error";
import type { Candidate } from "./candidates";

const NOT_THERE = "not there";

/** The line of a candidate in a list, which is read again: its id, and the item in its place. */
export const lineOf = ({ id, deletedAt }: Candidate): string =>
  `${id}\t${deletedAt ? `deleted ${deletedAt.time}` : NOT_THERE}`;

/** Ids that a person named, each with what was listed in its place; none where only the id was named. */
export type Named = ReadonlyMap<string, string | undefined>;

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    throw new UserError(`--only-from ${file}: can't be read: ${(error as Error).message}`);
  }
}

/** Ids as they are named on the command line, and lines as they were listed. */
export function named(ids: readonly string[], file: string | undefined): Named {
  const lines = [...ids, ...(file === undefined ? [] : linesOf(file))].map((line) => line.trim());
  return new Map(
    lines
      .filter((line) => line !== "")
      .map((line): [string, string | undefined] => {
        const [id = "", state] = line.split("\t");
        return [id.trim(), state?.trim()];
      }),
  );
}

/** Whether a candidate is named, and still what it was when it was listed. */
export function isNamed(names: Named, candidate: Candidate): boolean {
  const listed = names.get(candidate.id);
  return names.has(candidate.id) && (listed === undefined || `${candidate.id}\t${listed}` === lineOf(candidate));
}
