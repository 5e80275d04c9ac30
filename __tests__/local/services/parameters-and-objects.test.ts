import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
} from "@aws-sdk/client-ssm";
import { eventually } from "../../support/eventually";
import { allow, everything, logs, principal, type Running, startServices } from "../support/services";

const secretArn = "arn:aws:ssm:us-east-1:000000000000:parameter/records/dev/secret";
const parameters = [
  { name: "/records/dev/secret", arn: secretArn, type: "SecureString", value: "the secret", version: 1 },
  {
    name: "plain",
    arn: "arn:aws:ssm:us-east-1:000000000000:parameter/plain",
    type: "String",
    value: "text",
    version: 2,
  },
];

let running: Running;
beforeAll(async () => {
  running = await startServices({ parameters, buckets: [logs] });
});
afterAll(() => running.stop());
afterEach(() => running.configure({ parameters, buckets: [logs] }));

test("parameters are read by name and by ARN, secrets only with decryption", async () => {
  const read = async (Name: string, WithDecryption?: boolean) =>
    (await running.ssm.send(new GetParameterCommand({ Name, WithDecryption }))).Parameter;
  expect(await read("/records/dev/secret", true)).toMatchObject({
    ARN: secretArn,
    DataType: "text",
    Name: "/records/dev/secret",
    Type: "SecureString",
    Value: "the secret",
    Version: 1,
  });
  expect(await read(secretArn, true)).toMatchObject({ Value: "the secret" });
  expect((await read("/records/dev/secret"))!.Value).not.toContain("the secret");
  expect(await read("plain")).toMatchObject({ Type: "String", Value: "text", Version: 2 });
});

test("parameters that are not there are named, or are an error", async () => {
  const Names = ["plain", "/missing"];
  expect(await running.ssm.send(new GetParametersCommand({ Names }))).toMatchObject({
    Parameters: [{ Name: "plain" }],
    InvalidParameters: ["/missing"],
  });
  await expect(running.ssm.send(new GetParameterCommand({ Name: "/missing" }))).rejects.toMatchObject({
    name: "ParameterNotFound",
  });
});

test.each([
  [{ Names: [] }, "ValidationException"],
  [{ Names: Array.from({ length: 11 }, (_, index) => `p${index}`) }, "ValidationException"],
  [{ Names: undefined }, "ValidationException"],
  [{ Names: ["plain", "records/dev/secret"] }, "ValidationException"],
  [{ Names: ["a b"] }, "ValidationException"],
  [{ Names: ["plain:1:2"] }, "ValidationException"],
  [{ Names: ["plain:"] }, "ValidationException"],
])("reading %o is refused", async (input, name) => {
  await expect(running.ssm.send(new GetParametersCommand(input as { Names: string[] }))).rejects.toMatchObject({
    name,
  });
});

describe("names of parameters are those of Parameter Store", () => {
  const named = (name: string, version = 1) => ({
    ...{ name, version, type: "String", value: `value of ${name}` },
    arn: `arn:aws:ssm:us-east-1:000000000000:parameter/${name.replace(/^\//, "")}`,
  });
  const both = [named("/p"), named("p", 7), named("plain"), named("/a/b"), named("/a/b/c")];
  beforeEach(() => running.configure({ parameters: both }));
  const read = async (Name: string) => (await running.ssm.send(new GetParameterCommand({ Name }))).Parameter;

  test.each([
    ["p", "value of p", undefined],
    ["/p", "value of /p", undefined],
    ["p:7", "value of p", ":7"],
    ["/a/b:1", "value of /a/b", ":1"],
    ["arn:aws:ssm:us-east-1:000000000000:parameter/a/b", "value of /a/b", undefined],
    ["arn:aws:ssm:us-east-1:000000000000:parameter/a/b:1", "value of /a/b", ":1"],
  ])("%s is one of them", async (name, value, selector) => {
    expect(await read(name)).toMatchObject({ Value: value, ...(selector ? { Selector: selector } : {}) });
    expect((await read(name))?.Selector).toBe(selector);
  });

  test.each([
    ["/plain", "ParameterNotFound"],
    ["a/b", "ValidationException"],
    ["a/b:1", "ValidationException"],
    ["p:1", "ParameterVersionNotFound"],
    ["p:stable", "ParameterVersionNotFound"],
    ["p:constructor", "ParameterVersionNotFound"],
    ["q:1", "ParameterNotFound"],
    ["constructor", "ParameterNotFound"],
    ["/a/b:", "ValidationException"],
    ["/a b", "ValidationException"],
    ["é", "ValidationException"],
  ])("reading %s is a %s", async (name, error) => {
    await expect(read(name)).rejects.toMatchObject({ name: error });
  });

  test("of several names those that name nothing are returned as they were given", async () => {
    const Names = ["p:7", "p:8", "/plain", "plain", "/p:x"];
    const { Parameters, InvalidParameters } = await running.ssm.send(new GetParametersCommand({ Names }));
    expect(Parameters?.map(({ Name, Selector }) => [Name, Selector])).toEqual([
      ["p", ":7"],
      ["plain", undefined],
    ]);
    expect(InvalidParameters).toEqual(["p:8", "/plain", "/p:x"]);
  });

  test.each([
    ["/", true, ["/p", "p", "plain", "/a/b", "/a/b/c"]],
    ["/", false, ["/p", "p", "plain"]],
    ["/a", false, ["/a/b"]],
    ["/a/", true, ["/a/b", "/a/b/c"]],
    ["/p", true, []],
  ])("what lies below %s, at any depth: %s", async (Path, Recursive, names) => {
    const found = await running.ssm.send(new GetParametersByPathCommand({ Path, Recursive }));
    expect(found.Parameters?.map(({ Name }) => Name)).toEqual(names);
  });

  test("a parameter's history is the version that there is", async () => {
    const { Parameters } = await running.ssm.send(new GetParameterHistoryCommand({ Name: "p" }));
    expect(Parameters).toMatchObject([{ Name: "p", Version: 7, Value: "value of p", Labels: [], Tier: "Standard" }]);
    const missing = running.ssm.send(new GetParameterHistoryCommand({ Name: "/plain" }));
    await expect(missing).rejects.toMatchObject({ name: "ParameterNotFound" });
  });

  test.each([
    [
      new GetParametersByPathCommand({ Path: "/", ParameterFilters: [{ Key: "Type", Values: ["String"] }] }),
      "ParameterFilters of GetParametersByPath",
    ],
    [new DescribeParametersCommand({ Shared: true }), "Shared of DescribeParameters"],
  ])("what is not emulated is refused by its name (%#)", async (command, name) => {
    await expect(running.ssm.send(command as GetParametersByPathCommand)).rejects.toThrow(
      `SSM ${name} is not emulated`,
    );
  });
});

test("a parameter with a key of its own needs the right to decrypt by it", async () => {
  const keyArn = "arn:aws:kms:us-east-1:000000000000:key/k";
  const keyed = [{ ...parameters[0]!, keyArn }];
  const read = () => running.ssm.send(new GetParameterCommand({ Name: "/records/dev/secret", WithDecryption: true }));
  const may = allow("ssm:GetParameter", secretArn);
  await running.configure({ parameters: keyed, principals: [principal(may)] });
  await expect(read()).rejects.toThrow(`not authorized to perform: kms:Decrypt on resource: ${keyArn}`);
  const viaSsm = { StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" } };
  await running.configure({
    parameters: keyed,
    principals: [principal(may, { ...allow("kms:Decrypt", keyArn), Condition: viaSsm })],
  });
  await expect(read()).resolves.toMatchObject({ Parameter: { Value: "the secret" } });
});

const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket: "logs", Key, Body, ...more }));

test.each([
  "activity/2026/01/x.json",
  "a b/ü&+%/../.",
  "activity",
  "activity/",
  "x#object/y",
  `${"long".repeat(100)}/z`,
])("an object %s comes back byte for byte", async (key) => {
  const body = Buffer.from([0, 10, 13, 255, 128]);
  await put(key, body, { ContentType: "image/png", Metadata: { colour: "red" } });
  const got = await running.s3.send(new GetObjectCommand({ Bucket: "logs", Key: key }));
  expect(Buffer.from(await got.Body!.transformToByteArray())).toEqual(body);
  expect(got).toMatchObject({ ContentType: "image/png", Metadata: { colour: "red" }, ContentLength: 5 });
});

test("objects are listed page by page, described and deleted", async () => {
  for (const key of ["list/c", "list/a", "list/b", "other"]) await put(key, key);
  const list = (more: object = {}) =>
    running.s3.send(new ListObjectsV2Command({ Bucket: "logs", Prefix: "list/", MaxKeys: 2, ...more }));
  const first = await list();
  expect(first.Contents!.map(({ Key }) => Key)).toEqual(["list/a", "list/b"]);
  const second = await list({ ContinuationToken: first.NextContinuationToken });
  expect([second.Contents!.map(({ Key }) => Key), second.IsTruncated]).toEqual([["list/c"], false]);
  expect(await running.s3.send(new HeadObjectCommand({ Bucket: "logs", Key: "list/a" }))).toMatchObject({
    ContentLength: 6,
  });
  await running.s3.send(new DeleteObjectCommand({ Bucket: "logs", Key: "list/a" }));
  await expect(running.s3.send(new GetObjectCommand({ Bucket: "logs", Key: "list/a" }))).rejects.toMatchObject({
    name: "NoSuchKey",
  });
});

test("a role is limited to its key prefix, with the line that would open more", async () => {
  const within = allow("s3:PutObject", "arn:aws:s3:::logs/activity/*");
  await running.configure({ buckets: [logs], principals: [principal(within)] });
  await expect(put("activity/x", "x")).resolves.toBeDefined();
  await expect(put("elsewhere/x", "x")).rejects.toMatchObject({ name: "AccessDenied" });
  const denied = () => running.events.find((event) => event.event === "denial" && event.action === "s3:PutObject");
  expect(await eventually(denied)).toMatchObject({
    resource: "arn:aws:s3:::logs/elsewhere/x",
  });
});

test("who may not list a bucket does not learn that a key is missing", async () => {
  const missing = () => running.s3.send(new GetObjectCommand({ Bucket: "logs", Key: "nothing" }));
  await running.configure({ buckets: [logs], principals: [principal(allow("s3:GetObject", "arn:aws:s3:::logs/*"))] });
  await expect(missing()).rejects.toMatchObject({ name: "AccessDenied" });
  await running.configure({ buckets: [logs], principals: [principal(everything)] });
  await expect(missing()).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("a bucket that is not in the stack does not exist", async () => {
  const command = new PutObjectCommand({ Bucket: "others", Key: "x", Body: "x" });
  await expect(running.s3.send(command)).rejects.toMatchObject({ name: "NoSuchBucket" });
});
