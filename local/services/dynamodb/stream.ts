import type { Item } from "./attribute-value";
import type { StreamView } from "./table-settings";

/** A change of one item, as streams record it. */
export interface StreamRecord {
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly keys: Item;
  readonly before?: Item;
  readonly after?: Item;
  /** Whether the time to live removed it. */
  readonly expired?: boolean;
}

/** Retention of records. (Developer guide: "Change data capture for DynamoDB Streams") */
const KEPT_MILLISECONDS = 24 * 3600 * 1000;

/** The changes of a table's items of the last 24 hours, in order: one shard. */
export class Stream {
  readonly records: StreamRecord[] = [];
  /** The sequence number of the next record. */
  next = 1;

  constructor(
    readonly arn: string,
    /** When it was enabled. */
    readonly label: string,
    readonly view: StreamView,
  ) {}

  /** Its only shard, whose name says when it began. */
  get shardId(): string {
    const digits = this.label.replace(/\D/g, "");
    return `shardId-${digits.padStart(20, "0")}-${digits.slice(-8)}`;
  }

  append(record: StreamRecord): void {
    this.records.push(record);
    this.next = record.sequence + 1;
    const oldest = record.at - KEPT_MILLISECONDS;
    const kept = this.records.findIndex(({ at }) => at >= oldest);
    if (kept > 0) this.records.splice(0, kept);
  }

  /** The records from a sequence number on. */
  from(sequence: number, limit: number): readonly StreamRecord[] {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records[middle]?.sequence ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return this.records.slice(low, low + limit);
  }
}

/** A sequence number as AWS writes it: 21 digits at least. */
export const sequenceText = (sequence: number): string => String(sequence).padStart(21, "0");
