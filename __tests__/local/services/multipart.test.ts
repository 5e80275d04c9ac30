import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { logs, type Running, startServices } from "../support/services";
import { type Asked, ask } from "../support/signed";
import { temporaryFolder } from "../support/stack-file";

const folder = temporaryFolder();
let running: Running;
beforeAll(async () => {
  running = await startServices({ buckets: [logs] }, { folder });
});
afterAll(() => running.stop());

const Bucket = "logs";
const smallest = 5 * 1024 * 1024;
const bytes = (size: number, fill: number): Buffer => Buffer.alloc(size, fill);
const md5 = (body: Uint8Array) => createHash("md5").update(body).digest();

async function begin(Key: string, more: object = {}): Promise<{ Bucket: string; Key: string; UploadId: string }> {
  const { UploadId = "" } = await running.s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
  return { Bucket, Key, UploadId };
}
type Begun = Awaited<ReturnType<typeof begin>>;

async function putPart(upload: Begun, PartNumber: number, Body: Buffer) {
  const { ETag } = await running.s3.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
  return { PartNumber, ETag };
}

const complete = (upload: Begun, Parts: object[], more: object = {}) =>
  running.s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }));

const keys = async () =>
  ((await running.s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);

test("parts become one object, with the headers of the beginning and the entity tag of parts", async () => {
  const upload = await begin("big", { ContentType: "text/plain", Metadata: { of: "parts" } });
  const bodies = [bytes(smallest, 1), bytes(smallest + 1, 2), bytes(3, 3)];
  // Out of order, and one of them twice: the last counts.
  await putPart(upload, 2, bytes(smallest, 9));
  const parts = [
    await putPart(upload, 7, bodies[2]!),
    await putPart(upload, 2, bodies[1]!),
    await putPart(upload, 1, bodies[0]!),
  ].reverse();
  expect(await keys()).toEqual([]);
  const { Parts = [] } = await running.s3.send(new ListPartsCommand(upload));
  expect(Parts.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual(
    parts.map(({ PartNumber, ETag }, index) => [PartNumber, bodies[index]!.length, ETag]),
  );
  const { ETag } = await complete(upload, parts);
  expect(ETag).toBe(`"${md5(Buffer.concat(bodies.map(md5))).toString("hex")}-3"`);
  const got = await running.s3.send(new GetObjectCommand({ Bucket, Key: "big" }));
  expect(got).toMatchObject({ ETag, ContentType: "text/plain", Metadata: { of: "parts" } });
  expect(Buffer.concat(bodies).equals(await got.Body!.transformToByteArray())).toBe(true);
});

test("an upload that is completed is completed again, as long as its object is there", async () => {
  const upload = await begin("again");
  const parts = [await putPart(upload, 1, bytes(1, 1))];
  const { $metadata: _, ...first } = await complete(upload, parts, { IfNoneMatch: "*" });
  expect(await complete(upload, parts, { IfNoneMatch: "*" })).toMatchObject(first);
  await running.s3.send(new PutObjectCommand({ Bucket, Key: "again", Body: "another" }));
  await expect(complete(upload, parts)).rejects.toMatchObject({ name: "NoSuchUpload" });
});

describe("a part of an object by its number", () => {
  const read = async (Key: string, PartNumber: number, more: object = {}) => {
    const got = await running.s3.send(new GetObjectCommand({ Bucket, Key, PartNumber, ...more }));
    const { $metadata, ContentRange, ContentLength, PartsCount } = got;
    const head = await running.s3.send(new HeadObjectCommand({ Bucket, Key, PartNumber, ...more }));
    expect([head.ContentRange, head.ContentLength, head.PartsCount]).toEqual([ContentRange, ContentLength, PartsCount]);
    const body = Buffer.from(await got.Body!.transformToByteArray());
    return { status: $metadata.httpStatusCode, range: ContentRange, count: PartsCount, body, got };
  };
  beforeAll(async () => {
    const upload = await begin("by-number");
    const parts = [await putPart(upload, 1, bytes(smallest, 1)), await putPart(upload, 4, bytes(16, 4))];
    await complete(upload, parts);
    await running.s3.send(new PutObjectCommand({ Bucket, Key: "whole", Body: "test-123" }));
    await running.s3.send(new PutObjectCommand({ Bucket, Key: "empty", Body: Buffer.alloc(0) }));
  });

  test("is what was uploaded under it", async () => {
    const { body, got: _, ...part } = await read("by-number", 4);
    expect(part).toEqual({ status: 206, range: `bytes ${smallest}-${smallest + 15}/${smallest + 16}`, count: 2 });
    expect(body.equals(bytes(16, 4))).toBe(true);
    expect(await read("by-number", 1)).toMatchObject({ range: `bytes 0-${smallest - 1}/${smallest + 16}`, count: 2 });
  });

  test("is all of what was put whole, with its checksum", async () => {
    const { got, ...part } = await read("whole", 1, { ChecksumMode: "ENABLED" });
    expect(part).toEqual({ status: 206, range: "bytes 0-7/8", count: undefined, body: Buffer.from("test-123") });
    expect(got).toMatchObject({ ChecksumType: "FULL_OBJECT", ChecksumCRC32: "MAPXAg==" });
    expect(await read("empty", 1)).toMatchObject({ status: 200, range: undefined });
  });

  test("has not the checksum of all", async () => {
    const { got } = await read("by-number", 4, { ChecksumMode: "ENABLED" });
    expect(got.ChecksumType).toBeUndefined();
  });

  test.each([
    ["by-number", { PartNumber: 10 }, "InvalidPartNumber", { ActualPartCount: "2", PartNumberRequested: "10" }],
    ["by-number", { PartNumber: 2 }, "InvalidPartNumber", { ActualPartCount: "2", PartNumberRequested: "2" }],
    ["whole", { PartNumber: 2 }, "InvalidPartNumber", { ActualPartCount: "1", PartNumberRequested: "2" }],
    ["by-number", { PartNumber: 1, Range: "bytes=0-1" }, "InvalidRequest", {}],
    ["whole", { PartNumber: 0 }, "InvalidArgument", {}],
  ])("of %s with %j is refused as %s", async (Key, asked, name, members) => {
    const refused = running.s3.send(new GetObjectCommand({ Bucket, Key, ...asked }));
    await expect(refused).rejects.toMatchObject({ name, ...members });
  });
});

test("what was put of an upload is there after a restart, listed until it is aborted", async () => {
  const one = await begin("a/one");
  const two = await begin("a/two");
  await begin("b");
  const part = await putPart(one, 1, bytes(10, 1));
  await running.stop();
  running = await startServices({ buckets: [logs] }, { folder });
  const listed = async (Prefix: string) =>
    ((await running.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))).Uploads ?? []).map(
      ({ Key, UploadId }) => [Key, UploadId],
    );
  expect(await listed("a/")).toEqual([
    ["a/one", one.UploadId],
    ["a/two", two.UploadId],
  ]);
  await running.s3.send(new AbortMultipartUploadCommand(two));
  await expect(running.s3.send(new AbortMultipartUploadCommand(two))).rejects.toMatchObject({ name: "NoSuchUpload" });
  await complete(one, [part]);
  expect(await listed("a/")).toEqual([]);
  expect(await keys()).toContain("a/one");
});

test("an object that is there already is left alone where only a new one is wanted, and the upload goes on", async () => {
  await running.s3.send(new PutObjectCommand({ Bucket, Key: "taken", Body: "first" }));
  const upload = await begin("taken");
  const parts = [await putPart(upload, 1, bytes(1, 1))];
  await expect(complete(upload, parts, { IfNoneMatch: "*" })).rejects.toMatchObject({ name: "PreconditionFailed" });
  await complete(upload, parts);
});

test.each<[what: string, parts: (good: object[]) => object[], name: string]>([
  ["none", () => [], "MalformedXML"],
  ["one that is not there", () => [{ PartNumber: 3, ETag: '"00"' }], "InvalidPart"],
  ["one by another's entity tag", ([one]) => [{ ...one, ETag: '"00"' }], "InvalidPart"],
  ["a descending order", (good) => good.toReversed(), "InvalidPartOrder"],
  ["one twice", ([one]) => [one!, one!], "InvalidPartOrder"],
  ["a small one in the middle", (good) => good, "EntityTooSmall"],
])("parts of which there is %s are refused", async (_, parts, name) => {
  const upload = await begin("refused");
  const good = [await putPart(upload, 1, bytes(1, 1)), await putPart(upload, 2, bytes(1, 2))];
  await expect(complete(upload, parts(good))).rejects.toMatchObject({ name });
  expect(await keys()).not.toContain("refused");
});

const raw = (changes: Partial<Asked> & { path: string }) =>
  ask(running.url, "s3", { method: "PUT", body: "hello", ...changes });
const codeIn = (text: string) => /<Code>(.*?)<\/Code>/.exec(text)?.[1];

test.each<[what: Partial<Asked>, status: number, code: string]>([
  [{ query: { uploadId: "../../logs", partNumber: "1" } }, 404, "NoSuchUpload"],
  [{ query: { uploadId: "constructor", partNumber: "1" } }, 404, "NoSuchUpload"],
  [{ query: { uploadId: "0".repeat(32), partNumber: "1" } }, 404, "NoSuchUpload"],
  [{ query: { uploadId: "x", partNumber: "0" } }, 400, "InvalidArgument"],
  [{ query: { uploadId: "x", partNumber: "10001" } }, 400, "InvalidArgument"],
  [{ query: { uploadId: "x", partNumber: "1e3" } }, 400, "InvalidArgument"],
  [
    { query: { uploads: "" }, method: "POST", headers: { "x-amz-acl": "public-read" } },
    400,
    "AccessControlListNotSupported",
  ],
  [{ query: { uploadId: "x" } }, 400, "InvalidArgument"],
  [{ query: { partNumber: "1" } }, 501, "UnknownOperationException"],
  [{ query: { uploadId: "x", "part-number-marker": "-1" }, method: "GET", body: "" }, 400, "InvalidArgument"],
  [{ query: { uploadId: "x", versionId: "null" }, method: "GET", body: "" }, 501, "UnknownOperationException"],
  [
    {
      query: { uploads: "" },
      method: "POST",
      headers: { "x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-type": "FULL_OBJECT" },
    },
    400,
    "InvalidRequest",
  ],
  [
    { query: { uploads: "" }, method: "POST", headers: { "x-amz-checksum-algorithm": "__proto__" } },
    400,
    "InvalidRequest",
  ],
  [{ query: { uploads: "" }, method: "DELETE", body: "" }, 501, "UnknownOperationException"],
])("a request of %j is answered %s %s", async (what, status, code) => {
  const answer = await raw({ path: "/logs/key", ...what });
  expect([answer.status, codeIn(answer.text)]).toEqual([status, code]);
});

test("an upload is its key's alone, and a part is what was said of it", async () => {
  const { UploadId } = await begin("mine");
  const query = { uploadId: UploadId, partNumber: "1" };
  expect((await raw({ path: "/logs/other", query })).status).toBe(404);
  const wrong = await raw({ path: "/logs/mine", query, headers: { "x-amz-checksum-crc32": "AAAAAA==" } });
  expect(codeIn(wrong.text)).toBe("BadDigest");
});
