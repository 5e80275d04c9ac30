import { GetObjectAttributesCommand, type ObjectAttributes, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ServicesConfiguration } from "../../../local/services/configuration";
import { allow, everything, logs, principal, type Running, startServices } from "../support/services";

const Bucket = "logs";
const configured = (changes: Partial<ServicesConfiguration> = {}) => ({
  ...{ buckets: [{ ...logs, versioning: "Enabled" as const }], principals: [principal(everything)] },
  ...changes,
});

let running: Running;
let first: string | undefined;
beforeAll(async () => {
  running = await startServices(configured());
  const put = async (Body: string) =>
    (await running.s3.send(new PutObjectCommand({ Bucket, Key: "a", Body, ChecksumAlgorithm: "SHA256" }))).VersionId;
  first = await put("hello");
  await put("hello!");
});
afterAll(() => running.stop());
afterEach(() => running.configure(configured()));

const read = async (ObjectAttributes: ObjectAttributes[], more: object = {}) => {
  const command = new GetObjectAttributesCommand({ Bucket, Key: "a", ObjectAttributes, ...more });
  const { $metadata: _, LastModified: __, ...said } = await running.s3.send(command);
  return said;
};

test("what is asked for of an object is said, and no more", async () => {
  expect(await read(["ObjectSize"])).toEqual({ ObjectSize: 6, VersionId: expect.any(String) });
  expect(await read(["ETag", "Checksum", "StorageClass", "ObjectParts"], { VersionId: first })).toEqual({
    ...{ VersionId: first, ETag: "5d41402abc4b2a76b9719d911017c592", StorageClass: "STANDARD" },
    Checksum: { ChecksumSHA256: "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", ChecksumType: "FULL_OBJECT" },
  });
});

test.each<[string, string, ObjectAttributes[], object]>([
  ["another attribute", "InvalidArgument", ["constructor" as "ETag"], {}],
  ["an object that is not there", "NoSuchKey", ["ETag"], { Key: "b" }],
])("%s is refused: %s", async (_, name, asked, more) => {
  await expect(read(asked, more)).rejects.toMatchObject({ name });
});

const object = "arn:aws:s3:::logs/*";
test("who reads attributes may read the object and its attributes, or those of a version", async () => {
  const may = (...actions: string[]) =>
    running.configure(configured({ principals: [principal(allow(actions, object))] }));
  await may("s3:GetObject");
  await expect(read(["ETag"])).rejects.toThrow("s3:GetObjectAttributes");
  await may("s3:GetObjectAttributes");
  await expect(read(["ETag"])).rejects.toThrow("s3:GetObject");
  await may("s3:GetObject", "s3:GetObjectAttributes");
  await read(["ETag"]);
  await expect(read(["ETag"], { VersionId: first })).rejects.toThrow("s3:GetObjectVersion");
  await may("s3:GetObjectVersion", "s3:GetObjectVersionAttributes");
  await read(["ETag"], { VersionId: first });
});
