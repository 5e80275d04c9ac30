/**
 * Treatment of a member of an operation's output: it is given wherever AWS gives it; or it is left out, for a reason.
 * `each` is about the members of the elements of a list or map, `members` about those of a structure.
 */
export type Answer =
  | "given"
  | { readonly leftOut: string }
  | { readonly each: Answers }
  | { readonly members: Answers };

export type Answers = Readonly<Record<string, Answer>>;

/** The members with these names, separated by spaces, with which the same is done. */
const named = (names: string, answer: Answer): Answers =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, answer]));

export const given = (names: string): Answers => named(names, "given");

export const leftOut = (reason: string, names: string): Answers => named(names, { leftOut: reason });
