import type * as z from "zod/mini";
import type {
  ImportedUser as ImportedUserSchema,
  StoredUser as StoredUserSchema,
  UserChange as UserChangeSchema,
} from "../../contracts/user-management";

/** A user as it is kept and answered. */
export type StoredUser = z.infer<typeof StoredUserSchema>;

/** A user to be, with an id. */
export type IdentifiedUser = z.infer<typeof ImportedUserSchema>;

/** The fields of a user that a client may replace. */
export type UserChangeBody = z.infer<typeof UserChangeSchema>;

/** One version of one entry: an id that was given up and taken again has another entry, with the same versions. */
export interface Revision {
  readonly createdDate: string;
  readonly version: number;
}

/** The ETag of a user. */
export const etagOf = ({ version, createdDate }: Revision): string => `"${version}-${createdDate}"`;

/** The revision that an ETag stands for; undefined when we never made such a tag. */
export function revisionOf(etag: string): Revision | undefined {
  const [, version, createdDate] = /^"([1-9]\d{0,14})-([\d-]{10}T[\d:.]{12}Z)"$/.exec(etag) ?? [];
  return version && createdDate ? { version: Number(version), createdDate } : undefined;
}
