import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { Buckets } from "../../../local/services/s3/buckets";
import { earlierFileOf, fileOf, folderOf } from "../../../local/services/s3/object-path";
import { temporaryFolder } from "../support/stack-file";

const problems: string[] = [];
const bucketIn = (folder: string) => new Buckets(folder, (message) => problems.push(message)).objects({ name: "b" });
const put = (files: ReturnType<typeof bucketIn>, key: string, text: string) =>
  files.put(key, { body: Buffer.from(text), headers: {} });
const textOf = async (files: ReturnType<typeof bucketIn>, key: string) => (await files.get(key))?.body.toString();

const long = "é".repeat(100);
const digest = createHash("sha256").update(long).digest("hex");

test("no two keys share a file, digests of long ones among them", () => {
  const part = fc.oneof(
    fc.constantFrom(
      "",
      ".",
      "..",
      "a",
      "a#object",
      "#object",
      "%2E",
      "%",
      "*",
      long,
      digest,
      `#${digest}`,
      `%23${digest}`,
    ),
    fc.string({ unit: "grapheme", maxLength: 5 }),
  );
  const key = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(key, key, (one, other) => {
      expect(fileOf("/f", one) === fileOf("/f", other)).toBe(one === other);
      // Nor is a file of one a folder of another.
      expect(fileOf("/f", one).startsWith(`${fileOf("/f", other)}/`)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test("no key and no prefix leads out of the bucket's folder, wherever in it dots stand", () => {
  const part = fc.oneof({ weight: 3, arbitrary: fc.constantFrom("..", ".", "") }, fc.string({ maxLength: 3 }));
  const key = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(key, (text) => {
      expect(fileOf("/f/b", text)).toMatch(/^\/f\/b\/./);
      // Nothing was folded away: each part of the key is a folder of its own, or the file.
      expect(fileOf("/f/b", text).split("/")).toHaveLength(text.split("/").length + 3);
      expect(`${folderOf("/f/b", text)}/`.startsWith("/f/b/")).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("a long key and another that is its digest are two objects, and one of an earlier version is found", async () => {
  const folder = temporaryFolder();
  const files = bucketIn(folder);
  await put(files, digest, "short");
  await put(files, long, "long");
  expect([await textOf(files, digest), await textOf(files, long)]).toEqual(["short", "long"]);
  const other = `${long}${long}`;
  const earlier = earlierFileOf(join(folder, "b"), other) ?? "";
  mkdirSync(dirname(earlier), { recursive: true });
  const head = { key: other, etag: '""', size: 5, lastModified: new Date(0).toISOString(), headers: {} };
  writeFileSync(earlier, `${JSON.stringify(head)}\nearly`);
  expect((await files.list("")).map(({ key }) => key)).toContain(other);
  expect(await textOf(files, other)).toBe("early");
  expect(existsSync(earlier)).toBe(false);
  await files.delete(other);
  expect(await textOf(files, other)).toBeUndefined();
});

test("files and folders are for their owner alone, and what was being written when the process ended is gone", async () => {
  const folder = join(temporaryFolder(), "s3");
  const files = bucketIn(folder);
  await put(files, "a/b", "text");
  writeFileSync(join(folder, ".unfinished", "half"), "x");
  const modes = ["b", "b/a", "b/a/b#object", ".unfinished"].map((name) => statSync(join(folder, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o700]);
  bucketIn(folder);
  expect(existsSync(join(folder, ".unfinished"))).toBe(false);
});

test("an object that is damaged says which file, and stops no list of the others", async () => {
  const folder = temporaryFolder();
  const files = bucketIn(folder);
  await put(files, "a", "text");
  await put(files, "b", "text");
  const path = fileOf(join(folder, "b"), "a");
  for (const damage of ["", "nonsense", readFileSync(path, "utf8").slice(5)]) {
    writeFileSync(path, damage);
    const message = `${path} is damaged: its first line is no JSON; delete the file to lose this object alone`;
    await expect(files.get("a")).rejects.toThrow(message);
    expect((await files.list("")).map(({ key }) => key)).toEqual(["b"]);
    expect(problems.splice(0)).toEqual([expect.stringContaining(message)]);
  }
});
