import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  type ListObjectsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { allow, everything, logs, principal, type Running, startServices } from "../support/services";
import { ask } from "../support/signed";

let running: Running;
beforeAll(async () => {
  running = await startServices({ buckets: [logs] });
});
afterAll(() => running.stop());

const Bucket = "logs";
const put = (Key: string, more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }));

// By their bytes: in UTF-16 the last two would change places.
const keys = ["a", "a/1", "a/2", "a/b/3", "b", "c/1", "d e+&<ü>", "\uffee", "\u{1f600}"];
beforeAll(async () => {
  for (const key of keys) await put(key);
});

const v2 = (input: object = {}) => running.s3.send(new ListObjectsV2Command({ Bucket, ...input }));
const v1 = (input: object = {}) => running.s3.send(new ListObjectsCommand({ Bucket, ...input }));

interface Places {
  readonly keys: readonly (string | undefined)[];
  readonly groups: readonly (string | undefined)[];
}

const placesOf = (pages: readonly (ListObjectsV2CommandOutput | ListObjectsCommandOutput)[]): Places => ({
  keys: pages.flatMap(({ Contents = [] }) => Contents.map(({ Key }) => Key)),
  groups: pages.flatMap(({ CommonPrefixes = [] }) => CommonPrefixes.map(({ Prefix }) => Prefix)),
});

async function pagesOfV2(input: object) {
  const pages: ListObjectsV2CommandOutput[] = [];
  for (let token: string | undefined, more = true; more; ) {
    const page = await v2({ ...input, ...(token === undefined ? {} : { ContinuationToken: token }) });
    pages.push(page);
    ({ NextContinuationToken: token, IsTruncated: more = false } = page);
  }
  return pages;
}

async function pagesOfV1(input: object) {
  const pages: ListObjectsCommandOutput[] = [];
  for (let marker: string | undefined, more = true; more; ) {
    const page = await v1({ ...input, ...(marker === undefined ? {} : { Marker: marker }) });
    pages.push(page);
    marker = page.NextMarker ?? page.Contents?.at(-1)?.Key;
    more = page.IsTruncated ?? false;
  }
  return pages;
}

describe.each([
  ["ListObjectsV2", pagesOfV2],
  ["ListObjects", pagesOfV1],
])("%s", (_, pagesOf) => {
  test.each<[input: object, places: Places]>([
    [{}, { keys, groups: [] }],
    [{ Prefix: "a/" }, { keys: ["a/1", "a/2", "a/b/3"], groups: [] }],
    [{ Delimiter: "/" }, { keys: keys.filter((key) => !key.includes("/")), groups: ["a/", "c/"] }],
    [
      { Prefix: "a/", Delimiter: "/" },
      { keys: ["a/1", "a/2"], groups: ["a/b/"] },
    ],
    [
      { Prefix: "a", Delimiter: "/b/" },
      { keys: ["a", "a/1", "a/2"], groups: ["a/b/"] },
    ],
    [{ Prefix: "none" }, { keys: [], groups: [] }],
    [{ Prefix: "constructor" }, { keys: [], groups: [] }],
  ])("of %j has those keys and groups, in pages of any length", async (input, places) => {
    for (const MaxKeys of [1, 2, 3, 1000, 5000]) {
      const pages = await pagesOf({ ...input, MaxKeys });
      expect(placesOf(pages)).toEqual(places);
      for (const { Contents = [], CommonPrefixes = [] } of pages) {
        expect(Contents.length + CommonPrefixes.length).toBeLessThanOrEqual(MaxKeys);
      }
    }
  });
});

test("a list begins after a key, whether there is one or not, and says what it was asked for", async () => {
  expect(placesOf([await v2({ StartAfter: "a/2" })]).keys).toEqual(keys.slice(3));
  expect(placesOf([await v2({ StartAfter: "a/2x" })]).keys).toEqual(keys.slice(3));
  const page = await v2({ StartAfter: "a", MaxKeys: 2, Delimiter: "/", Prefix: "" });
  expect(page).toMatchObject({ StartAfter: "a", MaxKeys: 2, Delimiter: "/", KeyCount: 2, IsTruncated: true });
  const next = await v2({ StartAfter: "a", ContinuationToken: page.NextContinuationToken });
  expect(next.ContinuationToken).toBe(page.NextContinuationToken);
  expect(placesOf([next]).keys).toEqual(keys.slice(keys.indexOf("c/1")));
  expect(await v2({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
});

test("a list has owners where it is asked for, keys as in URLs, classes and kinds of checksums", async () => {
  await put("class", { StorageClass: "STANDARD_IA", ChecksumAlgorithm: "SHA256" });
  const [found] = (await v2({ Prefix: "class", FetchOwner: true })).Contents ?? [];
  expect(found).toMatchObject({
    StorageClass: "STANDARD_IA",
    ChecksumAlgorithm: ["SHA256"],
    ChecksumType: "FULL_OBJECT",
    Owner: { ID: "000000000000" },
  });
  expect((await v2({ Prefix: "class" })).Contents?.[0]).not.toHaveProperty("Owner");
  await running.s3.send(new DeleteObjectCommand({ Bucket, Key: "class" }));
  const encoded = await v2({ Prefix: "d e", EncodingType: "url" });
  expect([encoded.EncodingType, encoded.Prefix]).toEqual(["url", "d+e"]);
  expect(encoded.Contents?.map(({ Key }) => Key)).toEqual(["d+e%2B%26%3C%C3%BC%3E"]);
});

test.each([{ MaxKeys: -1 }, { ContinuationToken: "none" }, { ContinuationToken: "" }, { EncodingType: "base64" }])(
  "a list with %j is refused",
  async (input) => {
    await expect(v2(input)).rejects.toMatchObject({ name: "InvalidArgument" });
  },
);

test("buckets are listed page by page, with where they are", async () => {
  const named = ["b-1", "b-2", "c-1"].map((name) => ({ ...logs, name }));
  await running.configure({ buckets: named });
  const list = async (input: object) => running.s3.send(new ListBucketsCommand(input));
  const names = ({ Buckets = [] }: Awaited<ReturnType<typeof list>>) => Buckets.map(({ Name }) => Name);
  const first = await list({ MaxBuckets: 2 });
  expect(first.Buckets?.[0]).toMatchObject({ BucketArn: "arn:aws:s3:::b-1", BucketRegion: "us-east-1" });
  const second = await list({ MaxBuckets: 2, ContinuationToken: first.ContinuationToken });
  expect([names(first), names(second), second.ContinuationToken]).toEqual([["b-1", "b-2"], ["c-1"], undefined]);
  expect(await list({ Prefix: "c" })).toMatchObject({ Prefix: "c", Buckets: [{ Name: "c-1" }] });
  expect(names(await list({ BucketRegion: "eu-west-1" }))).toEqual([]);
  await expect(list({ MaxBuckets: 0 })).rejects.toMatchObject({ name: "InvalidArgument" });
  expect(await running.s3.send(new HeadBucketCommand({ Bucket: "b-1" }))).toMatchObject({
    BucketRegion: "us-east-1",
    BucketArn: "arn:aws:s3:::b-1",
  });
  expect(await running.s3.send(new GetBucketLocationCommand({ Bucket: "b-1" }))).not.toHaveProperty(
    "LocationConstraint",
    expect.stringMatching(/./),
  );
  await running.configure({ buckets: [logs] });
});

describe("many at once", () => {
  const versioned = { ...logs, versioning: "Enabled" as const };
  const remove = (
    Objects: { Key: string; VersionId?: string | undefined; ETag?: string | undefined }[],
    Quiet = false,
  ) => running.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet } }));
  const isThere = (Key: string, VersionId?: string) =>
    running.s3.send(new GetObjectCommand({ Bucket, Key, ...(VersionId ? { VersionId } : {}) })).then(
      () => true,
      () => false,
    );
  beforeEach(() => running.configure({ buckets: [versioned] }));
  afterAll(() => running.configure({ buckets: [logs] }));

  test("are deleted, each with its answer, whatever its key", async () => {
    const key = "many/<&>\"'  \r\n\t";
    const { VersionId } = await put(key);
    await put("many/2");
    const { Deleted = [] } = await remove([{ Key: key, VersionId }, { Key: "many/2" }, { Key: "many/none" }]);
    expect(Deleted.map(({ VersionId: id, DeleteMarker }) => [id, DeleteMarker])).toEqual([
      [VersionId, undefined],
      [undefined, true],
      [undefined, true],
    ]);
    expect(Deleted[0]?.Key).toBe(key);
    expect([await isThere(key), await isThere("many/2")]).toEqual([false, false]);
    const { DeleteMarkerVersionId } = Deleted[1] ?? {};
    await remove([{ Key: "many/2", VersionId: DeleteMarkerVersionId }], true);
    expect(await isThere("many/2")).toBe(true);
  });

  test("one that is refused is reported, and does not concern the others", async () => {
    const { ETag } = await put("may/1");
    await put("may/2");
    await put("not/1");
    await running.configure({
      buckets: [versioned],
      principals: [principal(allow(["s3:DeleteObject", "s3:GetObject"], "arn:aws:s3:::logs/may/*"))],
    });
    const { Deleted, Errors } = await remove([
      { Key: "not/1" },
      { Key: "may/1", ETag: '"0"' },
      { Key: "may/1", VersionId: "none" },
      { Key: "may/1", VersionId: "null" },
      { Key: "may/1", ETag },
      { Key: "may/2" },
    ]);
    expect(Deleted?.map(({ Key }) => Key)).toEqual(["may/1", "may/2"]);
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([
      ["not/1", "AccessDenied"],
      ["may/1", "PreconditionFailed"],
      ["may/1", "NoSuchVersion"],
      ["may/1", "AccessDenied"],
    ]);
    await running.configure({ buckets: [versioned], principals: [principal(everything)] });
    expect(await isThere("not/1")).toBe(true);
  });

  const raw = (body: string, headers: Record<string, string> = { "x-amz-checksum-sha1": "" }) =>
    ask(running.url, "s3", { path: "/logs", query: { delete: "" }, body, headers });
  const codeIn = (text: string) => /<Code>(.*?)<\/Code>/.exec(text)?.[1];
  const one = "<Object><Key>a</Key></Object>";

  test.each<[body: string, code: string]>([
    ["", "MalformedXML"],
    ["<Delete></Delete>", "MalformedXML"],
    [`<Delete>${one}`, "MalformedXML"],
    [`<Delete>${one}</Other>`, "MalformedXML"],
    [`<Other>${one}</Other>`, "MalformedXML"],
    [`<Delete>${one}</Delete><Delete/>`, "MalformedXML"],
    ["<Delete><Object><Key></Key></Object></Delete>", "MalformedXML"],
    ["<Delete><Object><Key>&nothing;</Key></Object></Delete>", "MalformedXML"],
    ["<Delete><Object><Key>&#xFFFFFFFF;</Key></Object></Delete>", "MalformedXML"],
    ["<Delete><Object><Key>a</Key><Size>1</Size></Object></Delete>", "UnknownOperationException"],
    [`<Delete>${one.repeat(1001)}</Delete>`, "MalformedXML"],
  ])("a body %j is refused", async (body, code) => {
    const { createHash } = await import("node:crypto");
    const md5 = createHash("md5").update(body).digest("base64");
    expect(codeIn((await raw(body, { "content-md5": md5 })).text)).toBe(code);
  });

  test.each([
    ["content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="],
    ["x-amz-checksum-crc32", "AAAAAA=="],
  ])("a body of which %s says something else is refused, and deletes nothing", async (name, value) => {
    expect(codeIn((await raw(`<Delete>${one}</Delete>`, { [name]: value })).text)).toBe("BadDigest");
    expect(await isThere("a")).toBe(true);
  });

  test("a body that nothing is said of is refused", async () => {
    expect(codeIn((await raw(`<Delete>${one}</Delete>`, {})).text)).toBe("InvalidRequest");
    expect(await isThere("a")).toBe(true);
  });
});
