/** Capacity of a ring. */
export interface Bounds<T> {
  readonly items: number;
  /** @default items are small, and only counted */
  readonly bytes?: number;
  readonly sizeOf?: (item: T) => number;
}

/** The newest of what came, as much of it as fits. */
export class Ring<T> {
  private readonly items: { readonly item: T; readonly size: number }[] = [];
  /** Items before this one have left, but for the array's memory. */
  private first = 0;
  private bytes = 0;
  /** Number of items added so far. */
  count = 0;

  constructor(private readonly bounds: Bounds<T>) {}

  push(item: T): void {
    const { items, bytes = Number.POSITIVE_INFINITY, sizeOf = () => 0 } = this.bounds;
    const size = sizeOf(item);
    this.items.push({ item, size });
    this.bytes += size;
    this.count += 1;
    // The newest stays, however large it is.
    while (this.length > items || (this.bytes > bytes && this.length > 1)) {
      this.bytes -= this.items[this.first]?.size ?? 0;
      this.first += 1;
    }
    // To move all of them for each that leaves would cost more than what they are.
    if (this.first > items) {
      this.items.splice(0, this.first);
      this.first = 0;
    }
  }

  get length(): number {
    return this.items.length - this.first;
  }

  /** Those that are there, the newest first. */
  *newestFirst(): Generator<T> {
    for (let at = this.items.length - 1; at >= this.first; at -= 1) {
      const found = this.items[at];
      if (found) yield found.item;
    }
  }

  /** The rows of the newest, so many at most; what has no row is left out. */
  newestRows<Row>(limit: number, rowOf: (item: T) => Row | undefined): readonly Row[] {
    const rows: Row[] = [];
    for (const item of this.newestFirst()) {
      if (rows.length === limit) break;
      const row = rowOf(item);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** Those that came after so many, the oldest first, as far as they are still there. */
  after(count: number): readonly T[] {
    const missed = Math.min(this.count - count, this.length);
    return missed <= 0 ? [] : this.items.slice(this.items.length - missed).map(({ item }) => item);
  }
}
