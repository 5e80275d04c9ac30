import { createHash } from "node:crypto";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as s3 from "@aws-sdk/client-s3";
import * as sns from "@aws-sdk/client-sns";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import { NormalizedSchema } from "@smithy/core/schema";
import type { Answer, Answers } from "../../../local/services/answers";
import { dynamoDbAnswers } from "../../../local/services/dynamodb/answers";
import { itemShapes } from "../../../local/services/dynamodb/item-shapes";
import { tableShapes } from "../../../local/services/dynamodb/table-shapes";
import { eventsAnswers } from "../../../local/services/events/answers";
import { eventsMembers } from "../../../local/services/events/members";
import { lambdaAnswers } from "../../../local/services/lambda/answers";
import { lambdaMembers } from "../../../local/services/lambda/members";
import { logsAnswers } from "../../../local/services/logs/answers";
import { LogLines } from "../../../local/services/logs/log-lines";
import { s3Answers } from "../../../local/services/s3/answers";
import { sumOf } from "../../../local/services/s3/checksums";
import { s3Members } from "../../../local/services/s3/members";
import { snsAnswers } from "../../../local/services/sns/answers";
import { snsMembers } from "../../../local/services/sns/members";
import { sqsAnswers } from "../../../local/services/sqs/answers";
import { sqsMembers } from "../../../local/services/sqs/members";
import { ssmAnswers } from "../../../local/services/ssm/answers";
import { ssmMembers } from "../../../local/services/ssm/members";
import { callDynamoDb } from "../support/dynamodb-calls";
import { definitionWith } from "../support/functions";
import {
  arnOf,
  logs as bucket,
  credentials,
  queueNamed,
  type Running,
  region,
  startServices,
  things,
} from "../support/services";

type Model = Readonly<Record<string, unknown>>;
type Command = new (input: object) => { readonly schema: { readonly 5: Parameters<typeof NormalizedSchema.of>[0] } };
type Table = Readonly<Record<string, Answers>>;

/** DynamoDB's operations that are in this SDK's model: those of streams are another client's. */
const dynamoDbMembers = Object.fromEntries(
  Object.entries({ ...itemShapes, ...tableShapes }).filter(
    ([name]) => `${name}Command` in dynamodb && name !== "DescribeEndpoints",
  ),
);

const services: readonly (readonly [string, Model, Table, object])[] = [
  ["DynamoDB", dynamodb, dynamoDbAnswers, dynamoDbMembers],
  ["EventBridge", events, eventsAnswers, eventsMembers],
  ["Lambda", lambda, lambdaAnswers, lambdaMembers],
  ["Logs", logs, logsAnswers, logsAnswers],
  ["S3", s3, s3Answers, s3Members],
  ["SNS", sns, snsAnswers, snsMembers],
  ["SQS", sqs, sqsAnswers, sqsMembers],
  ["SSM", ssm, ssmAnswers, ssmMembers],
];

const commandOf = (model: Model, operation: string) => model[`${operation}Command`] as Command;
const outputOf = (model: Model, operation: string): NormalizedSchema =>
  NormalizedSchema.of(new (commandOf(model, operation))({}).schema[5]);

const operations = services.flatMap(([service, model, table]) =>
  Object.entries(table).map(([operation, answers]) => ({ service, model, operation, answers })),
);

/** What a list or map has, or what the lists have that it has. */
function elementOf(schema: NormalizedSchema): NormalizedSchema {
  const element = schema.getValueSchema();
  return element.isListSchema() ? elementOf(element) : element;
}

/** Members of the table that are not in the model, and the reverse, by their paths. */
function differences(schema: NormalizedSchema, answers: Answers, place: string): string[] {
  const modelled = new Map(schema.structIterator());
  const unknown = Object.keys(answers).filter((name) => !modelled.has(name));
  return [
    ...unknown.map((name) => `${place}.${name} is not in the model`),
    ...[...modelled].flatMap(([name, member]) => {
      const known: Answer | undefined = Object.hasOwn(answers, name) ? answers[name] : undefined;
      if (known === undefined) return [`${place}.${name} is not in the table`];
      if (typeof known === "string" || "leftOut" in known) return [];
      if ("members" in known) return differences(member, known.members, `${place}.${name}`);
      return differences(elementOf(member), known.each, `${place}.${name}[]`);
    }),
  ];
}

test.each(operations)("what $service's $operation answers has the members of the SDK's model", (each) => {
  const { model, operation, answers } = each;
  expect(differences(outputOf(model, operation), answers, operation)).toEqual([]);
});

test.each(services)("the operations of %s that answer are those that are asked", (_, __, table, members) => {
  expect(Object.keys(table).sort()).toEqual(Object.keys(members).sort());
});

/** Members by their paths: `Messages[].Body`. */
function givenIn(answers: Answers, place = ""): string[] {
  return Object.entries(answers).flatMap(([name, answer]) => {
    if (answer === "given") return [`${place}${name}`];
    if ("leftOut" in answer) return [];
    return "each" in answer ? givenIn(answer.each, `${place}${name}[].`) : givenIn(answer.members, `${place}${name}.`);
  });
}

/** Those of an answer that a table knows. */
function seenIn(output: unknown, answers: Answers, place = ""): string[] {
  if (typeof output !== "object" || output === null) return [];
  return Object.entries(output).flatMap(([name, value]: [string, unknown]) => {
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (answer === undefined || value === undefined || value === null) return [];
    if (answer === "given" || "leftOut" in answer) return [`${place}${name}`];
    if ("members" in answer) return seenIn(value, answer.members, `${place}${name}.`);
    return Object.values(value)
      .flat()
      .flatMap((element) => seenIn(element, answer.each, `${place}${name}[].`));
  });
}

const keyArn = "arn:aws:kms:us-east-1:000000000000:key/k";
const functionArn = `arn:aws:lambda:${region}:000000000000:function:things-get`;
const lines = new LogLines();
for (const stream of ["one", "two"]) lines.add("/g/a", { stream, message: "a line\n" });

const configuration = {
  tables: [things],
  buckets: [
    { ...bucket, versioning: "Enabled" as const, encryption: { keyArn, bucketKey: true } },
    { ...bucket, name: "other" },
  ],
  functions: ["things-get", "things-put"].map((name) =>
    definitionWith({
      ...{ name, arn: functionArn.replace("things-get", name), keyArn, deadLetterArn: arnOf("sqs", "work") },
      ...{ logFormat: "JSON" as const, applicationLogLevel: "WARN", reservedConcurrency: 3 },
      tags: { System: "things" },
      aliases: ["live", "other"].map((alias) => ({
        ...{ name: alias, arn: `${functionArn}:${alias}`, description: "", version: "1", weights: { 2: 0.5 } },
      })),
    }),
  ),
  logGroups: ["/g/a", "/g/b"].map((name) => ({
    ...{ name, arn: `arn:aws:logs:${region}:000000000000:log-group:${name}`, class: "STANDARD", retention: 7 },
  })),
  parameters: ["/p/a", "/p/b"].map((name) => ({
    ...{ name, arn: `arn:aws:ssm:${region}:000000000000:parameter${name}`, keyArn },
    ...{ type: "SecureString", value: "value", version: 1 },
  })),
  queues: [
    { ...queueNamed("dead"), tags: { a: "b" } },
    {
      ...queueNamed("work"),
      visibilityTimeoutSeconds: 0,
      redrive: { deadLetterArn: arnOf("sqs", "dead"), maxReceiveCount: 1 },
    },
    { ...queueNamed("more"), redrive: { deadLetterArn: arnOf("sqs", "dead"), maxReceiveCount: 1 } },
    { ...queueNamed("in-order.fifo"), fifo: { contentBasedDeduplication: true } },
  ],
  topics: [
    ...Array.from({ length: 101 }, (_, index) => ({ arn: arnOf("sns", `t${index}`), subscriptions: [] })),
    {
      arn: arnOf("sns", "in-order.fifo"),
      subscriptions: Array.from({ length: 101 }, (_, index) => ({
        ...{ arn: `${arnOf("sns", "in-order.fifo")}:${index}`, protocol: "email", endpoint: "a@b.c", raw: false },
      })),
      fifo: { contentBasedDeduplication: true },
      settings: { tags: { a: "b" } },
    },
  ],
};

let running: Running;
let clients: Readonly<Record<string, { send(command: object): Promise<object>; destroy(): void }>>;
beforeAll(async () => {
  running = await startServices(configuration, {
    invoke: async () => ({ payload: '{"errorMessage":"no"}', functionError: "Unhandled" }),
    readLines: (query) => lines.read(query),
  });
  const settings = { region, endpoint: running.url, credentials, maxAttempts: 1 };
  clients = {
    DynamoDB: new dynamodb.DynamoDBClient(settings),
    EventBridge: new events.EventBridgeClient(settings),
    Lambda: new lambda.LambdaClient(settings),
    Logs: new logs.CloudWatchLogsClient(settings),
    S3: new s3.S3Client({ ...settings, forcePathStyle: true, checksumAlgorithms: { SHA512: Sha512 } } as object),
    SNS: new sns.SNSClient(settings),
    SQS: new sqs.SQSClient({ ...settings, md5: false }),
    SSM: new ssm.SSMClient(settings),
  };
});
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await running.stop();
});

/** An algorithm that the client knows of, and has no code for. */
class Sha512 {
  private readonly hash = createHash("sha512");
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
  reset(): void {}
}

type Output = Readonly<Record<string, never>>;

/** Paths seen in answers, by service and operation. */
const seen = new Map<string, Set<string>>();

/** Calls an operation, and notes what is in its answer. */
async function call(service: string, operation: string, input: object = {}): Promise<Output> {
  const [, model, table] = services.find(([name]) => name === service)!;
  const output = await clients[service]!.send(new (commandOf(model, operation))(input));
  const key = `${service} ${operation}`;
  seen.set(key, new Set([...(seen.get(key) ?? []), ...seenIn(output, table[operation]!)]));
  return output as Output;
}

const Bucket = "logs";
const algorithms = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "SHA512", "MD5"];

async function callS3(): Promise<void> {
  const ask = (operation: string, input: object = {}) => call("S3", operation, { Bucket, ...input });
  const ResponseExpires = new Date(0);
  for (const algorithm of algorithms) {
    const Body = "text";
    const sum = { [`Checksum${algorithm}`]: sumOf(algorithm.toLowerCase(), Buffer.from(Body)) };
    const Key = `sums/${algorithm}`;
    const put = {
      Key,
      Body,
      ...sum,
      Tagging: "a=b",
      ContentEncoding: "identity",
      Metadata: { a: "b" },
      StorageClass: "STANDARD_IA",
    };
    await ask("PutObject", put);
    for (const operation of ["GetObject", "HeadObject"]) {
      await ask(operation, { Key, ChecksumMode: "ENABLED" });
      const more = {
        ResponseContentDisposition: "inline",
        ResponseContentLanguage: "mi",
        ResponseCacheControl: "no-store",
      };
      await ask(operation, { Key, Range: "bytes=0-1", ResponseExpires, ...more });
    }
    const CopySource = `${Bucket}/${Key}`;
    await ask("CopyObject", { Key: "copy", CopySource });
    const upload = { Key: `parts/${algorithm}` };
    const { UploadId } = await ask("CreateMultipartUpload", { ...upload, ChecksumAlgorithm: algorithm });
    const part = { ...upload, UploadId };
    await ask("UploadPartCopy", { ...part, PartNumber: 2, CopySource });
    const { ETag } = await ask("UploadPart", { ...part, PartNumber: 1, Body, ...sum });
    await ask("ListParts", { ...part, MaxParts: 1 });
    await ask("ListMultipartUploads", { Prefix: "p", Delimiter: ";", EncodingType: "url", KeyMarker: "a" });
    await ask("CompleteMultipartUpload", { ...part, MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ...sum }] } });
    for (const operation of ["GetObject", "HeadObject"]) await ask(operation, { ...upload, PartNumber: 1 });
    const ObjectAttributes = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];
    for (const each of [put.Key, upload.Key]) await ask("GetObjectAttributes", { Key: each, ObjectAttributes });
  }
  const tagged = { Key: "copy" };
  await ask("PutObjectTagging", { ...tagged, Tagging: { TagSet: [{ Key: "c", Value: "d" }] } });
  await ask("GetObjectTagging", tagged);
  await ask("DeleteObjectTagging", tagged);
  for (const Key of ["u/1", "u/2", "v", "v"]) await ask("CreateMultipartUpload", { Key });
  const uploads = await ask("ListMultipartUploads", { MaxUploads: 2, Delimiter: "/" });
  await ask("ListMultipartUploads", { MaxUploads: 1, KeyMarker: "v", UploadIdMarker: uploads["NextUploadIdMarker"] });
  const [{ Key, UploadId }] = uploads["Uploads"] as unknown as [{ Key: string; UploadId: string }];
  await ask("AbortMultipartUpload", { Key, UploadId });
  const paged = { MaxKeys: 1, EncodingType: "url" };
  await ask("ListObjects", { ...paged, Delimiter: "/", Marker: "d" });
  await ask("ListObjects", { ...paged, Prefix: "sums/" });
  const { NextContinuationToken } = await ask("ListObjectsV2", { ...paged, Delimiter: "/", StartAfter: "d" });
  await ask("ListObjectsV2", { ...paged, Prefix: "sums/", FetchOwner: true, ContinuationToken: NextContinuationToken });
  await ask("DeleteObject", { Key: "sums/MD5" });
  await ask("ListObjectVersions", { ...paged, Delimiter: "/", Prefix: "s" });
  const { NextVersionIdMarker } = await ask("ListObjectVersions", { ...paged, Prefix: "sums/" });
  await ask("ListObjectVersions", { Prefix: "sums/", KeyMarker: "sums/CRC32", VersionIdMarker: NextVersionIdMarker });
  const Objects = [{ Key: "copy" }, { Key: "copy", VersionId: "null" }, { Key: "copy", VersionId: "no id" }];
  await ask("DeleteObjects", { Delete: { Objects } });
  for (const operation of ["GetBucketVersioning", "HeadBucket", "GetBucketLocation"]) await ask(operation);
  const { ContinuationToken } = await call("S3", "ListBuckets", { MaxBuckets: 1, Prefix: "" });
  await call("S3", "ListBuckets", { ContinuationToken, Prefix: "o" });
}

async function callSqs(): Promise<void> {
  const ask = (operation: string, name: string, input: object = {}) =>
    call("SQS", operation, { QueueUrl: `${running.url}/000000000000/${name}`, ...input });
  const text = { DataType: "String", StringValue: "x" };
  const message = {
    MessageBody: "x",
    MessageAttributes: { text, bytes: { DataType: "Binary", BinaryValue: new Uint8Array([1]) } },
    MessageSystemAttributes: { AWSTraceHeader: { ...text, StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" } },
  };
  const bad = { Id: "bad", MessageBody: "\u0001", MessageGroupId: "g" };
  await ask("SendMessage", "work", message);
  await ask("SendMessage", "in-order.fifo", { ...message, MessageGroupId: "g" });
  await ask("SendMessageBatch", "in-order.fifo", {
    Entries: [{ ...message, Id: "a", MessageBody: "y", MessageGroupId: "h" }, bad],
  });
  const all = { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"], MaxNumberOfMessages: 10 };
  const { Messages } = await ask("ReceiveMessage", "in-order.fifo", all);
  const [one, two] = Messages as unknown as { ReceiptHandle: string }[];
  const handle = { Id: "a", ReceiptHandle: one!.ReceiptHandle };
  const handles = [handle, { Id: "bad", ReceiptHandle: "none" }];
  await ask("ChangeMessageVisibility", "in-order.fifo", { ...handle, VisibilityTimeout: 30 });
  const Entries = handles.map((entry) => ({ ...entry, VisibilityTimeout: 30 }));
  await ask("ChangeMessageVisibilityBatch", "in-order.fifo", { Entries });
  await ask("DeleteMessageBatch", "in-order.fifo", { Entries: handles });
  await ask("DeleteMessage", "in-order.fifo", { ReceiptHandle: two!.ReceiptHandle });
  await ask("GetQueueAttributes", "work", { AttributeNames: ["All"] });
  await call("SQS", "GetQueueUrl", { QueueName: "work" });
  await call("SQS", "ListQueues", { MaxResults: 1 });
  await ask("ListDeadLetterSourceQueues", "dead", { MaxResults: 1 });
  await ask("TagQueue", "dead", { Tags: { c: "d" } });
  await ask("UntagQueue", "dead", { TagKeys: ["c"] });
  await ask("ListQueueTags", "dead");
  await ask("PurgeQueue", "more");
  const SourceArn = arnOf("sqs", "dead");
  // The second time it was received it goes to the dead letters.
  for (let times = 0; times < 2; times += 1) await ask("ReceiveMessage", "work");
  await call("SQS", "StartMessageMoveTask", {
    SourceArn,
    DestinationArn: arnOf("sqs", "more"),
    MaxNumberOfMessagesPerSecond: 5,
  });
  await ask("SendMessage", "dead", { MessageBody: "of no source" });
  await call("SQS", "StartMessageMoveTask", { SourceArn });
  await call("SQS", "ListMessageMoveTasks", { SourceArn, MaxResults: 10 });
}

async function callSns(): Promise<void> {
  const TopicArn = arnOf("sns", "in-order.fifo");
  const message = { Message: "x", MessageGroupId: "g" };
  await call("SNS", "Publish", { TopicArn, ...message });
  const entries = [
    { Id: "a", ...message },
    { Id: "bad", Message: "" },
  ];
  await call("SNS", "PublishBatch", { TopicArn, PublishBatchRequestEntries: entries });
  await call("SNS", "ListTopics");
  await call("SNS", "ListSubscriptions");
  await call("SNS", "ListSubscriptionsByTopic", { TopicArn });
  await call("SNS", "GetTopicAttributes", { TopicArn });
  await call("SNS", "GetSubscriptionAttributes", { SubscriptionArn: `${TopicArn}:1` });
  await call("SNS", "ListTagsForResource", { ResourceArn: TopicArn });
}

async function callOthers(): Promise<void> {
  const event = { Source: "shop", DetailType: "OrderPaid", Detail: "{}", Time: new Date(0) };
  await call("EventBridge", "PutEvents", { Entries: [event, { ...event, Detail: "none" }] });
  const Event = JSON.stringify({ id: "i", source: "shop", "detail-type": "OrderPaid", detail: {} });
  await call("EventBridge", "TestEventPattern", { EventPattern: '{"source":["shop"]}', Event });
  const Name = "/p/new";
  const text = { Name, Description: "d", AllowedPattern: ".*" };
  await call("SSM", "PutParameter", { ...text, Value: "v", Type: "SecureString" });
  await call("SSM", "PutParameter", { Name, Value: "w", Overwrite: true });
  await call("SSM", "LabelParameterVersion", { Name, ParameterVersion: 1, Labels: ["l", "1"] });
  await call("SSM", "GetParameterHistory", { Name, MaxResults: 1 });
  await call("SSM", "DescribeParameters");
  await call("SSM", "UnlabelParameterVersion", { Name, ParameterVersion: 1, Labels: ["l", "m"] });
  await call("SSM", "DeleteParameters", { Names: [Name, "/none"] });
  await call("SSM", "GetParameter", { Name: "/p/a:1", WithDecryption: true });
  await call("SSM", "GetParameters", { Names: ["/p/a:1", "/none"] });
  await call("SSM", "GetParametersByPath", { Path: "/p", MaxResults: 1 });
  await call("SSM", "GetParameterHistory", { Name: "/p/a" });
  await call("SSM", "DescribeParameters", { MaxResults: 1 });
  await call("SSM", "DeleteParameter", { Name: "/p/a" });
  await call("Lambda", "Invoke", { FunctionName: "things-get" });
  await call("Lambda", "ListFunctions", { MaxItems: 1 });
  for (const operation of ["GetFunction", "GetFunctionConfiguration"]) {
    await call("Lambda", operation, { FunctionName: "things-get" });
  }
  await call("Lambda", "GetAlias", { FunctionName: "things-get", Name: "live" });
  await call("Lambda", "ListAliases", { FunctionName: "things-get", MaxItems: 1 });
  await call("Lambda", "ListVersionsByFunction", { FunctionName: "things-get", MaxItems: 1 });
  const logGroupName = "/g/a";
  await call("Logs", "DescribeLogGroups", { limit: 1 });
  await call("Logs", "DescribeLogStreams", { logGroupName, limit: 1 });
  await call("Logs", "FilterLogEvents", { logGroupName, limit: 1 });
  await call("Logs", "GetLogEvents", { logGroupName, logStreamName: "one" });
}

/** Members given only under circumstances that no call here can bring about. */
const unseen = new Set([
  "S3 GetBucketLocation LocationConstraint",
  "SQS CancelMessageMoveTask ApproximateNumberOfMessagesMoved",
]);

test("members are given that the tables say are given, and no others", async () => {
  await callDynamoDb((operation, input) => call("DynamoDB", operation, input));
  for (const calls of [callS3, callSqs, callSns, callOthers]) await calls();
  const places = (all: (operation: (typeof operations)[number]) => Iterable<string>) =>
    operations.flatMap((one) => [...all(one)].map((place) => `${one.service} ${one.operation} ${place}`)).sort();
  const given = places(({ answers }) => givenIn(answers)).filter((place) => !unseen.has(place));
  expect(places(({ service, operation }) => seen.get(`${service} ${operation}`) ?? [])).toEqual(given);
});
