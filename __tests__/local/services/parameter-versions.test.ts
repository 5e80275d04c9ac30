import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  LabelParameterVersionCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  UnlabelParameterVersionCommand,
} from "@aws-sdk/client-ssm";
import type { ServicesConfiguration } from "../../../local/services/configuration";
import type { ServiceCall } from "../../../local/services/service-call";
import { eventually } from "../../support/eventually";
import { account, allow, everything, principal, type Running, region, startServices } from "../support/services";

const arnOf = (name: string) => `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;
const parameter = (name: string, value: string, more: object = {}) => ({
  ...{ name, arn: arnOf(name), type: "String", value, version: 1 },
  ...more,
});
const declared = [parameter("/s/plain", "of the stack"), parameter("/s/secret", "hidden", { type: "SecureString" })];
const key = { arn: `arn:aws:kms:${region}:${account}:key/k`, names: ["k", "alias/own"] };

let running: Running;
const configured = (changes: Partial<ServicesConfiguration> = {}) => ({
  ...{ parameters: declared, keys: [key], principals: [principal(everything)] },
  ...changes,
});
const start = async () => {
  running = await startServices(configured());
};

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  running.ssm.send(new PutParameterCommand({ Name, Value, ...more }));
const make = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  put(Name, Value, { Type: "String", ...more });
const overwrite = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  put(Name, Value, { Overwrite: true, ...more });
const read = async (Name: string) =>
  (await running.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter;
const label = (Name: string, Labels: string[], ParameterVersion?: number) =>
  running.ssm.send(new LabelParameterVersionCommand({ Name, Labels, ParameterVersion }));
const history = async (Name: string) =>
  (await running.ssm.send(new GetParameterHistoryCommand({ Name }))).Parameters ?? [];
const labels = async (Name: string) => (await history(Name)).map(({ Version, Labels }) => [Version, Labels]);

/** As after the end of the process. */
async function restarted(changes?: Partial<ServicesConfiguration>): Promise<void> {
  await running.stop();
  running = await startServices(configured(changes), { folder: running.folder });
}

const longest = `/${"n".repeat(1011 - arnOf("").length)}`;

describe("what Parameter Store takes", () => {
  beforeEach(start);
  afterEach(() => running.stop());

  test("a parameter that is written is read, in its versions, and its history goes back to what the stack said", async () => {
    expect(await overwrite("/s/plain", "two")).toMatchObject({ Version: 2, Tier: "Standard" });
    expect(await overwrite("/s/plain", "three", { Type: "String", Description: "why" })).toMatchObject({ Version: 3 });
    expect(await read("/s/plain")).toMatchObject({ Value: "three", Version: 3 });
    expect(await read("/s/plain:1")).toMatchObject({ Value: "of the stack", Version: 1, Selector: ":1" });
    expect((await history("/s/plain")).map(({ Value, Description }) => [Value, Description])).toEqual([
      ["of the stack", undefined],
      ["two", undefined],
      ["three", "why"],
    ]);
  });

  test("of what is written nobody keeps the value", async () => {
    await running.stop();
    const calls: ServiceCall[] = [];
    const onCalls = (some: readonly ServiceCall[]) => void calls.push(...some);
    running = await startServices(configured(), { onCalls });
    await overwrite("/s/secret", "very-secret");
    await expect(put("/s/secret", "more-secret")).rejects.toThrow("already exists");
    const kept = await eventually(() => (calls.length === 2 ? calls : undefined));
    expect(kept.map(({ operation }) => operation)).toEqual(["PutParameter", "PutParameter"]);
    expect(kept[0]?.input).toContain("/s/secret");
    expect(JSON.stringify([kept, running.events])).not.toMatch(/(very|more)-secret/);
  });

  test("a parameter that is made is found by its path, in the list, and after a restart", async () => {
    await make("/made/a", "x");
    await make("b", "y,z", { Type: "StringList" });
    await restarted();
    expect(await read("/made/a")).toMatchObject({ Value: "x", Version: 1, ARN: arnOf("/made/a") });
    const found = await running.ssm.send(new GetParametersByPathCommand({ Path: "/", Recursive: true }));
    expect(found.Parameters?.map(({ Name }) => Name)).toEqual(["/s/plain", "/s/secret", "/made/a", "b"]);
    const { Parameters } = await running.ssm.send(new DescribeParametersCommand({}));
    expect(Parameters?.at(-1)).toMatchObject({ Name: "b", Type: "StringList", Version: 1 });
  });

  test("what was written stays over a restart, until the stack has another value: that is the next version", async () => {
    await overwrite("/s/plain", "written");
    await label("/s/plain", ["good"]);
    await restarted();
    expect(await read("/s/plain")).toMatchObject({ Value: "written", Version: 2 });
    const parameters = [parameter("/s/plain", "another")];
    await restarted({ parameters });
    expect(await read("/s/plain")).toMatchObject({ Value: "another", Version: 3 });
    expect(await read("/s/plain:good")).toMatchObject({ Value: "written" });
    await restarted({ parameters });
    expect(await read("/s/plain")).toMatchObject({ Version: 3 });
  });

  test("a stack that has another value while it runs has the next version at once", async () => {
    await overwrite("/s/plain", "written");
    await running.configure(configured({ parameters: [parameter("/s/plain", "saved")] }));
    expect(await read("/s/plain")).toMatchObject({ Value: "saved", Version: 3 });
  });

  test("a parameter that the stack no longer has is not there, whatever was written to it, and may be made anew", async () => {
    await overwrite("/s/plain", "written");
    await running.configure(configured({ parameters: [] }));
    await expect(read("/s/plain")).rejects.toMatchObject({ name: "ParameterNotFound" });
    expect(await make("/s/plain", "own")).toMatchObject({ Version: 1 });
  });

  test("what is deleted is not there, and stays away over a restart until the stack has another value", async () => {
    await make("/made", "x");
    const Names = ["/made", "/s/plain", "/none"];
    expect(await running.ssm.send(new DeleteParametersCommand({ Names }))).toMatchObject({
      DeletedParameters: ["/made", "/s/plain"],
      InvalidParameters: ["/none"],
    });
    await restarted();
    for (const Name of Names) await expect(read(Name)).rejects.toMatchObject({ name: "ParameterNotFound" });
    await expect(running.ssm.send(new DeleteParameterCommand({ Name: "/none" }))).rejects.toMatchObject({
      name: "ParameterNotFound",
    });
    await restarted({ parameters: [parameter("/s/plain", "back")] });
    expect(await read("/s/plain")).toMatchObject({ Value: "back", Version: 1 });
  });

  test.each<[string, string, string, Partial<PutParameterCommandInput>]>([
    ["a path", "/made", "x", { Type: "String" }],
    ["spaces around a name, which are removed,", "  /made  ", "x", { Type: "String" }],
    ["a name of 1011 characters with its ARN", longest, "x", { Type: "String" }],
    ["fifteen levels", "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", "x", { Type: "String" }],
    ["4 KB", "/made", "x".repeat(4096), { Type: "String" }],
    ["8 KB in the advanced tier", "/made", "é".repeat(4096), { Type: "String", Tier: "Advanced" }],
    [
      "more than 4 KB where Parameter Store chooses the tier",
      "/made",
      "x".repeat(4097),
      { Type: "String", Tier: "Intelligent-Tiering" },
    ],
    ["a value that fits its pattern", "/made", "250", { Type: "String", AllowedPattern: "^\\d+$", DataType: "text" }],
    ["JSON with braces", "/made", '{"a":{"b":{}}}', { Type: "String" }],
    ["a secret under AWS's key", "/made/of-aws", "x", { Type: "SecureString", KeyId: "alias/aws/ssm" }],
    ["a secret of the stack with another value", "/s/secret", "x", { Overwrite: true }],
  ])("%s may be written", async (_, name, value, more) => {
    await put(name, value, more);
    expect(await read(name.trim())).toMatchObject({ Value: value });
  });

  test("a pattern holds for later versions, and what a version leaves out it has of the one before", async () => {
    await make("/made", "1", { AllowedPattern: "\\d+", Description: "a number" });
    await expect(overwrite("/made", "one")).rejects.toMatchObject({ name: "ParameterPatternMismatchException" });
    await overwrite("/made", "2");
    expect((await history("/made"))[1]).toMatchObject({ Value: "2", AllowedPattern: "\\d+", Description: "a number" });
  });

  test("an advanced parameter stays one, and can't go back to the standard tier", async () => {
    await make("/made", "x", { Tier: "Advanced" });
    expect(await overwrite("/made", "y")).toMatchObject({ Tier: "Advanced" });
    expect(await overwrite("/made", "y", { Tier: "Intelligent-Tiering" })).toMatchObject({ Tier: "Advanced" });
    await expect(overwrite("/made", "y", { Tier: "Standard" })).rejects.toThrow("You can't downgrade a parameter");
  });

  test("a hundred versions are kept, unless the oldest has a label", async () => {
    await make("/made", "1");
    for (let version = 2; version <= 101; version += 1) await overwrite("/made", `${version}`);
    const first = await running.ssm.send(new GetParameterHistoryCommand({ Name: "/made" }));
    const { NextToken } = first;
    const second = await running.ssm.send(new GetParameterHistoryCommand({ Name: "/made", NextToken }));
    const versions = [first, second].flatMap(({ Parameters }) => Parameters?.map(({ Version }) => Version));
    expect(versions).toEqual(Array.from({ length: 100 }, (_, index) => index + 2));
    expect(second.NextToken).toBeUndefined();
    await expect(read("/made:1")).rejects.toMatchObject({ name: "ParameterVersionNotFound" });
    await label("/made", ["keep"], 2);
    await expect(overwrite("/made", "102")).rejects.toMatchObject({
      name: "ParameterMaxVersionLimitExceeded",
      message: expect.stringContaining("Version 2, the oldest version, can't be deleted because it has a label"),
    });
    expect(await read("/made")).toMatchObject({ Version: 101 });
    await label("/made", ["keep"], 3);
    expect(await overwrite("/made", "102")).toMatchObject({ Version: 102 });
  });

  test("a label names one version, is moved to another, and is taken off", async () => {
    await overwrite("/s/plain", "two");
    expect(await label("/s/plain", ["live", "a.b-c_d"])).toMatchObject({ InvalidLabels: [], ParameterVersion: 2 });
    expect(await read("/s/plain:live")).toMatchObject({ Value: "two", Selector: ":live" });
    await label("/s/plain", ["live"], 1);
    expect(await read("/s/plain:live")).toMatchObject({ Value: "of the stack" });
    await restarted();
    expect(await labels("/s/plain")).toEqual([
      [1, ["live"]],
      [2, ["a.b-c_d"]],
    ]);
    const unlabel = { Name: "/s/plain", ParameterVersion: 1, Labels: ["live", "a.b-c_d"] };
    expect(await running.ssm.send(new UnlabelParameterVersionCommand(unlabel))).toMatchObject({
      RemovedLabels: ["live"],
      InvalidLabels: ["a.b-c_d"],
    });
    expect(await labels("/s/plain")).toEqual([
      [1, []],
      [2, ["a.b-c_d"]],
    ]);
  });

  test("labels that are none are named, and the others are put", async () => {
    const invalid = ["1x", "aws-x", "SSMx", "a b", "a/b", "é"];
    expect(await label("/s/plain", [...invalid, "Good", "constructor"])).toMatchObject({ InvalidLabels: invalid });
    expect(await labels("/s/plain")).toEqual([[1, ["Good", "constructor"]]]);
  });

  test("a version has up to ten labels", async () => {
    const ten = Array.from({ length: 10 }, (_, index) => `l${index}`);
    await label("/s/plain", ten);
    await label("/s/plain", ["l3"]);
    await expect(label("/s/plain", ["more"])).rejects.toMatchObject({ name: "ParameterVersionLabelLimitExceeded" });
    expect(await labels("/s/plain")).toEqual([[1, ten]]);
  });

  test.each<[string, string, string, string[], number | undefined]>([
    ["one of a parameter that is not there", "ParameterNotFound", "/none", ["l"], undefined],
    ["one of a version that is not there", "ParameterVersionNotFound", "/s/plain", ["l"], 2],
    ["none at all", "ValidationException", "/s/plain", [], undefined],
    ["one of 101 characters", "ValidationException", "/s/plain", ["l".repeat(101)], undefined],
    [
      "one of eleven",
      "ValidationException",
      "/s/plain",
      Array.from({ length: 11 }, (_, index) => `l${index}`),
      undefined,
    ],
    ["one of a name with a selector", "ValidationException", "/s/plain:1", ["l"], undefined],
  ])("%s is no label: %s", async (_, error, name, all, version) => {
    await expect(label(name, all, version)).rejects.toMatchObject({ name: error });
    expect(await labels("/s/plain")).toEqual([[1, []]]);
  });

  test.each<[string, string, () => Promise<unknown>]>([
    ["ssm:PutParameter", "/s/plain", () => overwrite("/s/plain", "x")],
    ["ssm:DeleteParameter", "/s/plain", () => running.ssm.send(new DeleteParameterCommand({ Name: "/s/plain" }))],
    ["ssm:DeleteParameters", "/s/plain", () => running.ssm.send(new DeleteParametersCommand({ Names: ["/s/plain"] }))],
    ["ssm:LabelParameterVersion", "/s/plain", () => label("/s/plain", ["l"])],
    [
      "ssm:UnlabelParameterVersion",
      "/s/plain",
      () =>
        running.ssm.send(new UnlabelParameterVersionCommand({ Name: "/s/plain", Labels: ["l"], ParameterVersion: 1 })),
    ],
  ])("%s is needed on %s, and is enough", async (action, name, call) => {
    const others = allow(["ssm:Get*", "ssm:Describe*", action], arnOf("/elsewhere"));
    await running.configure(configured({ principals: [principal(others)] }));
    await expect(call()).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`${action} on resource: ${arnOf(name)}`),
    });
    await running.configure(configured({ principals: [principal(allow(action, arnOf(name)))] }));
    await call();
  });

  test("a role may be let make parameters and not overwrite them", async () => {
    const making = {
      ...allow("ssm:PutParameter", arnOf("*")),
      Condition: { StringEquals: { "ssm:Overwrite": "false" } },
    };
    await running.configure(configured({ principals: [principal(making)] }));
    await make("/made", "x");
    await expect(overwrite("/made", "y")).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test.each<[string, Partial<PutParameterCommandInput>]>([
    ["kms:Encrypt", {}],
    ["kms:GenerateDataKey", { Tier: "Advanced" }],
  ])("a secret under a key of one's own needs %s", async (action, more) => {
    const may = allow("ssm:PutParameter", arnOf("*"));
    const secret = () => make("/made", "x", { Type: "SecureString", KeyId: "alias/own", ...more });
    await running.configure(configured({ principals: [principal(may)] }));
    await expect(secret()).rejects.toThrow(`${action} on resource: ${key.arn}`);
    const Condition = { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": arnOf("/made") } };
    const using = { ...allow(action, key.arn), Condition };
    await running.configure(configured({ principals: [principal(may, using, allow("ssm:Get*", "*"))] }));
    await secret();
    await expect(read("/made")).rejects.toThrow(`kms:Decrypt on resource: ${key.arn}`);
    expect(await history("/made")).toMatchObject([{ KeyId: key.arn, Type: "SecureString" }]);
  });
});

describe("what it refuses", () => {
  beforeAll(start);
  afterAll(() => running.stop());

  test.each<[string, string, string, string, string, Partial<PutParameterCommandInput>]>([
    [
      "what is there already",
      "ParameterAlreadyExists",
      "set the overwrite option in the request to true",
      "/s/plain",
      "x",
      { Type: "String" },
    ],
    [
      "another type",
      "HierarchyTypeMismatchException",
      "is a String",
      "/s/plain",
      "x",
      { Overwrite: true, Type: "SecureString" },
    ],
    [
      "a first version without a type",
      "ValidationException",
      "A parameter type is required when you create a parameter.",
      "/made",
      "x",
      {},
    ],
    [
      "the same with Overwrite",
      "ValidationException",
      "A parameter type is required",
      "/made",
      "x",
      { Overwrite: true },
    ],
    [
      "a type that there is not",
      "ValidationException",
      "enum value set: [SecureString, StringList",
      "/made",
      "x",
      { Type: "Text" as "String" },
    ],
    [
      "nothing",
      "ValidationException",
      "Member must have length greater than or equal to 1",
      "/made",
      "",
      { Type: "String" },
    ],
    [
      "a reference to another parameter",
      "ValidationException",
      'Do not use "{{}}" in the value',
      "/made",
      "a {{ssm:b}}",
      { Type: "String" },
    ],
    [
      "more than 4 KB",
      "ValidationException",
      "Standard tier parameters support a maximum",
      "/made",
      "x".repeat(4097),
      { Type: "String" },
    ],
    [
      "a long row of braces",
      "ValidationException",
      "Standard tier parameters support a maximum",
      "/made",
      "{".repeat(2_000_000),
      { Type: "String" },
    ],
    [
      "more than 4 KB in other letters",
      "ValidationException",
      "Standard tier parameters support a maximum",
      "/made",
      "é".repeat(2049),
      { Type: "String" },
    ],
    [
      "more than 8 KB",
      "ValidationException",
      "Advanced tier parameters",
      "/made",
      "x".repeat(8193),
      { Type: "String", Tier: "Advanced" },
    ],
    [
      "a value that does not fit its pattern",
      "ParameterPatternMismatchException",
      "\\d+",
      "/made",
      "x",
      { Type: "String", AllowedPattern: "\\d+" },
    ],
    [
      "one of which a part fits",
      "ParameterPatternMismatchException",
      "\\d+",
      "/made",
      "1x",
      { Type: "String", AllowedPattern: "\\d+" },
    ],
    [
      "a pattern that is none",
      "InvalidAllowedPatternException",
      "is not valid",
      "/made",
      "x",
      { Type: "String", AllowedPattern: "(" },
    ],
    [
      "a pattern that takes for ever",
      "InvalidAllowedPatternException",
      "long",
      "/made",
      `${"a".repeat(40)}!`,
      { Type: "String", AllowedPattern: "(a+)+" },
    ],
    [
      "a pattern of more than 1024 characters",
      "ValidationException",
      "'allowedPattern'",
      "/made",
      "x",
      { Type: "String", AllowedPattern: "x".repeat(1025) },
    ],
    [
      "a description of more than 1024 characters",
      "ValidationException",
      "'description'",
      "/made",
      "x",
      { Type: "String", Description: "x".repeat(1025) },
    ],
    [
      "a key for a String",
      "ValidationException",
      "SecureString type parameter only",
      "/made",
      "x",
      { Type: "String", KeyId: "k" },
    ],
    [
      "a key that is not there",
      "InvalidKeyId",
      "constructor is not in the stacks",
      "/made",
      "x",
      { Type: "SecureString", KeyId: "constructor" },
    ],
    [
      "a data type that there is not",
      "ValidationException",
      "data type is not supported: Text",
      "/made",
      "x",
      { Type: "String", DataType: "Text" },
    ],
    [
      "a name below /aws",
      "AccessDeniedException",
      "No access to reserved parameter name: aws/x.",
      "/aws/x",
      "x",
      { Type: "String" },
    ],
    [
      "a name that begins with aws",
      "ValidationException",
      'can\'t be prefixed with "aws" or "ssm"',
      "AWSx",
      "x",
      { Type: "String" },
    ],
    [
      "a name that begins with ssm",
      "ValidationException",
      'can\'t be prefixed with "aws" or "ssm"',
      "ssm-x",
      "x",
      { Type: "String" },
    ],
    [
      "a path that begins with ssm",
      "ValidationException",
      'can\'t be prefixed with "ssm"',
      "/Ssm/x",
      "x",
      { Type: "String" },
    ],
    ["a name with a space", "ValidationException", "sub-path", "/a b", "x", { Type: "String" }],
    ["a name with a selector", "ValidationException", "sub-path", "/a:1", "x", { Type: "String" }],
    ["an ARN", "ValidationException", "sub-path", arnOf("/a"), "x", { Type: "String" }],
    ["a double slash", "ValidationException", "sub-path", "/a//b", "x", { Type: "String" }],
    [
      "a slash at the end",
      "ValidationException",
      "Parameter name must not end with slash.",
      "/a/",
      "x",
      { Type: "String" },
    ],
    ["a slash alone", "ValidationException", "must not end with slash", "/", "x", { Type: "String" }],
    ["levels without a slash in front", "ValidationException", "fully qualified name", "a/b", "x", { Type: "String" }],
    [
      "sixteen levels",
      "HierarchyLevelLimitExceededException",
      "15",
      "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16",
      "x",
      { Type: "String" },
    ],
    [
      "a name that is too long with its ARN",
      "ValidationException",
      "1011 characters",
      `${longest}n`,
      "x",
      { Type: "String" },
    ],
    [
      "a tag",
      "UnknownOperationException",
      "Tags of Put",
      "/made",
      "x",
      { Type: "String", Tags: [{ Key: "a", Value: "b" }] },
    ],
    [
      "a policy",
      "UnknownOperationException",
      "Policies of PutParameter",
      "/made",
      "x",
      { Type: "String", Policies: "[]" },
    ],
    [
      "a data type of images",
      "UnknownOperationException",
      "aws:ec2:image of Put",
      "/made",
      "x",
      { Type: "String", DataType: "aws:ec2:image" },
    ],
  ])("%s is refused: %s, %s", async (_, error, words, name, value, more) => {
    await expect(put(name, value, more)).rejects.toMatchObject({
      name: error,
      message: expect.stringContaining(words),
    });
    const { Parameters } = await running.ssm.send(new DescribeParametersCommand({}));
    expect(Parameters?.map(({ Name, Version }) => [Name, Version])).toEqual([
      ["/s/plain", 1],
      ["/s/secret", 1],
    ]);
  });
});
