/** The characters of a key that are compared as one number, and the numbers that its place has below them. */
const CHARACTERS = 3;
const PLACES = 2 ** 29;

/** A number whose order is that of the first characters of a key, none of which is above 255. */
function firstCharacters(key: string): number {
  let value = 0;
  for (let at = 0; at < CHARACTERS; at += 1) value = value * 256 + (at < key.length ? key.charCodeAt(at) : 0);
  return value;
}

/**
 * The places of keys in the keys' order, equal ones in that of their places. Numbers are sorted in a fraction of the time
 * that texts are, and the first characters of nearly all keys are a hash: few are left that begin alike.
 */
function orderOf(keys: readonly string[], beginnings: readonly number[]): Uint32Array {
  const numbers = Float64Array.from(beginnings);
  for (let place = 0; place < numbers.length; place += 1) numbers[place] = (beginnings[place] ?? 0) * PLACES + place;
  numbers.sort();
  const order = new Uint32Array(keys.length);
  const inOrder = (one: number, other: number): number => {
    const [left, right] = [keys[one] as string, keys[other] as string];
    return left < right ? -1 : left > right ? 1 : one - other;
  };
  let [start, beginning] = [0, -1];
  for (let at = 0; at < order.length; at += 1) {
    const number = numbers[at] as number;
    order[at] = number % PLACES;
    const next = Math.floor(number / PLACES);
    if (next === beginning) continue;
    if (at - start > 1) order.subarray(start, at).sort(inOrder);
    [start, beginning] = [at, next];
  }
  order.subarray(start).sort(inOrder);
  return order;
}

/** Keys with their values as they come, which are sorted once: that costs far less than to find the place of each. */
export class Entries<V> {
  keys: string[] = [];
  values: V[] = [];
  /** The numbers of the keys' first characters. To take them at once makes one text of a key's parts, before many are kept. */
  private beginnings: number[] = [];

  add(key: string, value: V): void {
    this.beginnings.push(firstCharacters(key));
    this.keys.push(key);
    this.values.push(value);
  }

  /**
   * Puts them in the order of their keys, and keeps of each key the value that came last, if that is to be kept.
   *
   * @returns the values that were dropped
   */
  sort(isKept?: (value: V) => boolean): readonly V[] {
    const { keys, values, beginnings } = this;
    const order = orderOf(keys, beginnings);
    const dropped: V[] = [];
    // Lists that grow leave shorter ones in memory: of a million entries more than the entries themselves.
    [this.keys, this.values, this.beginnings] = [Array(keys.length), Array(keys.length), Array(keys.length)];
    let kept = 0;
    for (let at = 0; at < order.length; at += 1) {
      const place = order[at] as number;
      const key = keys[place] as string;
      const value = values[place] as V;
      if (key === keys[order[at + 1] ?? -1] || (isKept && !isKept(value))) dropped.push(value);
      else {
        this.keys[kept] = key;
        this.values[kept] = value;
        this.beginnings[kept] = beginnings[place] as number;
        kept += 1;
      }
    }
    for (const list of [this.keys, this.values, this.beginnings]) list.length = kept;
    return dropped;
  }
}
