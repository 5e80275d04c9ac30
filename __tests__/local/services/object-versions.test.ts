import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import type { VersionExpiration } from "../../../local/read/version-expiration";
import { Buckets } from "../../../local/services/s3/buckets";
import { versionIdOf } from "../../../local/services/s3/object-file";
import { fileOf } from "../../../local/services/s3/object-path";
import type { ListedVersion, ObjectFiles } from "../../../local/services/s3/objects";
import { temporaryFolder } from "../support/stack-file";

const problems: string[] = [];
const bucketsIn = (folder: string) => new Buckets(folder, (message) => problems.push(message));
afterEach(() => expect(problems.splice(0)).toEqual([]));

type Status = "Enabled" | "Suspended" | "never";
const bucketIn = (folder: string, versioning: Status = "Enabled"): ObjectFiles =>
  bucketsIn(folder).objects({ name: "b", ...(versioning === "never" ? {} : { versioning }) });
const put = (files: ObjectFiles, key: string, text: string) => files.put(key, { body: Buffer.from(text), headers: {} });
const textOf = async (files: ObjectFiles, key: string, versionId?: string) =>
  (await files.get(key, versionId))?.body.toString();

/** Versions as a list: the newest first, `undefined` for a marker. */
interface Version {
  readonly id: string;
  readonly text: string | undefined;
}

/** The expected files of a key, by the rules of the user guide alone. */
class Model {
  versions: Version[] = [];

  put(id: string, text: string | undefined): void {
    this.versions = [{ id, text }, ...this.versions.filter((version) => version.id !== id)];
  }

  /** @returns whether there is a marker, and of which id */
  delete(status: Status, id: () => string): void {
    if (status === "never" && this.versions.every((version) => version.id === "null")) this.versions = [];
    else this.put(id(), undefined);
  }

  remove(id: string): void {
    this.versions = this.versions.filter((version) => version.id !== id);
  }
}

const statuses: readonly Status[] = ["Enabled", "Suspended", "never"];
const step = fc.record({
  status: fc.constantFrom(...statuses),
  key: fc.constantFrom("a", "a/b", "é".repeat(100)),
  act: fc.constantFrom("put", "put", "delete", "remove", "remove unknown"),
  /** Which of the versions that there are. */
  which: fc.nat(5),
});

test("whatever is put, deleted and suspended in turn, versions are those of the rules, and each is read by its id", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const folder = temporaryFolder();
      const models = new Map<string, Model>();
      for (const [number, { status, key, act, which }] of steps.entries()) {
        const files = bucketIn(folder, status);
        const model = models.get(key) ?? new Model();
        models.set(key, model);
        const named = model.versions[which]?.id ?? "null";
        if (act === "put") model.put(versionIdOf(await put(files, key, `${number}`)), `${number}`);
        else if (act === "remove") {
          const removed = await files.deleteVersion(key, named);
          expect(removed && versionIdOf(removed)).toBe(model.versions.find(({ id }) => id === named)?.id);
          model.remove(named);
        } else if (act === "delete") {
          const marker = await files.delete(key);
          model.delete(status, () => (marker ? versionIdOf(marker) : "there must be a marker"));
        } else expect(await files.deleteVersion(key, "f".repeat(32))).toBeUndefined();
      }
      const files = bucketIn(folder);
      const listed = await files.listVersions("");
      const keys = [...models.keys()].filter((key) => models.get(key)!.versions.length > 0).sort();
      expect(listed.map(({ key, ...head }) => [key, versionIdOf(head as ListedVersion), !head.deleteMarker])).toEqual(
        keys.flatMap((key) => models.get(key)!.versions.map(({ id, text }) => [key, id, text !== undefined])),
      );
      expect(listed.filter(({ followedAt }) => followedAt === undefined).map(({ key }) => key)).toEqual(keys);
      for (const [key, { versions }] of models) {
        for (const { id, text = "" } of versions) expect(await textOf(files, key, id)).toBe(text);
        expect((await files.get(key))?.body.toString()).toBe(versions[0] && (versions[0].text ?? ""));
      }
      const live = keys.filter((key) => models.get(key)!.versions[0]!.text !== undefined);
      expect((await files.list("")).map(({ key }) => key)).toEqual(live);
    }),
    { numRuns: 60 },
  );
});

test("an object from before there were versions is the version null, and is kept when another follows", async () => {
  const folder = temporaryFolder();
  const file = fileOf(join(folder, "b"), "a");
  mkdirSync(dirname(file), { recursive: true });
  const head = { key: "a", etag: '""', size: 5, lastModified: new Date(0).toISOString(), headers: {} };
  writeFileSync(file, `${JSON.stringify(head)}\nearly`);
  const files = bucketIn(folder);
  const { versionId } = await put(files, "a", "late");
  expect(await textOf(files, "a", "null")).toBe("early");
  expect((await files.listVersions("")).map(versionIdOf)).toEqual([versionId, "null"]);
});

/** The folders and files of a key's older versions. */
const olderOf = (folder: string, key: string) => {
  const older = fileOf(join(folder, ".versions", "b"), key);
  return existsSync(older) ? readdirSync(older).map((name) => join(older, name)) : [];
};

test("a kill between keeping a version and putting the next in its place leaves that version once", async () => {
  const folder = temporaryFolder();
  const files = bucketIn(folder);
  const one = versionIdOf(await put(files, "a", "one"));
  const two = versionIdOf(await put(files, "a", "two"));
  const [older = ""] = olderOf(folder, "a");
  copyFileSync(fileOf(join(folder, "b"), "a"), join(dirname(older), `9999999999999-${two}`));
  expect((await files.listVersions("")).map(versionIdOf)).toEqual([two, one]);
  await files.deleteVersion("a", two);
  expect((await files.listVersions("")).map(versionIdOf)).toEqual([one]);
  expect(await textOf(files, "a")).toBe("one");
});

test("a kill between putting the version null in its place and deleting the one before leaves the newer one", async () => {
  const folder = temporaryFolder();
  await put(bucketIn(folder, "never"), "a", "early null");
  await put(bucketIn(folder), "a", "with an id");
  const kept = olderOf(folder, "a").map((path) => [path, readFileSync(path)] as const);
  const suspended = bucketIn(folder, "Suspended");
  await put(suspended, "a", "late null");
  for (const [path, bytes] of kept) writeFileSync(path, bytes);
  expect(await suspended.listVersions("")).toHaveLength(2);
  expect(await textOf(suspended, "a", "null")).toBe("late null");
  await suspended.deleteVersion("a", "null");
  expect(await textOf(suspended, "a")).toBe("with an id");
  expect(await textOf(suspended, "a", "null")).toBeUndefined();
});

test("what a condition refuses leaves all as it was, and nothing unfinished", async () => {
  const folder = temporaryFolder();
  const files = bucketIn(folder);
  const { versionId = "" } = await put(files, "a", "one");
  const check = () => {
    throw new Error("no");
  };
  await expect(files.put("a", { body: Buffer.from("two"), headers: {}, check })).rejects.toThrow("no");
  expect((await files.listVersions("")).map(versionIdOf)).toEqual([versionId]);
  expect(readdirSync(join(folder, ".unfinished"))).toEqual([]);
});

test("of many that are put at once, all are kept, one of them is the latest, and each condition sees one of them", async () => {
  const files = bucketIn(temporaryFolder());
  const all = await Promise.all(Array.from({ length: 30 }, (_, index) => put(files, "a", `${index}`)));
  const listed = await files.listVersions("");
  expect(listed.map(versionIdOf).sort()).toEqual(all.map(versionIdOf).sort());
  expect(listed.filter(({ followedAt }) => followedAt === undefined)).toHaveLength(1);
  const onlyAfter = (etag: string) => (current: { etag: string } | undefined) => {
    if (current?.etag !== etag) throw new Error("another came first");
  };
  const { etag = "" } = listed[0] ?? {};
  const racing = Array.from({ length: 10 }, (_, index) =>
    files.put("a", { body: Buffer.from(`racing ${index}`), headers: {}, check: onlyAfter(etag) }),
  );
  const settled = await Promise.allSettled(racing);
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

const DAY = 24 * 60 * 60 * 1000;
const midnightAfter = (time: number, days: number) => Math.ceil((time + days * DAY) / DAY) * DAY;
const anySize = { above: -1, below: Number.POSITIVE_INFINITY };
const rule: VersionExpiration = { prefix: "", tags: {}, size: anySize, days: 3, kept: 0, endsMarkers: false };

describe("a lifecycle", () => {
  let buckets: Buckets;
  let files: ObjectFiles;
  beforeEach(async () => {
    buckets = bucketsIn(temporaryFolder());
    files = buckets.objects({ name: "b", versioning: "Enabled" });
    for (const text of ["1", "22", "333", "4444"]) await put(files, "logs/a", text);
  });

  const left = async () =>
    Promise.all((await files.listVersions("")).map(({ key, ...head }) => textOf(files, key, head.versionId)));
  const expire = (now: number, ...expirations: VersionExpiration[]) =>
    buckets.expire([{ name: "b", cors: [], versioning: "Enabled", expirations }], now);
  const firstFollowed = async () =>
    Math.min(...(await files.listVersions("")).map((one) => one.followedAt ?? Infinity));

  test("ends what was followed so many days ago at the midnight after, and the latest never", async () => {
    const end = midnightAfter(await firstFollowed(), 3);
    await expire(end - 1, rule);
    expect(await left()).toEqual(["4444", "333", "22", "1"]);
    // The others were followed a little later, perhaps across a midnight.
    await expire(end + DAY, rule);
    expect(await left()).toEqual(["4444"]);
    await expire(end + 1000 * DAY, rule);
    expect(await left()).toEqual(["4444"]);
  });

  test.each<[what: string, changes: Partial<VersionExpiration>, left: string[]]>([
    ["of others than the newest so many", { kept: 2 }, ["4444", "333", "22"]],
    ["of others than keys of another prefix", { prefix: "other/" }, ["4444", "333", "22", "1"]],
    ["of those above a size", { size: { ...anySize, above: 2 } }, ["4444", "22", "1"]],
    ["of those below a size", { size: { ...anySize, below: 2 } }, ["4444", "333", "22"]],
    ["of those between two sizes", { size: { above: 1, below: 3 } }, ["4444", "333", "1"]],
    ["of a prefix and a size together", { prefix: "logs/", size: { ...anySize, above: 2 } }, ["4444", "22", "1"]],
    ["of a size under another prefix", { prefix: "other/", size: { above: 1, below: 3 } }, ["4444", "333", "22", "1"]],
    ["of none, without days", { days: undefined }, ["4444", "333", "22", "1"]],
  ])("ends versions %s", async (_, changes, expected) => {
    await expire(Date.now() + 100 * DAY, { ...rule, ...changes });
    expect(await left()).toEqual(expected);
  });

  test("ends versions that have all the tags of a rule, and no others", async () => {
    const [, third, second, first] = (await files.listVersions("")).map(versionIdOf);
    await files.retag("logs/a", first, [["a", "1"]]);
    await files.retag("logs/a", second, [
      ["a", "1"],
      ["b", "2"],
    ]);
    await files.retag("logs/a", third, [
      ["a", "2"],
      ["b", "2"],
    ]);
    await expire(Date.now() + 100 * DAY, { ...rule, tags: { a: "1", b: "2" } });
    expect(await left()).toEqual(["4444", "333", "1"]);
  });

  test("ends a marker that is all that is left, and no other", async () => {
    await files.delete("logs/a");
    const later = Date.now() + 100 * DAY;
    await expire(later, { ...rule, kept: 1, endsMarkers: true });
    expect(await left()).toEqual(["", "4444"]);
    await expire(later, { ...rule });
    expect(await left()).toEqual([""]);
    await expire(later, { ...rule, endsMarkers: true });
    expect(await left()).toEqual([]);
  });

  test("leaves alone what took the place of what it has listed", async () => {
    const suspended = buckets.objects({ name: "b", versioning: "Suspended" });
    await put(suspended, "logs/a", "null");
    await put(files, "logs/a", "five");
    const listed = (await files.listVersions("")).find((version) => versionIdOf(version) === "null");
    await put(suspended, "logs/a", "another null");
    await files.expire(listed!);
    expect(await textOf(files, "logs/a", "null")).toBe("another null");
  });
});
