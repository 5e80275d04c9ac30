import { types } from "node:util";
import type { ErrorPayload } from "./messages";

/** What was thrown, in the words of Lambda's Node.js runtime. */
export function errorPayload(thrown: unknown): Required<ErrorPayload> {
  if (types.isNativeError(thrown) || thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}
