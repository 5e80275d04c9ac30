import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Write } from "../../../local/store/write-all";
import { type Entry, WriteLog } from "../../../local/store/write-log";
import { unnoticedChanges } from "../support/flipped-bytes";
import { temporaryFolder } from "../support/stack-file";

type Item = Readonly<Record<string, unknown>>;

const newPath = (): string => join(temporaryFolder(), "a.log");
const entriesAt = (path: string): readonly Entry<Item>[] => new WriteLog<Item>(path).read();
const put = (key: string, item: Item | null = { key }): Entry<Item> => ({ table: "t", key, item });

/** A disk that has room for so many bytes, and takes what fits. */
function diskOf(room: number) {
  const disk = { room };
  const write: Write = (file, bytes, offset, length) => {
    const fits = Math.min(length, disk.room);
    if (fits === 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    disk.room -= fits;
    return writeSync(file, bytes, offset, fits);
  };
  return { disk, write };
}

test("the last item of each key is there, whatever texts name it", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  const name = fc.oneof(text, fc.constantFrom("__proto__", "constructor", '"', "\\", '","', "\n", "\ud800"));
  const item = fc.option(fc.dictionary(name, fc.jsonValue()), { nil: null });
  fc.assert(
    fc.property(fc.array(fc.record({ table: name, key: name, item }), { maxLength: 30 }), (entries) => {
      const path = newPath();
      const log = new WriteLog<Item>(path);
      log.read();
      for (const entry of entries) log.append(entry as Entry<Item>);
      log.close();
      const last = new Map(entries.map((entry) => [JSON.stringify([entry.table, entry.key]), entry.item]));
      const expected = [...last].flatMap(([key, value]) => (value ? [[key, JSON.stringify(value)]] : []));
      const found = entriesAt(path).map(({ table, key, item }) => [JSON.stringify([table, key]), JSON.stringify(item)]);
      expect(found.sort()).toEqual(expected.sort());
    }),
    { numRuns: 200 },
  );
});

test("a write that the disk takes in part is refused as a whole, and later ones work when there is room", () => {
  const whole = Buffer.byteLength(`${JSON.stringify(["t", "b", { key: "b" }])}\t01234567\n`);
  for (let room = 0; room < whole; room += 1) {
    const path = newPath();
    const { disk, write } = diskOf(whole + room);
    const log = new WriteLog<Item>(path, write);
    log.read();
    log.append(put("a"));
    expect(() => log.append(put("b"))).toThrow(/a\.log can't be written: ENOSPC.*; make room; what is written after/);
    expect(entriesAt(path)).toEqual([put("a")]);
    expect(() => log.append(put("b"))).toThrow("ENOSPC");
    disk.room = 1000;
    log.append(put("c"));
    log.append(put("a", null));
    log.close();
    expect(entriesAt(path)).toEqual([put("c")]);
  }
});

test("whatever is cut off the last line, the others are there, and what is written next is not glued to it", () => {
  const lines = ["a", "b", "c"].map((key) => `${JSON.stringify(["t", key, { key }])}\n`);
  const whole = lines.join("");
  const last = lines[2] as string;
  for (let cut = 1; cut <= last.length; cut += 1) {
    const path = newPath();
    writeFileSync(path, whole);
    truncateSync(path, whole.length - cut);
    const log = new WriteLog<Item>(path);
    expect(log.read()).toEqual([put("a"), put("b")]);
    log.append(put("d"));
    log.close();
    expect(entriesAt(path)).toEqual([put("a"), put("b"), put("d")]);
  }
});

test("zeros at the end, which a crash of the machine may leave, are cut off", () => {
  const path = newPath();
  writeFileSync(path, `${JSON.stringify(["t", "a", { key: "a" }])}\n${"\0".repeat(5000)}`);
  const log = new WriteLog<Item>(path);
  expect(log.read()).toEqual([put("a")]);
  log.append(put("b"));
  expect(entriesAt(path)).toEqual([put("a"), put("b")]);
});

test.each([
  ["nonsense", "it is no entry"],
  ['["t"]', "it is no entry"],
  ['["t","x",5]', "it is no entry"],
  ['["t","x",{"a"["t","y",{}]', "JSON"],
  ['["t",5,null]', "it is no entry"],
])("a damaged line in the middle is named, and what takes it alone away: %s", (line, reason) => {
  const path = newPath();
  writeFileSync(path, `["t","a",{"key":"a"}]\n${line}\n["t","b",{"key":"b"}]\n`);
  expect(() => entriesAt(path)).toThrow(reason);
  expect(() => entriesAt(path)).toThrow(`line 2 is damaged (`);
  expect(() => entriesAt(path)).toThrow(
    `delete this line (sed -i.damaged 2d '${path}') to lose this one write, or start with --fresh, which forgets all that is stored`,
  );
});

test("whatever byte is changed of a log, the line is named, and the log can be read without it", () => {
  const path = newPath();
  const log = new WriteLog<Item>(path);
  for (const entry of [put("a", { text: 'x\t"é\\', n: 10 }), put("b"), put("c", {})]) log.append(entry);
  log.close();
  expect(unnoticedChanges({ path, read: entriesAt })).toEqual([]);
});

test("lines of versions without checksums are read, and have them once they are written anew", () => {
  const path = newPath();
  writeFileSync(path, `["t","a",{"key":"a"}]\n`);
  const log = new WriteLog<Item>(path);
  expect(log.read()).toEqual([put("a")]);
  log.append(put("b"));
  log.close();
  expect(entriesAt(path)).toEqual([put("a"), put("b")]);
  expect(readFileSync(path, "utf8")).toMatch(/^\["t","a",\{"key":"a"\}\]\n\["t","b",\{"key":"b"\}\]\t[0-9a-f]{8}\n$/);
});

test("a record that is replaced 200,000 times leaves a file as long as what is alive, while it is in use and after", () => {
  const path = newPath();
  const log = new WriteLog<Item>(path);
  log.read();
  for (let n = 0; n < 100; n += 1) log.append(put(`still ${n}`));
  let longest = 0;
  for (let n = 1; n <= 200_000; n += 1) {
    log.append(put("busy", { n, text: "x".repeat(100) }));
    if (n % 1000 === 0) longest = Math.max(longest, statSync(path).size);
  }
  log.close();
  expect(longest).toBeLessThan(5 * 1024 * 1024);
  const entries = entriesAt(path);
  expect([entries.length, entries.at(-1)]).toEqual([101, put("busy", { n: 200_000, text: "x".repeat(100) })]);
  expect(statSync(path).size).toBeLessThan(10_000);
});

test("what is compacted keeps what is alive, lines longer than a piece of the file among it", () => {
  const path = newPath();
  const long = "é".repeat(1_500_000);
  const log = new WriteLog<Item>(path);
  log.read();
  for (let n = 0; n < 12; n += 1) log.append(put(`key ${n % 3}`, { n, long }));
  log.append(put("key 0", null));
  expect(statSync(path).size).toBeLessThan(15_000_000);
  log.append(put("small"));
  log.close();
  expect(entriesAt(path)).toEqual([put("key 1", { n: 10, long }), put("key 2", { n: 11, long }), put("small")]);
});

test("a disk that is too full to compact on harms nothing, and what is dead goes when there is room", () => {
  const path = newPath();
  const log = new WriteLog<Item>(path);
  log.read();
  for (let n = 0; n < 100; n += 1) log.append(put("a", { n }));
  log.close();
  const { disk, write } = diskOf(5);
  const full = new WriteLog<Item>(path, write);
  expect(full.read()).toEqual([put("a", { n: 99 })]);
  expect([statSync(path).size > 1000, existsSync(`${path}.next`)]).toEqual([true, false]);
  disk.room = 1000;
  full.append(put("b"));
  full.close();
  expect(entriesAt(path)).toEqual([put("a", { n: 99 }), put("b")]);
  expect(statSync(path).size).toBeLessThan(100);
});

test("a compaction that was killed half-way leaves the log as it was", () => {
  const path = newPath();
  appendFileSync(path, '["t","a",{"key":"a"}]\n'.repeat(3));
  writeFileSync(`${path}.next`, '["t","a",{"ke');
  expect(entriesAt(path)).toEqual([put("a")]);
  expect(readFileSync(path, "utf8")).toBe('["t","a",{"key":"a"}]\n');
});
