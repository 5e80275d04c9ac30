import { createHash } from "node:crypto";
import { request as httpRequest } from "node:http";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { allow, credentials, logs, principal, type Running, region, startServices } from "../support/services";
import { type Asked, ask } from "../support/signed";

let running: Running;
beforeAll(async () => {
  running = await startServices({ buckets: [logs] });
});
afterAll(() => running.stop());

const put = (Key: string, Body: string, more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket: "logs", Key, Body, ...more }));
const get = (Key: string, more: object = {}) => running.s3.send(new GetObjectCommand({ Bucket: "logs", Key, ...more }));
const raw = (path: string, changes: Partial<Asked> = {}) =>
  ask(running.url, "s3", { method: "PUT", path: `/logs/${path}`, body: "hello", ...changes });
const codeIn = (text: string) => /<Code>(.*?)<\/Code>/.exec(text)?.[1];
const digest = (algorithm: string) => createHash(algorithm).update("hello").digest("base64");

test.each([
  [{ "content-md5": digest("md5") }, { "content-md5": digest("md5").replace(/./, "A") }],
  [{ "x-amz-checksum-crc32": "NhCmhg==" }, { "x-amz-checksum-crc32": "AAAAAA==" }],
  [{ "x-amz-checksum-sha1": digest("sha1") }, { "x-amz-checksum-sha1": digest("sha1").replace(/./, "A") }],
  [{ "x-amz-checksum-sha256": digest("sha256") }, { "x-amz-checksum-sha256": digest("sha256").replace(/./, "B") }],
  [{ "x-amz-checksum-sha512": digest("sha512") }, { "x-amz-checksum-sha512": digest("sha512").replace(/./, "A") }],
  [{ "x-amz-checksum-md5": digest("md5") }, { "x-amz-checksum-md5": digest("md5").replace(/./, "A") }],
])("with %o a body is taken, with %o it is not what it should be", async (good, bad) => {
  expect((await raw("sums", { headers: good as Record<string, string> })).status).toBe(200);
  const said = await raw("sums", { headers: bad as Record<string, string> });
  expect([said.status, codeIn(said.text)]).toEqual([400, "BadDigest"]);
});

test("a URL that was signed with the checksum of nothing takes nothing else, as the SDK makes them by itself", async () => {
  const client = new S3Client({ region, credentials, endpoint: running.url, forcePathStyle: true });
  const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: "logs", Key: "signed" }));
  client.destroy();
  expect(url).toContain("x-amz-checksum-crc32=AAAAAA");
  const refused = await fetch(url, { method: "PUT", body: "hello" });
  expect([refused.status, codeIn(await refused.text())]).toEqual([400, "BadDigest"]);
  expect((await fetch(url, { method: "PUT", body: "" })).status).toBe(200);
});

const chunked = (body: string, headers: Record<string, string> = {}) =>
  raw("chunks", {
    headers: { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", ...headers },
    body,
  });

test.each([
  ["5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", {}, 200, undefined],
  ["5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", {}, 400, "BadDigest"],
  ["5\r\nhello\r\n0\r\n\r\n", { "x-amz-decoded-content-length": "5" }, 200, undefined],
  ["5\r\nhello\r\n0\r\n\r\n", { "x-amz-decoded-content-length": "6" }, 400, "IncompleteBody"],
  ["5\r\nhello\r\n", {}, 400, "IncompleteBody"],
  ["9\r\nhello\r\n0\r\n\r\n", {}, 400, "IncompleteBody"],
  ["hello", {}, 400, "IncompleteBody"],
  ["-6\r\nhello", {}, 400, "IncompleteBody"],
] as const)("a body in chunks (%j, %o) is answered %s %s", async (body, headers, status, code) => {
  const said = await chunked(body, headers);
  expect([said.status, codeIn(said.text)]).toEqual([status, code]);
});

test.each<[what: Partial<Asked> & { path?: string }, status: number, code: string]>([
  [{ headers: { "x-amz-acl": "public-read" } }, 400, "AccessControlListNotSupported"],
  [{ headers: { "x-amz-expected-bucket-owner": "111111111111" } }, 403, "AccessDenied"],
  [{ headers: { "x-amz-website-redirect-location": "/a" } }, 501, "UnknownOperationException"],
  [{ headers: { "x-amz-server-side-encryption": "aws:kms" } }, 501, "UnknownOperationException"],
  [{ headers: { "x-amz-checksum-crc64nvme": "AAAAAAAAAAA=" } }, 400, "BadDigest"],
  [{ headers: { "x-amz-checksum-crc16": "AAAAAAAAAAA=" } }, 501, "UnknownOperationException"],
  [{ headers: { "content-md5": "abc" } }, 400, "InvalidDigest"],
  [{ headers: { "x-amz-checksum-crc32": "NhCmhg" } }, 400, "InvalidRequest"],
  [{ headers: { "x-amz-checksum-sha1": digest("sha256") } }, 400, "InvalidRequest"],
  [{ headers: { "x-amz-checksum-crc32": "NhCmhg==", "x-amz-checksum-sha1": digest("sha1") } }, 400, "InvalidRequest"],
  [{ headers: { "x-amz-sdk-checksum-algorithm": "CRC32" } }, 400, "InvalidRequest"],
  [{ headers: { "x-amz-storage-class": "constructor" } }, 400, "InvalidStorageClass"],
  [{ headers: { "x-amz-meta-a": "x".repeat(2048) } }, 400, "MetadataTooLarge"],
  [{ headers: { "x-amz-meta-a": "x".repeat(2000), "x-amz-meta-bcde": "é".repeat(22) } }, 400, "MetadataTooLarge"],
  [{ headers: { "x-amz-nothing-of-the-kind": "1" } }, 501, "UnknownOperationException"],
  [{ headers: { "x-amz-grant-read": "id=1" } }, 501, "UnknownOperationException"],
  [{ query: { acl: "" } }, 501, "UnknownOperationException"],
  [{ path: "/logs", query: { policy: "" }, method: "GET", body: "" }, 501, "UnknownOperationException"],
  [{ path: "/logs" }, 501, "UnknownOperationException"],
  [{ query: { versionId: "1" }, method: "GET", body: "" }, 400, "InvalidArgument"],
  [{ query: { versionId: "" }, method: "DELETE", body: "" }, 400, "InvalidArgument"],
  [{ query: { versionId: "null" } }, 501, "UnknownOperationException"],
  [{ query: { "X-Amz-Acl": "public-read" } }, 400, "AccessControlListNotSupported"],
  [{ path: "/logs/".concat("x".repeat(1025)) }, 400, "KeyTooLongError"],
  [{ path: "/logs", query: { "list-type": "2", "max-keys": "x" }, method: "GET", body: "" }, 400, "InvalidArgument"],
  [{ path: "/logs", query: { "list-type": "2", versions: "" }, method: "GET", body: "" }, 400, "InvalidArgument"],
])("%o is refused, and not done in part", async (what, status, code) => {
  const said = await raw("refused", what);
  expect([said.status, codeIn(said.text)]).toEqual([status, code]);
});

test("parts of an object, and answers to who has it already", async () => {
  await put("parts", "0123456789");
  const part = async (Range: string) => {
    const { Body, ContentRange, ContentLength } = await get("parts", { Range });
    return [await Body!.transformToString(), ContentRange, ContentLength];
  };
  expect(await part("bytes=2-4")).toEqual(["234", "bytes 2-4/10", 3]);
  expect(await part("bytes=7-")).toEqual(["789", "bytes 7-9/10", 3]);
  expect(await part("bytes=-2")).toEqual(["89", "bytes 8-9/10", 2]);
  expect(await part("bytes=8-100")).toEqual(["89", "bytes 8-9/10", 2]);
  expect(await part("bytes=1-2,4-5")).toEqual(["0123456789", undefined, 10]);
  await expect(part("bytes=10-")).rejects.toMatchObject({ name: "InvalidRange" });
  const { ETag, LastModified } = await get("parts");
  await expect(get("parts", { IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(get("parts", { IfModifiedSince: LastModified })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(get("parts", { IfMatch: '"other"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
  await expect(get("parts", { IfUnmodifiedSince: new Date(0) })).rejects.toMatchObject({ name: "PreconditionFailed" });
  await expect(get("parts", { IfMatch: ETag, IfNoneMatch: '"other"' })).resolves.toMatchObject({ ETag });
});

test.each([
  ["as they are", (etag: string) => etag],
  ["without quotes", (etag: string) => etag.replaceAll('"', "")],
  ["among others", (etag: string) => `"0", ${etag}`],
])("entity tags are conditions %s", async (_, written) => {
  const { ETag = "" } = await put("tagged", "text");
  const status = async (headers: Record<string, string>, method = "GET") =>
    (await raw("tagged", { method, body: method === "PUT" ? "text" : "", headers })).status;
  const other = '"d41d8cd98f00b204e9800998ecf8427e"';
  expect(await status({ "if-match": written(ETag) })).toBe(200);
  expect(await status({ "if-match": written(other) })).toBe(412);
  expect(await status({ "if-none-match": written(ETag) })).toBe(304);
  expect(await status({ "if-none-match": written(other) })).toBe(200);
  expect(await status({ "if-none-match": written(ETag) }, "HEAD")).toBe(304);
  expect(await status({ "if-match": written(ETag) }, "PUT")).toBe(200);
  expect(await status({ "if-match": written(other) }, "PUT")).toBe(412);
});

test.each([
  [{ "if-match": '"0"' }, 404, "NoSuchKey"],
  [{ "if-none-match": '"0"' }, 501, "NotImplemented"],
  [{ "if-match": "*" }, 501, "NotImplemented"],
  [{ "if-match": '"0"', "if-none-match": "*" }, 501, "NotImplemented"],
])("a put of a new object with %j is refused with %s %s", async (headers, status, code) => {
  const said = await raw("never-put", { headers: headers as Record<string, string> });
  expect([said.status, codeIn(said.text)]).toEqual([status, code]);
  await expect(get("never-put")).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a put under a condition on what is there takes the right to read it, and policies can ask for the condition", async () => {
  const { ETag } = await put("conditional", "text");
  const object = "arn:aws:s3:::logs/*";
  const may = (...statements: object[]) =>
    running.configure({ buckets: [logs], principals: [principal(...statements)] });
  await may(allow("s3:PutObject", object));
  await expect(put("conditional", "x", { IfMatch: ETag })).rejects.toThrow("not authorized to perform: s3:GetObject");
  await may(allow(["s3:PutObject", "s3:GetObject"], object));
  await expect(put("conditional", "x", { IfMatch: ETag })).resolves.toBeDefined();
  const condition = { Null: { "s3:if-none-match": "false" } };
  await may({ ...allow("s3:PutObject", object), Condition: condition });
  await expect(put("conditional", "y")).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(put("conditional 2", "y", { IfNoneMatch: "*" })).resolves.toBeDefined();
  await running.configure({ buckets: [logs] });
});

test("a URL can say how a download is to be called", async () => {
  await put("named", "x", { ContentType: "text/plain" });
  const ResponseContentDisposition = 'attachment; filename="a.txt"';
  const got = await get("named", { ResponseContentDisposition, ResponseContentType: "text/html" });
  expect(got).toMatchObject({ ContentDisposition: ResponseContentDisposition, ContentType: "text/html" });
});

/** A request that no client of the SDK would send, at once with a valid one. */
const send = (path: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(running.url);
    const asked = httpRequest({ hostname, port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.once("error", reject).end();
  });

test("a URL that is none is refused, and ends nothing", async () => {
  const signature = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/20260101/us-east-1/s3/aws4_request";
  const forged = `/%?${signature}&X-Amz-Date=20260101T000000Z&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=00`;
  expect(await send(forged, { origin: "https://example.com" })).toBe(403);
  expect(running.events.filter(({ event }) => event === "problem")).not.toContainEqual(
    expect.objectContaining({ message: expect.stringContaining("URIError") }),
  );
  await put("after", "x");
});

test("many objects are listed page by page, and what is deleted meanwhile is left out", async () => {
  const keys = Array.from({ length: 120 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
  await Promise.all(keys.map((key) => put(key, key)));
  await put("many.txt", "beside");
  const listed: string[] = [];
  for (let ContinuationToken: string | undefined, more = true; more; ) {
    const command = new ListObjectsV2Command({ Bucket: "logs", Prefix: "many/", MaxKeys: 50, ContinuationToken });
    const page = await running.s3.send(command);
    listed.push(...page.Contents!.map(({ Key }) => Key!));
    ContinuationToken = page.NextContinuationToken;
    more = page.IsTruncated ?? false;
  }
  expect(listed).toEqual(keys);
  const remove = (Key: string) => running.s3.send(new DeleteObjectCommand({ Bucket: "logs", Key }));
  const list = () => running.s3.send(new ListObjectsV2Command({ Bucket: "logs", Prefix: "many/" }));
  await expect(Promise.all([list(), ...keys.slice(0, 100).map(remove), list()])).resolves.toBeDefined();
});
