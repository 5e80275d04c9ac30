import type * as z from "zod/mini";
import type { User as UserSchema } from "../../contracts/user-directory";

/** A user as it is kept and answered. */
export type User = z.infer<typeof UserSchema>;

/** A page of the users with an address; without an end it is the last. */
export interface UserPage {
  readonly users: User[];
  /** The id of the last user in it. */
  readonly end?: string;
}
