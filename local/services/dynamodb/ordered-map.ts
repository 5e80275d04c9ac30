import type { Entries } from "./entries";

/** Entries of a leaf, and children of a branch, before it is split in two. */
const WIDTH = 64;

interface Leaf<V> {
  readonly keys: string[];
  readonly values: V[];
  next: Leaf<V> | undefined;
  previous: Leaf<V> | undefined;
}

/** `keys[i]` is the least key that may be below `children[i + 1]`. */
interface Branch<V> {
  readonly keys: string[];
  readonly children: Node<V>[];
}

type Node<V> = Leaf<V> | Branch<V>;

const isBranch = <V>(node: Node<V>): node is Branch<V> => "children" in node;

/** Number of sorted keys that are less than the key, or also those equal to it. */
function position(keys: readonly string[], key: string, orEqual: boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const known = keys[middle] as string;
    if (known < key || (orEqual && known === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const leaf = <V>(keys: string[] = [], values: V[] = []): Leaf<V> => ({
  keys,
  values,
  next: undefined,
  previous: undefined,
});

/** Nodes of a tree that is made at once are this full, so that those that come next find room. */
const FILL = 48;

interface Subtree<V> {
  readonly node: Node<V>;
  /** The least key below it. */
  readonly least: string;
}

/** Linked leaves of sorted keys: one at least. */
function leavesOf<V>({ keys, values }: Entries<V>): Subtree<V>[] {
  const leaves: Subtree<V>[] = [];
  let last: Leaf<V> | undefined;
  for (let at = 0; at < keys.length || !last; at += FILL) {
    const next: Leaf<V> = leaf(keys.slice(at, at + FILL), values.slice(at, at + FILL));
    next.previous = last;
    if (last) last.next = next;
    leaves.push({ node: next, least: next.keys[0] ?? "" });
    last = next;
  }
  return leaves;
}

/** The tree over the nodes of one level. */
function treeOver<V>(level: readonly Subtree<V>[]): Node<V> {
  const [only] = level;
  if (only && level.length === 1) return only.node;
  const parents: Subtree<V>[] = [];
  for (let at = 0; at < level.length; at += FILL) {
    const below = level.slice(at, at + FILL);
    const keys = below.slice(1).map(({ least }) => least);
    parents.push({ node: { keys, children: below.map(({ node }) => node) }, least: below[0]?.least ?? "" });
  }
  return treeOver(parents);
}

/**
 * A map in the order of its keys: a B+ tree whose leaves are linked, so that reading, writing and finding the start of
 * a range cost the logarithm of its size. Keys compare by their characters' codes.
 */
export class OrderedMap<V> {
  size = 0;
  private root: Node<V> = leaf();

  /** @param entries with which it begins, sorted */
  constructor(entries?: Entries<V>) {
    if (!entries) return;
    this.size = entries.keys.length;
    this.root = treeOver(leavesOf(entries));
  }

  get(key: string): V | undefined {
    const { keys, values } = this.leafOf(key);
    const at = position(keys, key, false);
    return keys[at] === key ? values[at] : undefined;
  }

  set(key: string, value: V): void {
    const split = this.insert(this.root, key, value);
    if (split) this.root = { keys: [split.key], children: [this.root, split.right] };
  }

  delete(key: string): void {
    this.remove(this.root, key);
    if (isBranch(this.root) && this.root.children.length === 0) this.root = leaf();
    while (isBranch(this.root) && this.root.children.length === 1) this.root = this.root.children[0] as Node<V>;
  }

  /** The entries from a key (included) to another (not included), by ascending keys. */
  *ascending(from: string, to: string): Generator<[string, V]> {
    let at: Leaf<V> | undefined = this.leafOf(from);
    let index = position(at.keys, from, false);
    for (; at; at = at.next, index = 0) {
      for (; index < at.keys.length; index += 1) {
        const key = at.keys[index] as string;
        if (key >= to) return;
        yield [key, at.values[index] as V];
      }
    }
  }

  /** The same entries by descending keys. */
  *descending(from: string, to: string): Generator<[string, V]> {
    let at: Leaf<V> | undefined = this.leafOf(to);
    let index = position(at.keys, to, false) - 1;
    for (; at; at = at.previous, index = (at?.keys.length ?? 0) - 1) {
      for (; index >= 0; index -= 1) {
        const key = at.keys[index] as string;
        if (key < from) return;
        yield [key, at.values[index] as V];
      }
    }
  }

  /** All values, by ascending keys. */
  *values(): Generator<V> {
    let node = this.root;
    while (isBranch(node)) node = node.children[0] as Node<V>;
    for (let at: Leaf<V> | undefined = node; at; at = at.next) yield* at.values;
  }

  private leafOf(key: string): Leaf<V> {
    let node = this.root;
    while (isBranch(node)) node = node.children[position(node.keys, key, true)] as Node<V>;
    return node;
  }

  /** @returns what has to stand beside the node from now on, and its least key */
  private insert(node: Node<V>, key: string, value: V): { key: string; right: Node<V> } | undefined {
    if (!isBranch(node)) return this.insertIntoLeaf(node, key, value);
    const at = position(node.keys, key, true);
    const split = this.insert(node.children[at] as Node<V>, key, value);
    if (!split) return undefined;
    node.keys.splice(at, 0, split.key);
    node.children.splice(at + 1, 0, split.right);
    if (node.children.length <= WIDTH) return undefined;
    const half = node.children.length >>> 1;
    const children = node.children.splice(half);
    const keys = node.keys.splice(half - 1);
    return { key: keys[0] as string, right: { keys: keys.slice(1), children } };
  }

  private insertIntoLeaf(node: Leaf<V>, key: string, value: V) {
    const at = position(node.keys, key, false);
    if (node.keys[at] === key) {
      node.values[at] = value;
      return undefined;
    }
    this.size += 1;
    node.keys.splice(at, 0, key);
    node.values.splice(at, 0, value);
    if (node.keys.length <= WIDTH) return undefined;
    // Keys that come in order leave full leaves.
    const half = at === node.keys.length - 1 ? at : node.keys.length >>> 1;
    const right = leaf(node.keys.splice(half), node.values.splice(half));
    right.next = node.next;
    right.previous = node;
    if (node.next) node.next.previous = right;
    node.next = right;
    return { key: right.keys[0] as string, right };
  }

  /** Leaves may become small, but none stays empty. @returns whether the node is empty */
  private remove(node: Node<V>, key: string): boolean {
    if (isBranch(node)) {
      const at = position(node.keys, key, true);
      if (this.remove(node.children[at] as Node<V>, key)) {
        node.children.splice(at, 1);
        node.keys.splice(Math.max(0, at - 1), 1);
      }
      return node.children.length === 0;
    }
    const at = position(node.keys, key, false);
    if (node.keys[at] !== key) return false;
    this.size -= 1;
    node.keys.splice(at, 1);
    node.values.splice(at, 1);
    if (node.keys.length > 0) return false;
    if (node.next) node.next.previous = node.previous;
    if (node.previous) node.previous.next = node.next;
    return node !== this.root;
  }
}
