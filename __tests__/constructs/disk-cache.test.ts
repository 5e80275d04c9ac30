import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { DiskCache } from "../../constructs/synth/disk-cache";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "packages-"));
  folder = join(root, "cache");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const packed = (code: string): string => `packed ${code}`;

/** Asks for a package. */
function ask(cache: DiskCache, code: string) {
  let made = 0;
  const found = cache.made(bytes(code), () => {
    made += 1;
    return bytes(packed(code));
  });
  return { text: Buffer.from(found).toString(), made };
}

const cacheOf = (way = "a", most?: number) => new DiskCache(folder, way, most);
const onlyFile = (): string => join(folder, readdirSync(folder)[0] ?? "");

test("a package is made once, for each process that asks for it", () => {
  expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 1 });
  expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 0 });
});

test("another code, or another way to pack, has a package of its own", () => {
  ask(cacheOf("a"), "one");
  expect(ask(cacheOf("a"), "two")).toEqual({ text: packed("two"), made: 1 });
  expect(ask(cacheOf("b"), "one")).toEqual({ text: packed("one"), made: 1 });
  // Nor is the end of one taken for the beginning of the other.
  expect(ask(cacheOf("ao"), "ne").made).toBe(1);
});

test("a package that is damaged anywhere, cut short or longer is made again, and mended", () => {
  const damage = fc.oneof(
    fc.record({ at: fc.nat(), bit: fc.nat(7) }).map(({ at, bit }) => (kept: Buffer) => {
      const changed = Buffer.from(kept);
      const place = at % changed.length;
      changed[place] = (changed[place] ?? 0) ^ (1 << bit);
      return changed;
    }),
    fc.nat().map((length) => (kept: Buffer) => kept.subarray(0, length % kept.length)),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => (kept: Buffer) => Buffer.concat([kept, more])),
  );
  fc.assert(
    fc.property(damage, (damaged) => {
      ask(cacheOf(), "one");
      writeFileSync(onlyFile(), damaged(readFileSync(onlyFile())));
      expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 1 });
      expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 0 });
    }),
  );
});

test("the whole package of another code is not taken for this one's", () => {
  ask(cacheOf(), "one");
  const first = onlyFile();
  const kept = readFileSync(first);
  ask(cacheOf(), "two");
  const [other = ""] = readdirSync(folder).filter((name) => join(folder, name) !== first);
  writeFileSync(join(folder, other), kept);
  expect(ask(cacheOf(), "two")).toEqual({ text: packed("two"), made: 1 });
});

test("the folder may be deleted between any two questions", () => {
  const cache = cacheOf();
  ask(cache, "one");
  rmSync(folder, { recursive: true });
  expect(ask(cache, "one")).toEqual({ text: packed("one"), made: 1 });
  expect(ask(cache, "one").made).toBe(0);
});

test("it may be deleted while a package is made", () => {
  const cache = cacheOf();
  ask(cache, "one");
  const found = cache.made(bytes("two"), () => {
    rmSync(folder, { recursive: true });
    return bytes(packed("two"));
  });
  expect(Buffer.from(found).toString()).toBe(packed("two"));
  expect(ask(cache, "two").made).toBe(0);
});

test.each<[string, () => void]>([
  ["a file is where the folder should be", () => writeFileSync(folder, "")],
  [
    "a file is where a folder above should be",
    () => {
      rmSync(root, { recursive: true });
      writeFileSync(root, "");
    },
  ],
  [
    "a folder is where the package should be",
    () => {
      ask(cacheOf(), "one");
      const file = onlyFile();
      rmSync(file);
      mkdirSync(join(file, "in the way"), { recursive: true });
    },
  ],
])("packages are the same when nothing can be kept: %s", (_, spoil) => {
  spoil();
  expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 1 });
  expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 1 });
  cacheOf().tidy();
});

test("what fails is the packing's, not the cache's", () => {
  const fail = () => {
    throw new Error("no memory");
  };
  expect(() => cacheOf().made(bytes("one"), fail)).toThrow("no memory");
  expect(ask(cacheOf(), "one").made).toBe(1);
});

test("of two that write the same at once, either's is whole, and nothing else is left", () => {
  const [one, other] = [cacheOf(), cacheOf()];
  one.made(bytes("one"), () => {
    expect(ask(other, "one").made).toBe(1);
    return bytes(packed("one"));
  });
  expect(readdirSync(folder)).toHaveLength(1);
  expect(ask(cacheOf(), "one")).toEqual({ text: packed("one"), made: 0 });
});

test("what was used longest ago goes, beyond the most that is kept", () => {
  const cache = cacheOf("a", 3);
  const codes = ["one", "two", "three", "four", "five"];
  const known = new Set<string>();
  for (const [at, code] of codes.entries()) {
    ask(cache, code);
    const [file = ""] = readdirSync(folder).filter((name) => !known.has(name));
    known.add(file);
    utimesSync(join(folder, file), at + 1, at + 1);
  }
  // Of half an attempt, nobody knows any more.
  writeFileSync(join(folder, "half"), "");
  utimesSync(join(folder, "half"), 0, 0);
  expect(ask(cache, "one").made).toBe(0);
  cache.tidy();
  expect(readdirSync(folder)).toHaveLength(3);
  expect(["one", "four", "five", "two", "three"].map((code) => ask(cache, code).made)).toEqual([0, 0, 0, 1, 1]);
});

test("a few are left alone", () => {
  const cache = cacheOf("a", 3);
  for (const code of ["one", "two", "three"]) ask(cache, code);
  cache.tidy();
  expect(readdirSync(folder)).toHaveLength(3);
});
