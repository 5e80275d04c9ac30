import type * as z from "zod/mini";
import type { Problem } from "../../contracts/errors";

type Issue = z.core.$ZodIssue;

/** A client reads this many problems; ten megabytes of wrong values don't come back as a hundred of messages. */
const MAX_PROBLEMS = 100;
/** Names of unknown fields are as long as a client likes. */
const MAX_PATH = 200;

/** The message of zod/mini for a schema without one of its own. */
const NO_MESSAGE = "Invalid input";

const units: Readonly<Record<string, string>> = { string: " characters", array: " elements", set: " elements" };

const quoted = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(", ");

function bound({ origin }: { origin: string }, words: string, limit: number | bigint): string {
  const unit = units[origin];
  return unit ? `must hold ${words} ${limit}${unit}` : `must be ${words} ${limit}`;
}

/** The issue in words for a person: zod/mini leaves its messages out to stay small. */
function describe(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${/^[aeio]/.test(issue.expected) ? "an" : "a"} ${issue.expected}`;
    case "too_small":
      return bound(issue, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return bound(issue, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return `must be a valid ${issue.format}`;
    case "invalid_value":
      return issue.values.length === 1 ? `must be ${quoted(issue.values)}` : `must be one of ${quoted(issue.values)}`;
    case "invalid_key":
      return `has a name that is not allowed: ${issue.issues[0] ? messageOf(issue.issues[0]) : "malformed"}`;
    case "invalid_union":
      return "must have one of the allowed forms";
    default:
      return "is not valid";
  }
}

const messageOf = (issue: Issue): string => (issue.message === NO_MESSAGE ? describe(issue) : issue.message);

/** Whether there is nothing at the path. */
function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value === undefined;
}

const toPath = (part: string, path: readonly PropertyKey[]): string => {
  const text = [part, ...path].map(String).join(".");
  return text.length > MAX_PATH ? `${text.slice(0, MAX_PATH)}…` : text;
};

/** A problem at a place in one part of the request. */
export const problemAt = (part: string, path: readonly PropertyKey[], message: string): Problem => ({
  path: toPath(part, path),
  message,
});

/** The problems that a schema found in one part of a request: `body`, `query`… */
export function problemsIn(part: string, issues: readonly Issue[], input: unknown): Problem[] {
  const problems: Problem[] = [];
  for (const issue of issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) problems.push(problemAt(part, [...issue.path, key], "is not a known field"));
    } else {
      const missing = issue.code === "invalid_type" && isMissing(input, issue.path);
      problems.push(problemAt(part, issue.path, missing ? "is required" : messageOf(issue)));
    }
    if (problems.length > MAX_PROBLEMS) break;
  }
  return problems;
}

/** Number of problems in a response at most. */
export function capped(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [...problems.slice(0, MAX_PROBLEMS - 1), { path: "", message: "there are more problems, not listed here" }];
}
