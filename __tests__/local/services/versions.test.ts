import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { allow, everything, logs, principal, type Running, startServices } from "../support/services";
import { type Asked, ask } from "../support/signed";

const versioned = { ...logs, versioning: "Enabled" } as const;
const suspended = { ...logs, versioning: "Suspended" } as const;

let running: Running;
beforeAll(async () => {
  running = await startServices({ buckets: [versioned] });
});
afterAll(() => running.stop());
beforeEach(() => running.configure({ buckets: [versioned] }));

const Bucket = "logs";
const put = (Key: string, Body: string, more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, VersionId?: string) =>
  running.s3.send(new GetObjectCommand({ Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }));
const textOf = async (Key: string, VersionId?: string) => (await get(Key, VersionId)).Body!.transformToString();
const remove = (Key: string, VersionId?: string) =>
  running.s3.send(new DeleteObjectCommand({ Bucket, Key, ...(VersionId === undefined ? {} : { VersionId }) }));
const list = (input: object = {}) => running.s3.send(new ListObjectVersionsCommand({ Bucket, ...input }));
const raw = (path: string, changes: Partial<Asked> = {}) =>
  ask(running.url, "s3", { method: "GET", path: `/logs/${path}`, body: "", ...changes });
const codeIn = (text: string) => /<Code>(.*?)<\/Code>/.exec(text)?.[1];

test("each put is a version, deleting hides them behind a marker, and without it the newest is back", async () => {
  const { VersionId: one } = await put("a", "1");
  const { VersionId: two } = await put("a", "2");
  expect(one).not.toBe(two);
  expect([await textOf("a"), await textOf("a", one), await textOf("a", two)]).toEqual(["2", "1", "2"]);
  expect(await get("a")).toMatchObject({ VersionId: two });
  const head = new HeadObjectCommand({ Bucket, Key: "a", VersionId: one });
  expect(await running.s3.send(head)).toMatchObject({ VersionId: one, ContentLength: 1 });
  const { VersionId: marker, DeleteMarker } = await remove("a");
  expect(DeleteMarker).toBe(true);
  const hidden = await raw("a");
  expect([hidden.status, codeIn(hidden.text)]).toEqual([404, "NoSuchKey"]);
  expect(Object.fromEntries(hidden.headers)).toMatchObject({
    "x-amz-delete-marker": "true",
    "x-amz-version-id": marker,
  });
  expect(await textOf("a", one)).toBe("1");
  expect((await running.s3.send(new ListObjectsV2Command({ Bucket, Prefix: "a" }))).KeyCount).toBe(0);
  const read = await raw("a", { query: { versionId: marker! } });
  expect([read.status, codeIn(read.text), read.headers.get("allow")]).toEqual([405, "MethodNotAllowed", "DELETE"]);
  expect(await remove("a", marker)).toMatchObject({ DeleteMarker: true, VersionId: marker });
  expect(await textOf("a")).toBe("2");
  const deleted = await remove("a", two);
  expect([deleted.VersionId, deleted.DeleteMarker]).toEqual([two, undefined]);
  expect(await textOf("a")).toBe("1");
  await expect(get("a", two)).rejects.toMatchObject({ name: "NoSuchVersion", Key: "a", VersionId: two });
  // Whoever deletes a version again, or the marker of what was never there, gets the same answer as the first time.
  expect(await remove("a", two)).toMatchObject({ VersionId: two });
  expect(await remove("never there")).toMatchObject({ DeleteMarker: true });
});

test("an upload in parts is a version, too", async () => {
  await put("parts", "whole");
  const { UploadId } = await running.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "parts" }));
  const part = { Bucket, Key: "parts", UploadId, PartNumber: 1 };
  const { ETag } = await running.s3.send(new UploadPartCommand({ ...part, Body: "parts" }));
  const Parts = [{ PartNumber: 1, ETag }];
  const { VersionId } = await running.s3.send(
    new CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts } }),
  );
  expect(await get("parts")).toMatchObject({ VersionId });
  expect((await list({ Prefix: "parts" })).Versions).toHaveLength(2);
});

test("while versions are suspended, the version null is put and deleted, and those with an id stay", async () => {
  const { VersionId: kept } = await put("s", "kept");
  await running.configure({ buckets: [suspended] });
  expect((await put("s", "null 1")).VersionId).toBeUndefined();
  await put("s", "null 2");
  expect(await get("s")).toMatchObject({ VersionId: "null" });
  const ids = async () => (await list({ Prefix: "s" })).Versions?.map(({ VersionId }) => VersionId);
  expect(await ids()).toEqual(["null", kept]);
  expect(await remove("s")).toMatchObject({ DeleteMarker: true, VersionId: "null" });
  expect(await ids()).toEqual([kept]);
  expect(await remove("s", "null")).toMatchObject({ DeleteMarker: true, VersionId: "null" });
  expect(await textOf("s")).toBe("kept");
});

test("a bucket without versions says nothing of them", async () => {
  await running.configure({ buckets: [logs] });
  expect((await put("plain", "1")).VersionId).toBeUndefined();
  await put("plain", "2");
  expect(await get("plain")).not.toHaveProperty("VersionId");
  expect((await list({ Prefix: "plain" })).Versions).toMatchObject([{ VersionId: "null", IsLatest: true }]);
  const deleted = await remove("plain");
  expect([deleted.DeleteMarker, deleted.VersionId]).toEqual([undefined, undefined]);
  expect((await list({ Prefix: "plain" })).DeleteMarkers).toBeUndefined();
});

test.each([
  [versioned, "Enabled"],
  [suspended, "Suspended"],
  [logs, undefined],
])("a bucket's versioning is what the stack says (%#)", async (bucket, status) => {
  await running.configure({ buckets: [bucket] });
  expect((await running.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe(status);
});

describe("a list of versions", () => {
  const keys = ["list/a", "list/b/1", "list/b/2", "list/c", "list/ü+&"];
  let whole: ListObjectVersionsCommandOutput;
  beforeAll(async () => {
    await running.configure({ buckets: [versioned] });
    for (const key of keys) for (const text of ["1", "2", "3"]) await put(key, text);
    await remove("list/c");
    whole = await list({ Prefix: "list/" });
  });

  /** All of it, page by page. @param between what is done between two pages */
  async function pages(
    input: object,
    between: (page: ListObjectVersionsCommandOutput) => Promise<void> = async () => {},
  ) {
    const all: ListObjectVersionsCommandOutput[] = [];
    for (let next: object | undefined = {}; next; ) {
      const page: ListObjectVersionsCommandOutput = await list({ Prefix: "list/", ...input, ...next });
      all.push(page);
      await between(page);
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
      next = page.IsTruncated ? { KeyMarker, ...(VersionIdMarker ? { VersionIdMarker } : {}) } : undefined;
    }
    return all;
  }
  const placesIn = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput) =>
    [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => `${Key} ${VersionId}`);

  test("has each key's, the newest first, with markers", () => {
    expect(whole.Versions?.map(({ Key, IsLatest, Size }) => [Key, IsLatest, Size])).toEqual(
      keys.flatMap((key) => [key !== "list/c", false, false].map((isLatest) => [key, isLatest, 1])),
    );
    expect(whole.DeleteMarkers).toMatchObject([{ Key: "list/c", IsLatest: true, Owner: { ID: "000000000000" } }]);
    expect(whole).toMatchObject({ Name: "logs", Prefix: "list/", MaxKeys: 1000, IsTruncated: false, KeyMarker: "" });
  });

  test.each([1, 2, 3, 5, 15, 16, 1000])("in pages of %s is the same list", async (MaxKeys) => {
    const all = await pages({ MaxKeys });
    expect(all.flatMap(placesIn).sort()).toEqual(placesIn(whole).sort());
    for (const page of all) expect(placesIn(page).length).toBeLessThanOrEqual(MaxKeys);
  });

  test.each([1, 2, 1000])("groups keys at a delimiter, in pages of %s", async (MaxKeys) => {
    const all = await pages({ MaxKeys, Delimiter: "/" });
    expect(all.flatMap(({ CommonPrefixes = [] }) => CommonPrefixes)).toEqual([{ Prefix: "list/b/" }]);
    const expected = placesIn(whole).filter((place) => !place.startsWith("list/b/"));
    expect(all.flatMap(placesIn).sort()).toEqual(expected.sort());
  });

  test("has keys in the form of URLs where it is asked for", async () => {
    const page = await list({ Prefix: "list/ü", EncodingType: "url" });
    expect(page).toMatchObject({ Prefix: "list/%C3%BC", EncodingType: "url", Versions: { length: 3 } });
    expect(page.Versions?.[0]?.Key).toBe("list/%C3%BC%2B%26");
  });

  test("leaves nothing out when each page is deleted before the next", async () => {
    await pages({ MaxKeys: 2 }, async ({ Versions = [], DeleteMarkers = [] }) => {
      for (const { Key = "", VersionId } of [...Versions, ...DeleteMarkers]) await remove(Key, VersionId);
    });
    expect(placesIn(await list({ Prefix: "list/" }))).toEqual([]);
  });
});

test.each<[what: string, path: string, query: Record<string, string>]>([
  ["an id that is none", "a", { versionId: "../a" }],
  ["an empty id", "a", { versionId: "" }],
  ["an id marker without a key", "", { versions: "", "version-id-marker": "null" }],
  ["an id marker that is none", "", { versions: "", "key-marker": "a", "version-id-marker": "constructor" }],
  ["a number of keys that is none", "", { versions: "", "max-keys": "-1" }],
  ["an encoding that is none", "", { versions: "", "encoding-type": "base64" }],
])("%s is an InvalidArgument", async (_, path, query) => {
  const answer = await raw(path, { query });
  expect([answer.status, codeIn(answer.text)]).toEqual([400, "InvalidArgument"]);
});

describe("rights", () => {
  const object = "arn:aws:s3:::logs/a/*";
  const may = (action: string | string[], resource = object, more: object = {}) =>
    running.configure({ buckets: [versioned], principals: [principal({ ...allow(action, resource), ...more })] });
  const denied = { name: "AccessDenied" };
  let id: string;
  beforeEach(async () => {
    ({ VersionId: id = "" } = await put("a/1", "1"));
  });
  afterEach(() => running.configure({ buckets: [versioned], principals: [principal(everything)] }));

  test("to read an object are not those to read a version, nor the reverse", async () => {
    await may("s3:GetObject");
    await expect(get("a/1")).resolves.toBeDefined();
    await expect(get("a/1", id)).rejects.toThrow("not authorized to perform: s3:GetObjectVersion");
    await may("s3:GetObjectVersion");
    await expect(get("a/1", id)).resolves.toBeDefined();
    await expect(get("a/1")).rejects.toThrow("not authorized to perform: s3:GetObject ");
  });

  test("to delete an object are not those to delete a version, nor the reverse", async () => {
    await may("s3:DeleteObject");
    await expect(remove("a/1", id)).rejects.toThrow("not authorized to perform: s3:DeleteObjectVersion");
    await expect(remove("a/1")).resolves.toMatchObject({ DeleteMarker: true });
    await may("s3:DeleteObjectVersion");
    await expect(remove("a/1")).rejects.toMatchObject(denied);
    await expect(remove("a/1", id)).resolves.toBeDefined();
  });

  test("to list are ListBucketVersions on the bucket, below the prefix that is allowed", async () => {
    await may(["s3:ListBucket", "s3:GetObjectVersion"], "arn:aws:s3:::logs");
    await expect(list()).rejects.toThrow("not authorized to perform: s3:ListBucketVersions");
    await may("s3:ListBucketVersions", "arn:aws:s3:::logs", { Condition: { StringLike: { "s3:prefix": "a/*" } } });
    await expect(list({ Prefix: "a/1" })).resolves.toMatchObject({ Versions: expect.anything() });
    await expect(list({ Prefix: "b/" })).rejects.toMatchObject(denied);
    await expect(list()).rejects.toMatchObject(denied);
  });

  test("can be for one version alone", async () => {
    await may("s3:GetObjectVersion", object, { Condition: { StringEquals: { "s3:VersionId": id } } });
    await expect(get("a/1", id)).resolves.toBeDefined();
    await expect(get("a/1", "0".repeat(32))).rejects.toMatchObject(denied);
  });
});
