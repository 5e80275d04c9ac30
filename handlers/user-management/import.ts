import type * as z from "zod/mini";
import type { ImportStatus } from "../../contracts/user-management";

/** An import and what became of its users, as it is answered. */
export type Import = z.infer<typeof ImportStatus>;

/** What became of a user in the end. */
export type ImportOutcome = Exclude<Import["users"][number]["outcome"], "pending" | "failed">;
