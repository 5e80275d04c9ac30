import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { Key } from "../../constructs/data/key";
import { Secret } from "../../constructs/data/secret";
import { Topic } from "../../constructs/events/topic";
import { LogGroup } from "../../constructs/observability/log-group";
import type { SystemStack } from "../../constructs/synth/system-stack";
import type { Environment } from "../../environments/environment";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, synth } from "../support/stack";

const build: Record<string, (stack: SystemStack) => unknown> = {
  environment: (stack) =>
    new NodeFunction(stack, "get-thing", {
      entry: thingEntry,
      environment: { THINGS_TABLE: "things" },
    }),
  topic: (stack) => new Topic(stack, "events"),
  alarmTopic: (stack) => new Topic(stack, "alarms", { forAlarms: true }),
  bucket: (stack) => new Bucket(stack, "things"),
  logGroup: (stack) => new LogGroup(stack, "log", { name: "/things" }),
  parameter: (stack) => new Secret(stack, "api-token", { path: "api/token", description: "what for" }),
};

const encryptionKey = (stack: SystemStack) => new Key(stack, "key");

const withKey = (users: readonly string[], changes: Partial<Environment> = {}) => {
  const stack = emptyStack(changes, { encryptionKey });
  for (const user of users) build[user]?.(stack);
  return synth(stack);
};

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const account = { AWS: ["arn:aws:iam::000000000000:root"] };
const fn = arn("lambda", "function:test-dev-get-thing");

describe("a key", () => {
  it.each([
    [true, 30],
    [false, 7],
  ])("is rotated, and where data is protected (%s) can be brought back for %i days", (deletionProtection, days) => {
    const stack = withKey([], { deletionProtection });

    expect(stack.at("aws_kms_key", "key")).toMatchObject({
      enable_key_rotation: true,
      deletion_window_in_days: days,
    });
    expect(stack.at("aws_kms_alias", "key/alias")).toMatchObject({
      name: "alias/test-dev-key",
      target_key_id: "${aws_kms_key.key.id}",
    });
  });

  it("lets administrators manage it and decrypt nothing", () => {
    const [admins, ...others] = withKey([]).statements("aws_kms_key", "key");

    expect(others).toEqual([]);
    expect(admins).toMatchObject({ Principal: account });
    expect(admins?.Action).toContain("kms:PutKeyPolicy");
    expect(admins?.Action.filter((action) => /Encrypt|Decrypt|DataKey|CreateGrant|\*/.test(action))).toEqual([]);
  });

  it.each([
    [
      "environment",
      account,
      ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"],
      { ArnLike: { "kms:EncryptionContext:aws:lambda:FunctionArn": [fn, `${fn}:*`] } },
    ],
    [
      "topic",
      account,
      ["kms:Decrypt", "kms:GenerateDataKey"],
      {
        StringEquals: { "kms:ViaService": "sns.us-east-1.amazonaws.com" },
        ArnLike: { "kms:EncryptionContext:aws:sns:topicArn": [arn("sns", "test-dev-events")] },
      },
    ],
    [
      "alarmTopic",
      { Service: ["cloudwatch.amazonaws.com"] },
      ["kms:Decrypt", "kms:GenerateDataKey"],
      {
        StringEquals: { "aws:SourceAccount": "000000000000" },
        ArnLike: {
          "kms:EncryptionContext:aws:sns:topicArn": [arn("sns", "test-dev-alarms")],
          "aws:SourceArn": arn("cloudwatch", "alarm:test-dev-*"),
        },
      },
    ],
    [
      "bucket",
      account,
      ["kms:Decrypt", "kms:GenerateDataKey"],
      {
        StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" },
        ArnLike: { "kms:EncryptionContext:aws:s3:arn": ["arn:aws:s3:::test-dev-things-000000000000-us-east-1"] },
      },
    ],
    [
      "logGroup",
      { Service: ["logs.us-east-1.amazonaws.com"] },
      expect.arrayContaining(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]),
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": [arn("logs", "log-group:/things")] } },
    ],
    [
      "parameter",
      account,
      ["kms:Decrypt", "kms:Encrypt"],
      {
        StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" },
        ArnLike: { "kms:EncryptionContext:PARAMETER_ARN": [arn("ssm", "parameter/test/dev/api/token")] },
      },
    ],
  ])("admits %s in one statement, for that one thing", (user, Principal, Action, Condition) => {
    const statement = withKey([user])
      .statements("aws_kms_key", "key")
      .find((found) => JSON.stringify(found.Condition ?? {}).includes(Object.keys(Condition.ArnLike)[0] ?? ""));

    expect(statement).toEqual({ Effect: "Allow", Principal, Action, Resource: ["*"], Condition });
  });

  it("has one statement for each kind of user, however many there are, always in the same order", () => {
    const users = Object.keys(build);
    const policy = (order: readonly string[]) => withKey(order).at("aws_kms_key", "key")["policy"];

    expect(withKey(users).statements("aws_kms_key", "key")).toHaveLength(users.length + 1);
    expect(policy([...users].reverse())).toBe(policy(users));
  });

  it("depends on nothing that it encrypts, and comes with its policy, before them all", () => {
    const stack = withKey(Object.keys(build));

    expect(stack.at("aws_kms_key", "key")["policy"]).not.toContain("${");
    expect(stack.all("aws_kms_key_policy")).toEqual({});
  });
});

it("without a key of its own a stack leaves encryption to AWS's keys", () => {
  const stack = emptyStack();
  for (const make of Object.values(build)) make(stack);
  const { json } = synth(stack);

  expect(JSON.stringify(json)).not.toMatch(/kms/i);
});

it("a topic takes messages by TLS alone, from its account's principals unless it is for alarms", () => {
  const stack = withKey(["topic", "alarmTopic"]);
  const unencrypted = expect.objectContaining({
    Effect: "Deny",
    Principal: "*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });

  expect(stack.statements("aws_sns_topic_policy", "events/policy")).toEqual([unencrypted]);
  expect(stack.statements("aws_sns_topic_policy", "alarms/policy")).toEqual([
    expect.objectContaining({ Effect: "Allow", Principal: { Service: ["cloudwatch.amazonaws.com"] } }),
    unencrypted,
  ]);
});

it.each([
  ["GetObject", ["kms:Decrypt"]],
  ["GetObjectVersion", ["kms:Decrypt"]],
  ["PutObject", ["kms:GenerateDataKey"]],
  ["DeleteObject", undefined],
  ["DeleteObjectVersion", undefined],
] as const)("who may %s in an encrypted bucket may use the key for that bucket: %s", (operation, Action) => {
  const stack = emptyStack({}, { encryptionKey });
  const fn = new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });
  new Bucket(stack, "things").grant(fn, operation, "*");
  const synthesized = synth(stack);

  const [policy] = Object.values(synthesized.all("aws_iam_role_policy")) as { policy: string }[];
  const use = (JSON.parse(policy?.policy ?? "").Statement as { Condition?: { ArnLike?: object } }[]).find((statement) =>
    JSON.stringify(statement).includes("kms:EncryptionContext:aws:s3:arn"),
  );
  expect(use).toEqual(
    Action && {
      Effect: "Allow",
      Action,
      Resource: ["${aws_kms_key.key.arn}"],
      Condition: { ArnLike: { "kms:EncryptionContext:aws:s3:arn": ["${aws_s3_bucket.things.arn}"] } },
    },
  );
});
