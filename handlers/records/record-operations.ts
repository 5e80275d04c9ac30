import type { Claim } from "./idempotency";
import type { Draft, KeptRecord } from "./record";

/** Arguments of a creation beside the body. */
export interface Creation {
  /** Names this write and no other. */
  readonly token: string;
  readonly draft: Draft;
  /** Present when the client sent an idempotency key. */
  readonly claim?: Claim;
}

/** Result of a creation: the record, and whether this call created it. */
export interface Created {
  readonly record: KeptRecord;
  readonly created: boolean;
}

/** Last item of a page of a source's records. */
export type PageEnd = Readonly<Record<"recordId" | "createdAt", string>>;

/** A page of a source's records; without an end it is the last. */
export interface Page {
  readonly records: KeptRecord[];
  readonly end?: PageEnd;
}
