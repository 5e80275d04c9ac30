/** Pseudorandom numbers from 0 to below 1 by a seed (the generator mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** So many of a list, in the list's order; all of a shorter one. */
export function sample<Item>(items: readonly Item[], count: number, seed: number): Item[] {
  const next = random(seed);
  const drawn = items.map((item, at) => ({ item, at, key: next() })).sort((one, other) => one.key - other.key);
  return drawn
    .slice(0, count)
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
