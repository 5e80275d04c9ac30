import { createHash } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { crc64nvme } from "../../../local/services/s3/crc";
import { logs, type Running, startServices } from "../support/services";
import { type Asked, ask } from "../support/signed";

let running: Running;
beforeAll(async () => {
  running = await startServices({ buckets: [logs] });
});
afterAll(() => running.stop());

const Bucket = "logs";
const put = (Key: string, Body: string, more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const head = (Key: string, more: object = {}) => running.s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));
const raw = (path: string, changes: Partial<Asked> = {}) =>
  ask(running.url, "s3", { method: "PUT", path: `/logs/${path}`, body: "hello", ...changes });
const sum = (algorithm: string, ...parts: (string | Buffer)[]) =>
  createHash(algorithm)
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest("base64");

test.each([
  ["CRC32", "ChecksumCRC32", "NhCmhg=="],
  ["CRC64NVME", "ChecksumCRC64NVME", crc64nvme(Buffer.from("hello"))],
  ["SHA1", "ChecksumSHA1", sum("sha1", "hello")],
  ["SHA256", "ChecksumSHA256", sum("sha256", "hello")],
])("a checksum by %s is given back to who puts it and to who asks for it", async (ChecksumAlgorithm, member, value) => {
  const { checksum } = { checksum: { [member]: value, ChecksumType: "FULL_OBJECT" } };
  expect(await put("sum", "hello", { ChecksumAlgorithm, [member]: value })).toMatchObject(checksum);
  expect(await head("sum", { ChecksumMode: "ENABLED" })).toMatchObject(checksum);
  expect(await head("sum")).not.toHaveProperty(member);
  expect(await head("sum", { ChecksumMode: "ENABLED", Range: "bytes=0-1" })).not.toHaveProperty(member);
});

test("of what comes without a checksum, S3 computes its own", async () => {
  const { headers } = await raw("unsaid");
  const own = { "x-amz-checksum-crc64nvme": crc64nvme(Buffer.from("hello")), "x-amz-checksum-type": "FULL_OBJECT" };
  expect(Object.fromEntries(headers)).toMatchObject(own);
});

describe("the checksum of an upload in parts", () => {
  const smallest = 5 * 1024 * 1024;
  const bodies = [Buffer.alloc(smallest, 1), Buffer.from("end")];

  async function upload(Key: string, begin: object, complete: object = {}) {
    const at = { Bucket, Key };
    const { UploadId } = await running.s3.send(new CreateMultipartUploadCommand({ ...at, ...begin }));
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const part = new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body, ...begin });
      const { $metadata: _, ServerSideEncryption: __, ...answer } = await running.s3.send(part);
      Parts.push({ ...answer, PartNumber: index + 1 });
    }
    const listed = await running.s3.send(new ListPartsCommand({ ...at, UploadId }));
    const MultipartUpload = { Parts };
    const command = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload, ...complete });
    const completed = await running.s3.send(command);
    return { listed, completed, found: await head(Key, { ChecksumMode: "ENABLED" }) };
  }

  test("is made of those of the parts, with their number", async () => {
    const { listed, completed, found } = await upload("composite", { ChecksumAlgorithm: "SHA256" });
    const parts = bodies.map((body) => sum("sha256", body));
    const whole = `${sum("sha256", ...parts.map((part) => Buffer.from(part, "base64")))}-2`;
    expect(listed).toMatchObject({ ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" });
    expect(listed.Parts?.map(({ ChecksumSHA256 }) => ChecksumSHA256)).toEqual(parts);
    const checksum = { ChecksumSHA256: whole, ChecksumType: "COMPOSITE" };
    expect([completed, found]).toMatchObject([checksum, checksum]);
  });

  test("is that of all bytes where the algorithm can do it, and it is asked for or S3's own", async () => {
    const whole = { ChecksumCRC64NVME: crc64nvme(Buffer.concat(bodies)), ChecksumType: "FULL_OBJECT" };
    for (const begin of [
      { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" },
      { ChecksumAlgorithm: undefined },
    ]) {
      const { completed, found } = await upload("whole", begin);
      expect([completed, found]).toMatchObject([whole, whole]);
    }
  });

  test.each([
    [{ ChecksumSHA256: `${sum("sha256", "other")}-2` }, "BadDigest"],
    [{ MpuObjectSize: 3 }, "InvalidRequest"],
  ])("is compared with what is said at the end (%j)", async (complete, name) => {
    await expect(upload("wrong", { ChecksumAlgorithm: "SHA256" }, complete)).rejects.toMatchObject({ name });
  });
});

test("a storage class is given back, and what is archived can be described and not read", async () => {
  await put("warm", "x", { StorageClass: "STANDARD_IA" });
  expect(await head("warm")).toMatchObject({ StorageClass: "STANDARD_IA" });
  await put("usual", "x", { StorageClass: "STANDARD" });
  expect(await head("usual")).not.toHaveProperty("StorageClass");
  for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE"]) {
    await put("cold", "x", { StorageClass });
    expect(await head("cold")).toMatchObject({ StorageClass });
    await expect(running.s3.send(new GetObjectCommand({ Bucket, Key: "cold" }))).rejects.toMatchObject({
      name: "InvalidObjectState",
      StorageClass,
    });
  }
});

test("metadata has up to 2 KB, names and values together", async () => {
  expect((await raw("meta", { headers: { "x-amz-meta-name": "x".repeat(2044) } })).status).toBe(200);
  expect((await raw("meta", { headers: { "x-amz-meta-name": "x".repeat(2045) } })).status).toBe(400);
});

const keyArn = "arn:aws:kms:us-east-1:000000000000:key/k";

test.each([
  [undefined, { ServerSideEncryption: "AES256" }],
  [
    { keyArn, bucketKey: false },
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn },
  ],
  [
    { keyArn, bucketKey: true },
    { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn, BucketKeyEnabled: true },
  ],
])("every answer says how the bucket encrypts (%j)", async (encryption, said) => {
  await running.configure({ buckets: [{ ...logs, ...(encryption ? { encryption } : {}) }] });
  const { ServerSideEncryption } = said;
  expect(await put("encrypted", "x")).toMatchObject(said);
  expect(await put("encrypted", "x", { ServerSideEncryption })).toMatchObject(said);
  expect(await head("encrypted")).toMatchObject(said);
  const other = ServerSideEncryption === "AES256" ? "aws:kms" : "AES256";
  await expect(put("encrypted", "x", { ServerSideEncryption: other })).rejects.toThrow("is not emulated");
  await running.configure({ buckets: [logs] });
});

describe("headers of a download", () => {
  const url = (more: object) => getSignedUrl(running.s3, new GetObjectCommand({ Bucket, Key: "download", ...more }));
  const latin = (text: string) => Buffer.from(text, "latin1").toString("latin1");

  test("are those that a signed URL asks for, in Latin-1, and refused where they are not", async () => {
    await put("download", "x");
    const answer = await fetch(await url({ ResponseContentDisposition: 'attachment; filename="é.txt"' }));
    expect([answer.status, answer.headers.get("content-disposition")]).toEqual([
      200,
      latin('attachment; filename="é.txt"'),
    ]);
    const refused = await fetch(await url({ ResponseContentDisposition: 'attachment; filename="你.txt"' }));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("<Code>InvalidArgument<")]);
    const all = {
      ResponseCacheControl: "no-store",
      ResponseContentEncoding: "identity",
      ResponseContentLanguage: "mi",
      ResponseContentType: "text/plain",
      ResponseExpires: new Date(0),
    };
    const { headers } = await fetch(await url(all));
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "no-store",
      "content-encoding": "identity",
      "content-language": "mi",
      "content-type": "text/plain",
      expires: new Date(0).toUTCString(),
    });
  });

  test("are those that were stored, in Latin-1 too, without how the body was sent", async () => {
    const headers = {
      "content-disposition": latin('attachment; filename="é.txt"'),
      "content-encoding": "aws-chunked, deflate, gzip",
      "content-language": "mi",
      "cache-control": "max-age=60",
      "content-type": "text/plain; charset=utf-8",
    };
    expect((await raw("download", { headers })).status).toBe(200);
    const answer = await raw("download", { method: "HEAD", body: "" });
    expect(Object.fromEntries(answer.headers)).toMatchObject({ ...headers, "content-encoding": "deflate, gzip" });
    await raw("download", { headers: { "content-encoding": "aws-chunked" } });
    expect((await raw("download", { method: "HEAD", body: "" })).headers.get("content-encoding")).toBeNull();
  });
});
