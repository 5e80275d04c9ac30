import { types } from "node:util";
import type { ErrorPayload, ThrownError } from "./messages";

/** More would fill the terminal. */
const MOST_CAUSES = 5;
const LONGEST_DETAILS = 2000;

/** A thrown value in the form of Lambda's Node.js runtime. */
export function errorPayload(thrown: unknown): Required<ErrorPayload> {
  if (types.isNativeError(thrown) || thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/** Members that a program has added to an error. */
function detailsOf(error: Error): string | undefined {
  const own = Object.entries(error).filter(
    ([name]) => !["name", "message", "stack", "cause", "errors"].includes(name) && !/^[$_]/.test(name),
  );
  try {
    const text = JSON.stringify(Object.fromEntries(own));
    return text === "{}" ? undefined : text.slice(0, LONGEST_DETAILS);
  } catch {
    // A circle, say. It is the words that count.
    return undefined;
  }
}

function causesOf(thrown: unknown): readonly unknown[] {
  if (!(thrown instanceof Error)) return [];
  const several = "errors" in thrown && Array.isArray(thrown.errors) ? thrown.errors : [];
  return [...(thrown.cause === undefined ? [] : [thrown.cause]), ...several];
}

/** All that a person wants to know of what was thrown: its words, its place, what made it so. */
export function thrownError(thrown: unknown, depth = 0): ThrownError {
  const { errorType, errorMessage, trace } = errorPayload(thrown);
  const causes = depth < MOST_CAUSES ? causesOf(thrown).slice(0, MOST_CAUSES) : [];
  const details = thrown instanceof Error ? detailsOf(thrown) : undefined;
  return {
    errorType,
    errorMessage,
    trace: trace.filter((line) => /^\s+at /.test(line)),
    ...(details === undefined ? {} : { details }),
    causes: causes.map((cause) => thrownError(cause, depth + 1)),
  };
}
