import { createHash } from "node:crypto";
import { PreconditionFailed } from "../runtime/errors";
import type { KeptRecord } from "./record";

/**
 * Names a write in addresses, and says nothing of the token that it comes from. Nobody can know it before the write is
 * done, so nobody can have had an answer cached under it that is older.
 */
const writeName = (token: string): string => createHash("sha256").update(token).digest("hex").slice(0, 16);

/** The query with which a read sees this version or a later one, whatever is cached. */
export const versionQuery = ({ version, writtenBy }: Pick<KeptRecord, "version" | "writtenBy">): string =>
  `?version=${version}&write=${writeName(writtenBy)}`;

/** The query with which a read sees at once that a record is gone. No version comes after a deletion. */
export const deletionQuery = (token: string): string => `?write=${writeName(token)}`;

/** 412: the record has another version by now. */
export class StaleVersion extends PreconditionFailed {
  constructor(readonly current: KeptRecord) {
    super();
  }

  /** The same, saying where the current version is read. @param path the record's */
  at(path: string): PreconditionFailed {
    const { version } = this.current;
    const location = `${path}${versionQuery(this.current)}`;
    const problem = { path: "headers.if-match", message: `the current version is ${version}: read ${location}` };
    return new PreconditionFailed({ details: [problem], location });
  }
}
