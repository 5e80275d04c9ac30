/** Something a person can put right; shown as one line without a trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** What an error says, in one piece. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
