import { inspect } from "node:util";

/** Something a person can put right: shown as its message, where a fault of our own is shown with its trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** The message of anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The words that a person is shown of an error: a fault of our own keeps its trace, in TypeScript, and its causes. */
export function wordsOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  // A trace is written when it is first read.
  process.setSourceMapsEnabled(true);
  return inspect(error);
}
