/** A request's headers: the spelling of the client is kept, lookups don't mind it. */
export class RequestHeaders {
  /** In lower case, in the order they came. */
  readonly names: readonly string[];
  /** The length of all values together, which API Gateway limits. */
  readonly size: number;

  /** @param raw - names and values in turn, as Node parses them */
  constructor(readonly raw: readonly string[]) {
    const names: string[] = [];
    let size = 0;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      names.push((raw[at] as string).toLowerCase());
      size += (raw[at + 1] as string).length;
    }
    this.names = names;
    this.size = size;
  }

  /** The value of a header, the last one if it came more than once. @param name - in lower case */
  get(name: string): string | undefined {
    const at = this.names.lastIndexOf(name);
    return at < 0 ? undefined : this.raw[2 * at + 1];
  }

  /** All values of a header, in the order they came. @param name - in lower case */
  all(name: string): string[] | undefined {
    const values = this.raw.filter((_, at) => at % 2 === 1 && this.names[(at - 1) / 2] === name);
    return values.length > 0 ? values : undefined;
  }

  /** The value of a header that is spelled exactly so. */
  spelled(name: string): string | undefined {
    for (let at = this.raw.length - 2; at >= 0; at -= 2) if (this.raw[at] === name) return this.raw[at + 1];
    return undefined;
  }
}
