import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import type { ServicesConfiguration } from "../../../local/services/configuration";
import { eventually } from "../../support/eventually";
import {
  account,
  allow,
  arnOf,
  everything,
  logs,
  policyOf,
  principal,
  queueNamed,
  type Running,
  startServices,
} from "../support/services";
import { ask, sqs } from "../support/signed";

const keyArn = arnOf("kms", "key/k");
const queue = queueNamed("work");
const secret = { name: "secret", arn: arnOf("ssm", "parameter/secret"), type: "SecureString", value: "s", version: 1 };
const root = { AWS: `arn:aws:iam::${account}:root` };
const role = { AWS: `arn:aws:iam::${account}:role/get-thing` };

let running: Running;
beforeAll(async () => {
  running = await startServices({});
});
afterAll(() => running.stop());

/** The configuration, with nothing emitted yet. */
async function configure(changes: Partial<ServicesConfiguration>): Promise<void> {
  await running.configure({ buckets: [logs], parameters: [{ ...secret, keyArn }], queues: [queue], ...changes });
  running.events.length = 0;
}
const denial = () => eventually(() => running.events.find(({ event }) => event === "denial"));
const put = (more: object = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket: "logs", Key: "x", Body: "x", ...more }));
const get = () => running.s3.send(new GetObjectCommand({ Bucket: "logs", Key: "x" }));
const read = () => running.ssm.send(new GetParameterCommand({ Name: "secret", WithDecryption: true }));
const publish = () =>
  ask(running.url, "sns", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: "Publish", TopicArn: arnOf("sns", "t"), Message: "m" }).toString(),
  });
test("a Deny in a bucket's policy refuses what the role allows, and the terminal names the policy", async () => {
  const deny = {
    ...everything,
    Effect: "Deny",
    Principal: "*",
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  };
  await configure({ policies: [policyOf("bucket", "arn:aws:s3:::logs", deny)] });
  await expect(put()).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("with an explicit deny in a resource-based policy"),
  });
  expect(await denial()).toEqual({
    event: "denial",
    function: "get-thing",
    action: "s3:PutObject",
    resource: "arn:aws:s3:::logs/x",
    explicit: true,
    policy: { kind: "bucket", address: "bucket-policy.test" },
  });
});

test("a condition on an ACL reads what the request asks for", async () => {
  const Condition = { StringNotEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } };
  const deny = { ...everything, Effect: "Deny", Principal: "*", Condition };
  await configure({ policies: [policyOf("bucket", "arn:aws:s3:::logs", deny)] });
  await expect(put()).rejects.toMatchObject({ name: "AccessDenied" });
  await expect(put({ ACL: "bucket-owner-full-control" })).resolves.toBeDefined();
});

test("a bucket's policy that names the role lets it in without a grant, one that names the account does not", async () => {
  const letIn = (Principal: object) => ({ ...allow("s3:PutObject", "arn:aws:s3:::logs/*"), Principal });
  const [principals, bucket] = [[principal(allow("s3:GetObject", "*"))], "arn:aws:s3:::logs"];
  await configure({ principals, policies: [policyOf("bucket", bucket, letIn(role))] });
  await expect(put()).resolves.toBeDefined();
  await configure({ principals, policies: [policyOf("bucket", bucket, letIn(root))] });
  await expect(put()).rejects.toThrow("because no identity-based policy allows the s3:PutObject action");
  expect(await denial()).toMatchObject({ explicit: false, grant: expect.stringContaining("s3:PutObject") });
});

test.each([
  [root, undefined],
  [role, undefined],
  [{ AWS: `arn:aws:iam::${account}:role/another` }, "because no resource-based policy allows the kms:Decrypt action"],
])("a key whose policy lets in %o decrypts or not: %s", async (Principal, refusal) => {
  await configure({ policies: [policyOf("key", keyArn, { ...allow("kms:Decrypt", "*"), Principal })] });
  if (refusal === undefined) return expect(await read()).toMatchObject({ Parameter: { Value: "s" } });
  await expect(read()).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(refusal),
  });
  expect(await denial()).toMatchObject({
    action: "kms:Decrypt",
    explicit: false,
    policy: { kind: "key", address: "key-policy.test" },
  });
});

test("a key's policy sees through which service it is used, and what for", async () => {
  const through = (service: string, parameter: string) => ({
    ...allow("kms:Decrypt", "*"),
    Principal: root,
    Condition: {
      StringEquals: { "kms:ViaService": `${service}.us-east-1.amazonaws.com`, "kms:CallerAccount": account },
      ArnLike: { "kms:EncryptionContext:PARAMETER_ARN": arnOf("ssm", `parameter/${parameter}`) },
    },
  });
  await configure({ policies: [policyOf("key", keyArn, through("ssm", "secret"))] });
  await expect(read()).resolves.toBeDefined();
  for (const wrong of [through("sns", "secret"), through("ssm", "other")]) {
    await configure({ policies: [policyOf("key", keyArn, wrong)] });
    await expect(read()).rejects.toMatchObject({ name: "AccessDeniedException" });
  }
});

test.each([
  [true, "arn:aws:s3:::logs"],
  [false, "arn:aws:s3:::logs/x"],
])("an encrypted bucket (one key for all: %s) takes the right to use its key for %s", async (bucketKey, context) => {
  const buckets = [{ ...logs, encryption: { keyArn, bucketKey } }];
  const s3 = allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::logs/*");
  const use = (action: string, arn: string) => ({
    ...allow(action, keyArn),
    Condition: {
      StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": arn },
    },
  });
  await configure({ buckets, principals: [principal(s3, use("kms:GenerateDataKey", context))] });
  await put();
  await expect(get()).rejects.toThrow(`perform: kms:Decrypt on resource: ${keyArn}`);
  await configure({ buckets, principals: [principal(s3, use("kms:*", `${context}y`))] });
  await expect(put()).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("GenerateDataKey"),
  });
  await configure({ buckets, principals: [principal(s3, use("kms:Decrypt", context))] });
  await expect(get()).resolves.toBeDefined();
});

test("services have names of their own for a key that may not be used", async () => {
  const statement = { ...everything, Principal: { AWS: `arn:aws:iam::${account}:role/another` } };
  const topics = [{ arn: arnOf("sns", "t"), subscriptions: [], keyArn }];
  await configure({ topics, queues: [{ ...queue, keyArn }], policies: [policyOf("key", keyArn, statement)] });
  expect(await publish()).toMatchObject({ status: 400, text: expect.stringContaining("<Code>KMSAccessDenied</Code>") });
  expect(await sqs(running.url, "SendMessage", { QueueUrl: "x/work", MessageBody: "m" })).toMatchObject({
    body: { __type: "com.amazonaws.sqs#KmsAccessDenied" },
  });
});
