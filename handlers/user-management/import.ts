import type * as z from "zod/mini";
import type { ImportStatus } from "../../contracts/user-management";

/** An import and what became of its users, as it is answered. */
export type Import = z.infer<typeof ImportStatus>;

/** Final outcome of a user. */
export type ImportOutcome = Exclude<Import["users"][number]["outcome"], "pending" | "failed">;
