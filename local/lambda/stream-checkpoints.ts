import { WriteLog } from "../store/write-log";

/** How far a function has read a stream. */
export interface Checkpoint {
  /** The sequence number of the first record that is not done. */
  readonly next: number;
  /** Where the part of a batch ends that is tried by itself: the first record behind it. @default a whole batch */
  readonly until?: number;
  /** How often the batch that begins here has failed. */
  readonly failures: number;
}

/** Whose a checkpoint is. */
interface Reader {
  readonly streamArn: string;
  readonly functionName: string;
}

const addressOf = ({ streamArn, functionName }: Reader): string => `${streamArn} ${functionName}`;

/** How far each function has read each stream: written down as it goes on, so that the next process goes on from there. */
export class Checkpoints {
  private readonly log: WriteLog<Checkpoint>;
  private readonly known: Map<string, Checkpoint>;

  /** @throws UserError when what was kept is damaged */
  constructor(path: string) {
    this.log = new WriteLog(path);
    const kept = this.log.read().flatMap(({ table, key, item }) => (item ? [[`${table} ${key}`, item] as const] : []));
    this.known = new Map(kept);
  }

  of(reader: Reader): Checkpoint | undefined {
    return this.known.get(addressOf(reader));
  }

  /** @throws StorageError when the disk does not take it; then the function has read as far as before */
  save(reader: Reader, checkpoint: Checkpoint): void {
    this.log.append({ table: reader.streamArn, key: reader.functionName, item: checkpoint });
    this.known.set(addressOf(reader), checkpoint);
  }

  close(): void {
    this.log.close();
  }
}
