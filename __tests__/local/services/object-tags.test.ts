import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type Tag,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { ServicesConfiguration } from "../../../local/services/configuration";
import { eventually } from "../../support/eventually";
import { allow, everything, logs, principal, type Running, startServices } from "../support/services";

const Bucket = "logs";
const versioned = { ...logs, name: "versioned", versioning: "Enabled" as const };
const configured = (changes: Partial<ServicesConfiguration> = {}) => ({
  ...{ buckets: [logs, versioned], principals: [principal(everything)] },
  ...changes,
});
const roleOf = (...statements: object[]) => running.configure(configured({ principals: [principal(...statements)] }));

let running: Running;
beforeAll(async () => {
  running = await startServices(configured());
});
afterAll(() => running.stop());
afterEach(() => running.configure(configured()));

let made = 0;
const newKey = () => {
  made += 1;
  return `tagged/${made}`;
};
const put = async (more: object = {}, Key = newKey()) => {
  await running.s3.send(new PutObjectCommand({ Bucket, Key, Body: "text", ...more }));
  return Key;
};
const tagsOf = async (Key: string, more: object = {}) =>
  (await running.s3.send(new GetObjectTaggingCommand({ Bucket, Key, ...more }))).TagSet;
const tag = (Key: string, TagSet: Tag[], more: object = {}) =>
  running.s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet }, ...more }));
const one = { Key: "team", Value: "green = blue" };

test("an object is put with tags, which others replace, or none do", async () => {
  const Key = await put({ Tagging: "team=green%20%3D+blue&empty=" });
  expect(await tagsOf(Key)).toEqual([one, { Key: "empty", Value: "" }]);
  await tag(Key, [{ Key: "a", Value: "b:c" }]);
  expect(await tagsOf(Key)).toEqual([{ Key: "a", Value: "b:c" }]);
  await running.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
  expect(await tagsOf(Key)).toEqual([]);
});

test("tags change nothing else of an object, and stay over a restart; what is put anew has none", async () => {
  const Key = await put({ Metadata: { a: "b" } });
  const read = () => running.s3.send(new HeadObjectCommand({ Bucket, Key }));
  const before = await read();
  await tag(Key, [one]);
  await running.stop();
  running = await startServices(configured(), { folder: running.folder });
  const { LastModified, ETag, Metadata, ContentLength, TagCount } = await read();
  expect({ LastModified, ETag, Metadata, ContentLength, TagCount }).toEqual({
    ...{ LastModified: before.LastModified, ETag: before.ETag, Metadata: { a: "b" }, ContentLength: 4, TagCount: 1 },
  });
  const { Body } = await running.s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await Body?.transformToString()).toBe("text");
  expect(await tagsOf(Key)).toEqual([one]);
  await put({}, Key);
  expect(await tagsOf(Key)).toEqual([]);
});

test("each version has tags of its own", async () => {
  const Key = newKey();
  const version = async (Tagging: string) =>
    (await running.s3.send(new PutObjectCommand({ Bucket: "versioned", Key, Body: Tagging, Tagging }))).VersionId;
  const [first, second] = [await version("v=1"), await version("v=2")];
  const of = (VersionId?: string) => tagsOf(Key, { Bucket: "versioned", VersionId });
  const answer = await tag(Key, [one], { Bucket: "versioned", VersionId: first });
  expect(answer.VersionId).toBe(first);
  expect([await of(first), await of(second), await of()]).toEqual([
    [one],
    [{ Key: "v", Value: "2" }],
    [{ Key: "v", Value: "2" }],
  ]);
  await running.s3.send(new DeleteObjectTaggingCommand({ Bucket: "versioned", Key, VersionId: second }));
  expect([await of(first), await of()]).toEqual([[one], []]);
  await running.s3.send(new DeleteObjectCommand({ Bucket: "versioned", Key }));
  await expect(of()).rejects.toMatchObject({ name: "NoSuchKey" });
  expect(await of(first)).toEqual([one]);
});

test("changes of tags that come at once are one after the other, and lose no object", async () => {
  const Key = await put();
  const values = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(values.map((Value) => tag(Key, [{ Key: "n", Value }])));
  const [{ Value }] = (await tagsOf(Key)) as [Tag];
  expect(values).toContain(Value);
  const { Body } = await running.s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await Body?.transformToString()).toBe("text");
});

test("a copy has the source's tags, or its own", async () => {
  const Key = await put({ Tagging: "a=1" });
  const copy = async (more: object) => {
    const to = newKey();
    await running.s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${Key}`, ...more }));
    return tagsOf(to);
  };
  expect(await copy({})).toEqual([{ Key: "a", Value: "1" }]);
  expect(await copy({ TaggingDirective: "REPLACE", Tagging: "b=2" })).toEqual([{ Key: "b", Value: "2" }]);
  expect(await copy({ TaggingDirective: "REPLACE" })).toEqual([]);
  await expect(copy({ TaggingDirective: "SOME" })).rejects.toMatchObject({ name: "InvalidArgument" });
});

test("an upload in parts becomes an object with the tags that it began with", async () => {
  const Key = newKey();
  const begun = await running.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, Tagging: "a=1" }));
  const upload = { Bucket, Key, UploadId: begun.UploadId };
  const { ETag } = await running.s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: "x" }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await running.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
  expect(await tagsOf(Key)).toEqual([{ Key: "a", Value: "1" }]);
});

const many = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));

test.each<[string, Tag[]]>([
  ["ten tags", many(10)],
  ["a key of 128 and a value of 256 characters", [{ Key: "é".repeat(128), Value: "é".repeat(256) }]],
  ["all characters that tags have", [{ Key: "a b+-=._:/@1é", Value: "a b+-=._:/@1é" }]],
  [
    "keys that differ in their letters' case",
    [
      { Key: "a", Value: "1" },
      { Key: "A", Value: "2" },
    ],
  ],
])("an object may have %s", async (_, tags) => {
  const Key = await put();
  await tag(Key, tags);
  expect(await tagsOf(Key)).toEqual(tags);
});

test.each<[string, string, string, Tag[]]>([
  ["eleven tags", "BadRequest", "Object tags cannot be greater than 10", many(11)],
  ["a key of 129 characters", "InvalidTag", "The TagKey you have", [{ Key: "k".repeat(129), Value: "" }]],
  ["no key", "InvalidTag", "The TagKey you have", [{ Key: "", Value: "" }]],
  ["a value of 257 characters", "InvalidTag", "The TagValue you have", [{ Key: "k", Value: "v".repeat(257) }]],
  ["a key with other characters", "InvalidTag", "The TagKey you have", [{ Key: "a*", Value: "" }]],
  ["a key of AWS's", "InvalidTag", "prefixed with aws:", [{ Key: "aws:a", Value: "" }]],
  ["the same key twice", "InvalidTag", "multiple Tags with the same key", [one, { ...one, Value: "" }]],
  ["a tag without a value", "MalformedXML", "not well-formed", [{ Key: "a", Value: undefined }]],
])("%s is refused: %s, %s", async (_, name, words, tags) => {
  const Key = await put({ Tagging: "a=1" });
  await expect(tag(Key, tags)).rejects.toMatchObject({ name, message: expect.stringContaining(words) });
  expect(await tagsOf(Key)).toEqual([{ Key: "a", Value: "1" }]);
});

test.each([
  ["the same key twice", "InvalidArgument", "a=1&a=2"],
  ["escapes of no characters", "InvalidArgument", "a=%ff"],
  [
    "eleven tags",
    "BadRequest",
    many(11)
      .map(({ Key }) => `${Key}=v`)
      .join("&"),
  ],
  ["a key of AWS's", "InvalidTag", "aws:a=1"],
])("an object is not put with %s in its header: %s", async (_, name, Tagging) => {
  const Key = newKey();
  await expect(put({ Tagging }, Key)).rejects.toMatchObject({ name });
  await expect(running.s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: "NotFound" });
});

test("an object that is not there has no tags, and gets none", async () => {
  const Key = newKey();
  const missing = { name: "NoSuchKey" };
  await expect(tagsOf(Key)).rejects.toMatchObject(missing);
  await expect(tag(Key, [one])).rejects.toMatchObject(missing);
  await expect(running.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }))).rejects.toMatchObject(missing);
});

const object = "arn:aws:s3:::logs/*";
const versions = "arn:aws:s3:::versioned/*";
test.each<[string, string, (key: string) => Promise<unknown>]>([
  ["s3:GetObjectTagging", object, (key) => tagsOf(key)],
  ["s3:PutObjectTagging", object, (key) => tag(key, [one])],
  ["s3:DeleteObjectTagging", object, (Key) => running.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }))],
])("%s is needed, and is enough", async (action, resource, call) => {
  const Key = await put();
  await roleOf(allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resource));
  await expect(call(Key)).rejects.toThrow(action);
  await roleOf(allow(action, resource));
  await call(Key);
});

test.each<[string, string[], (Key: string, VersionId: string) => Promise<unknown>]>([
  [
    "s3:GetObjectVersionTagging",
    ["s3:GetObjectTagging"],
    (key, id) => tagsOf(key, { Bucket: "versioned", VersionId: id }),
  ],
  [
    "s3:PutObjectVersionTagging",
    ["s3:PutObjectTagging"],
    (key, id) => tag(key, [one], { Bucket: "versioned", VersionId: id }),
  ],
  [
    "s3:DeleteObjectVersionTagging",
    [],
    (Key, VersionId) => running.s3.send(new DeleteObjectTaggingCommand({ Bucket: "versioned", Key, VersionId })),
  ],
])("%s is needed for a version's", async (action, others, call) => {
  const Key = newKey();
  const { VersionId = "" } = await running.s3.send(new PutObjectCommand({ Bucket: "versioned", Key, Body: "x" }));
  await roleOf(allow(["s3:GetObject", ...others], versions));
  await expect(call(Key, VersionId)).rejects.toThrow(action);
  await roleOf(allow([action, ...others], versions));
  await call(Key, VersionId);
});

test("who puts an object with tags may put tags, and who copies some may read them, too", async () => {
  const Key = await put({ Tagging: "a=1" });
  const putting = allow(["s3:PutObject", "s3:GetObject"], object);
  const copy = () => running.s3.send(new CopyObjectCommand({ Bucket, Key: newKey(), CopySource: `${Bucket}/${Key}` }));
  await roleOf(putting);
  await put();
  await expect(put({ Tagging: "a=1" })).rejects.toThrow("s3:PutObjectTagging");
  await expect(copy()).rejects.toMatchObject({ name: "AccessDenied" });
  await roleOf(putting, allow("s3:PutObjectTagging", object));
  await put({ Tagging: "a=1" });
  await expect(copy()).rejects.toMatchObject({ name: "AccessDenied" });
  await roleOf(putting, allow(["s3:PutObjectTagging", "s3:GetObjectTagging"], object));
  await copy();
});

test("the number of tags is told to those who may read them, and kept from others, who are refused nothing", async () => {
  const Key = await put({ Tagging: "a=1&b=2" });
  const count = async () => (await running.s3.send(new HeadObjectCommand({ Bucket, Key }))).TagCount;
  expect(await count()).toBe(2);
  await roleOf(allow("s3:GetObject", object));
  running.events.length = 0;
  expect(await count()).toBeUndefined();
  await expect(tagsOf(Key)).rejects.toMatchObject({ name: "AccessDenied" });
  const denials = () => running.events.filter(({ event }) => event === "denial");
  await eventually(() => denials().at(0));
  // That of the tags themselves, which came after.
  expect(denials()).toMatchObject([{ action: "s3:GetObjectTagging" }]);
});
