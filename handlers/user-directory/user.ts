import type * as z from "zod/mini";
import type { NewUser, UserChange, User as UserSchema } from "../../contracts/user-directory";

/** A user as it is kept and answered. */
export type User = z.infer<typeof UserSchema>;

/** A user to be, with an id. */
export type IdentifiedUser = z.infer<typeof NewUser> & { readonly userId: string };

/** The fields of a user that a client may replace. */
export type UserChangeBody = z.infer<typeof UserChange>;

/** A page of the users with an address; without an end it is the last. */
export interface UserPage {
  readonly users: User[];
  /** The id of the last user in it. */
  readonly end?: string;
}

/** One version of one user: who takes an id that was given up is another, of a later date, with the same versions. */
export interface Revision {
  readonly createdAt: string;
  readonly version: number;
}

/** The ETag of a user. */
export const etagOf = ({ version, createdAt }: Revision): string => `"${version}-${createdAt}"`;

/** The revision that an ETag stands for; one that nobody has when we never made such a tag. */
export function revisionOf(etag: string): Revision {
  const [, version = 0, createdAt = ""] = /^"([1-9]\d{0,14})-([\d-]{10}T[\d:.]{12}Z)"$/.exec(etag) ?? [];
  return { version: Number(version), createdAt };
}
