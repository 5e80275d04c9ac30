/** A line that was written to a stream of a log group. */
export interface LogLine {
  readonly stream: string;
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** In the order in which lines came, of all groups. */
  readonly serial: number;
}

/** Which lines are asked for: those of a group, of a time. */
export interface LinesQuery {
  readonly group: string;
  readonly from: number;
  /** The last millisecond. */
  readonly to: number;
}

interface Group {
  lines: LogLine[];
  /** Index of the first that is still kept. */
  start: number;
  size: number;
}

/** Of all groups, in characters: about what a terminal would keep, too. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** Size of a line beside its text. */
const LINE_CHARACTERS = 100;

const sizeOf = ({ message }: LogLine): number => message.length + LINE_CHARACTERS;

/** The last lines of each log group, in memory: when there are too many, the oldest of the largest group go. */
export class LogLines {
  private readonly groups = new Map<string, Group>();
  private size = 0;
  private serial = 0;

  constructor(private readonly most = MOST_CHARACTERS) {}

  add(name: string, { stream, message, timestamp = Date.now() }: NewLine): void {
    const group = this.groups.get(name) ?? { lines: [], start: 0, size: 0 };
    this.groups.set(name, group);
    this.serial += 1;
    const line = { stream, message, timestamp, serial: this.serial };
    group.lines.push(line);
    group.size += sizeOf(line);
    this.size += sizeOf(line);
    while (this.size > this.most) this.dropOldest();
  }

  /** In the order in which they came. */
  read({ group: name, from, to }: LinesQuery): readonly LogLine[] {
    const { lines, start } = this.groups.get(name) ?? { lines: [], start: 0 };
    return lines.slice(start).filter(({ timestamp }) => timestamp >= from && timestamp <= to);
  }

  private dropOldest(): void {
    let largest: Group | undefined;
    for (const group of this.groups.values()) if (!largest || group.size > largest.size) largest = group;
    const oldest = largest?.lines[largest.start];
    if (!largest || !oldest) return;
    largest.start += 1;
    largest.size -= sizeOf(oldest);
    this.size -= sizeOf(oldest);
    if (largest.start < 1024 || largest.start * 2 < largest.lines.length) return;
    largest.lines = largest.lines.slice(largest.start);
    largest.start = 0;
  }
}

export interface NewLine {
  readonly stream: string;
  readonly message: string;
  /** @default now */
  readonly timestamp?: number;
}
