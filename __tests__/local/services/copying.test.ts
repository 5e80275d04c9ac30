import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { allow, everything, principal, type Running, startServices } from "../support/services";

const buckets = [
  { name: "from", cors: [], versioning: "Enabled" as const },
  { name: "to", cors: [] },
];

let running: Running;
beforeAll(async () => {
  running = await startServices({ buckets });
});
afterAll(() => running.stop());

const put = (Bucket: string, Key: string, Body: string, more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Bucket: string, Key: string, more: object = {}) =>
  running.s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const copy = (CopySource: string, Key: string, more: Partial<CopyObjectCommandInput> = {}) =>
  running.s3.send(new CopyObjectCommand({ Bucket: "to", Key, CopySource, ...more }));
const textOf = async (Key: string) => (await get("to", Key)).Body!.transformToString();

const described = { ContentType: "text/plain", Metadata: { colour: "red" } };

test("a copy has the bytes and what is stored with them, or what is given instead", async () => {
  await put("from", "a b/ü?+%.txt", "text", { ...described, StorageClass: "STANDARD_IA" });
  const source = `from/${encodeURIComponent("a b/ü?+%.txt")}`;
  const { CopyObjectResult } = await copy(source, "same");
  expect(await get("to", "same")).toMatchObject({ ...described, ETag: CopyObjectResult?.ETag, ContentLength: 4 });
  // The class is the copy's own.
  expect(await get("to", "same")).not.toHaveProperty("StorageClass");
  await copy(`/${source}`, "other", { MetadataDirective: "REPLACE", ContentType: "text/html", Metadata: {} });
  expect(await get("to", "other")).toMatchObject({ ContentType: "text/html", Metadata: {} });
  await copy(source, "kept", { Metadata: { colour: "blue" }, StorageClass: "ONEZONE_IA" });
  expect(await get("to", "kept")).toMatchObject({ ...described, StorageClass: "ONEZONE_IA" });
});

test("a copy is of the newest version, or of the one that is named", async () => {
  const { VersionId: one } = await put("from", "v", "1");
  const { VersionId: two } = await put("from", "v", "2");
  expect(await copy("from/v", "v")).toMatchObject({ CopySourceVersionId: two });
  expect(await textOf("v")).toBe("2");
  expect(await copy(`from/v?versionId=${one}`, "v")).toMatchObject({ CopySourceVersionId: one });
  expect(await textOf("v")).toBe("1");
  // So is one brought back.
  const back = await copy(`from/v?versionId=${one}`, "v", { Bucket: "from" });
  expect(await get("from", "v")).toMatchObject({ VersionId: back.VersionId, ContentLength: 1 });
  const { VersionId: marker } = await running.s3.send(new DeleteObjectCommand({ Bucket: "from", Key: "v" }));
  await expect(copy("from/v", "v")).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(copy(`from/v?versionId=${marker}`, "v")).rejects.toMatchObject({ name: "InvalidRequest" });
});

test.each<[what: string, source: string, more: Partial<CopyObjectCommandInput>, name: string]>([
  ["of nothing", "from/none", {}, "NoSuchKey"],
  ["of a bucket that is not there", "none/a", {}, "NoSuchBucket"],
  ["of no object", "from", {}, "InvalidArgument"],
  ["of an id that is none", "from/there?versionId=1", {}, "InvalidArgument"],
  ["of a version that is not there", `from/there?versionId=${"0".repeat(32)}`, {}, "NoSuchVersion"],
  ["with another directive", "from/there", { MetadataDirective: "MERGE" as "COPY" }, "InvalidArgument"],
  ["onto itself", "from/there", { Bucket: "from", Key: "there" }, "InvalidRequest"],
  ["of another owner's bucket", "from/there", { ExpectedSourceBucketOwner: "111111111111" }, "AccessDenied"],
  ["with a condition on its own place", "from/there", { IfMatch: '"0"' }, "NoSuchKey"],
  ["if another entity tag matches", "from/there", { CopySourceIfMatch: '"0"' }, "PreconditionFailed"],
  ["if it was changed", "from/there", { CopySourceIfModifiedSince: new Date(Date.now() + 1e9) }, "PreconditionFailed"],
  ["if it was not changed", "from/there", { CopySourceIfUnmodifiedSince: new Date(0) }, "PreconditionFailed"],
])("a copy %s is refused", async (_, source, more, name) => {
  await put("from", "there", "text");
  await expect(copy(source, "refused", more)).rejects.toMatchObject({ name });
  await expect(get("to", "refused")).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a copy's conditions are about the source, with quotes or without", async () => {
  const { ETag = "" } = await put("from", "tagged", "text");
  await copy("from/tagged", "tagged", { CopySourceIfMatch: ETag.replaceAll('"', "") });
  await expect(copy("from/tagged", "tagged", { CopySourceIfNoneMatch: ETag })).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  await expect(copy("from/tagged", "tagged", { IfNoneMatch: "*" })).rejects.toMatchObject({
    name: "PreconditionFailed",
  });
  await copy("from/tagged", "tagged", { IfMatch: ETag });
});

test("a copy takes the right to read its source, or that version of it, and to write", async () => {
  const { VersionId } = await put("from", "r", "text");
  const may = (...actions: [string, string][]) =>
    running.configure({ buckets, principals: [principal(...actions.map(([action, on]) => allow(action, on)))] });
  const [source, target] = ["arn:aws:s3:::from/r", "arn:aws:s3:::to/r"];
  await may(["s3:PutObject", target]);
  await expect(copy("from/r", "r")).rejects.toThrow(`not authorized to perform: s3:GetObject on resource: ${source}`);
  await may(["s3:GetObject", source]);
  await expect(copy("from/r", "r")).rejects.toThrow(`not authorized to perform: s3:PutObject on resource: ${target}`);
  await may(["s3:GetObject", source], ["s3:PutObject", target]);
  await expect(copy("from/r", "r")).resolves.toBeDefined();
  await expect(copy(`from/r?versionId=${VersionId}`, "r")).rejects.toThrow("s3:GetObjectVersion");
  // Who may not list the source does not learn that it is not there.
  await may(["s3:GetObject", "arn:aws:s3:::from/*"], ["s3:PutObject", target]);
  await expect(copy("from/none", "r")).rejects.toMatchObject({ name: "AccessDenied" });
  await running.configure({ buckets, principals: [principal(everything)] });
});

test("parts can be copied, whole or by ranges", async () => {
  await put("from", "parts", "0123456789");
  const at = { Bucket: "to", Key: "parts" };
  const { UploadId } = await running.s3.send(new CreateMultipartUploadCommand(at));
  const part = (more: object) =>
    running.s3.send(new UploadPartCopyCommand({ ...at, UploadId, PartNumber: 1, CopySource: "from/parts", ...more }));
  for (const CopySourceRange of ["bytes=0-10", "bytes=5-4", "bytes=5-", "bytes=-5", "0-4"]) {
    await expect(part({ CopySourceRange })).rejects.toMatchObject({ name: "InvalidArgument" });
  }
  await expect(part({ CopySourceIfMatch: '"0"' })).rejects.toMatchObject({ name: "PreconditionFailed" });
  expect(await part({})).toMatchObject({ CopySourceVersionId: expect.any(String) });
  const { CopyPartResult } = await part({ CopySourceRange: "bytes=2-4" });
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] };
  await running.s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload }));
  expect(await textOf("parts")).toBe("234");
});
