import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateFilterLogEvents,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetFunctionCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { DescribeParametersCommand, GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { LogLines } from "../../local/services/logs/log-lines";
import { definitionWith } from "../local/support/functions";
import {
  allow,
  credentials,
  everything,
  logs,
  principal,
  queueNamed,
  type Running,
  region,
  startServices,
} from "../local/support/services";
import { temporaryFolder } from "../local/support/stack-file";
import { eventually } from "../support/eventually";

const account = "000000000000";
const topicArn = `arn:aws:sns:${region}:${account}:news`;
const functionArn = `arn:aws:lambda:${region}:${account}:function:things-get`;
const parameter = (name: string) => ({
  ...{ name, arn: `arn:aws:ssm:${region}:${account}:parameter${name}` },
  ...{ type: "String", value: `value of ${name}`, version: 1 },
});

const lines = new LogLines();
lines.add("/aws/lambda/things-get", { stream: "one", message: "ERROR it failed\n" });
lines.add("/aws/lambda/things-get", { stream: "one", message: '{"level":"INFO"}\n' });

const configuration = {
  logGroups: [
    {
      name: "/aws/lambda/things-get",
      arn: `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/things-get`,
      class: "STANDARD",
    },
  ],
  buckets: [{ ...logs, versioning: "Enabled" as const }],
  queues: [queueNamed("work"), queueNamed("later")],
  topics: [{ arn: topicArn, subscriptions: [] }],
  parameters: ["/things/a", "/things/deep/b", "/other"].map(parameter),
  functions: [definitionWith({ name: "things-get", arn: functionArn })],
};

const restricted = { accessKeyId: "ASIALESS", secretAccessKey: "very-secret", sessionToken: "token" };

let running: Running;
const clients: { destroy(): void }[] = [];

/** Clients of one who may do everything, or of one who may do nothing. */
function asked(by: typeof credentials) {
  const settings = { region, endpoint: running.url, credentials: by, maxAttempts: 1 };
  const all = {
    dynamodb: new DynamoDBClient(settings),
    lambda: new LambdaClient(settings),
    logs: new CloudWatchLogsClient(settings),
    s3: new S3Client(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
    ssm: new SSMClient(settings),
    sts: new STSClient(settings),
  };
  clients.push(...Object.values(all));
  return all;
}

let by: ReturnType<typeof asked>;
let byRestricted: ReturnType<typeof asked>;
beforeAll(async () => {
  const less = principal({ ...allow("sqs:SendMessage", "*"), Effect: "Allow" });
  const principals = [principal(everything), { ...less, credentials: restricted }];
  running = await startServices({ ...configuration, principals }, { readLines: (query) => lines.read(query) });
  [by, byRestricted] = [asked(credentials), asked(restricted)];
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await running.stop();
});

const queueUrl = (name: string): string => `${running.url}/${account}/${name}`;

test("what there is can be listed by the SDK", async () => {
  expect((await by.sqs.send(new ListQueuesCommand({}))).QueueUrls).toEqual(["later", "work"].map(queueUrl));
  expect((await by.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "w" }))).QueueUrls).toEqual([queueUrl("work")]);
  expect((await by.sqs.send(new ListQueuesCommand({ QueueNamePrefix: "x" }))).QueueUrls).toBeUndefined();
  expect((await by.sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: topicArn }]);
  expect((await by.s3.send(new ListBucketsCommand({}))).Buckets).toMatchObject([
    { Name: "logs", CreationDate: expect.any(Date) },
  ]);
  expect((await by.dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  expect((await by.lambda.send(new ListFunctionsCommand({}))).Functions).toMatchObject([
    { FunctionName: "things-get", FunctionArn: functionArn, Runtime: "nodejs24.x" },
  ]);
  expect((await by.lambda.send(new GetFunctionCommand({ FunctionName: "things-get" }))).Configuration).toMatchObject({
    FunctionName: "things-get",
    Handler: "index.handler",
    State: "Active",
  });
  expect(await by.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: account,
    Arn: `arn:aws:sts::${account}:assumed-role/get-thing/get-thing`,
  });
});

test("logs are read by the SDK, page by page", async () => {
  const group = { logGroupName: "/aws/lambda/things-get" };
  expect((await by.logs.send(new DescribeLogGroupsCommand({}))).logGroups).toMatchObject([group]);
  expect((await by.logs.send(new DescribeLogStreamsCommand(group))).logStreams).toMatchObject([
    { logStreamName: "one" },
  ]);
  const messages: (string | undefined)[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client: by.logs, pageSize: 1 }, { ...group })) {
    messages.push(...events.map(({ message }) => message));
  }
  expect(messages).toEqual(["ERROR it failed\n", '{"level":"INFO"}\n']);
  const found = await by.logs.send(new FilterLogEventsCommand({ ...group, filterPattern: "ERROR" }));
  expect(found.events?.map(({ message }) => message)).toEqual(["ERROR it failed\n"]);
  const read = await by.logs.send(new GetLogEventsCommand({ ...group, logStreamName: "one" }));
  expect(read.events).toHaveLength(2);
  await expect(by.logs.send(new FilterLogEventsCommand({ logGroupName: "x" }))).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "The specified log group does not exist.",
  });
});

test("pages are as long as is asked for, and go on where the last one ended", async () => {
  const first = await by.sqs.send(new ListQueuesCommand({ MaxResults: 1 }));
  const second = await by.sqs.send(new ListQueuesCommand({ MaxResults: 1, NextToken: first.NextToken }));
  expect([first.QueueUrls, second.QueueUrls, second.NextToken]).toEqual([
    [queueUrl("later")],
    [queueUrl("work")],
    undefined,
  ]);
  await expect(by.sqs.send(new ListQueuesCommand({ MaxResults: 1, NextToken: "x" }))).rejects.toThrow("not valid");
});

test("parameters are found by path, in one level or all below, and described without their values", async () => {
  const names = async (input: { Path: string; Recursive?: boolean }) =>
    (await by.ssm.send(new GetParametersByPathCommand(input))).Parameters?.map(({ Name }) => Name);
  expect(await names({ Path: "/things" })).toEqual(["/things/a"]);
  expect(await names({ Path: "/things/", Recursive: true })).toEqual(["/things/a", "/things/deep/b"]);
  expect(await names({ Path: "/thin", Recursive: true })).toEqual([]);
  const { Parameters = [] } = await by.ssm.send(new DescribeParametersCommand({}));
  expect(Parameters.map(({ Name }) => Name)).toEqual(["/things/a", "/things/deep/b", "/other"]);
  expect(Parameters[0]).not.toHaveProperty("Value");
});

test("a queue is purged, and not twice in a minute", async () => {
  const QueueUrl = queueUrl("work");
  await by.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  await by.sqs.send(new PurgeQueueCommand({ QueueUrl }));
  const counted = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
  expect((await by.sqs.send(counted)).Attributes).toEqual({ ApproximateNumberOfMessages: "0" });
  await expect(by.sqs.send(new PurgeQueueCommand({ QueueUrl }))).rejects.toMatchObject({
    name: "PurgeQueueInProgress",
    message: "Only one PurgeQueue operation on work is allowed every 60 seconds.",
  });
});

test("keys are grouped by a delimiter, and a page counts groups and keys alike", async () => {
  for (const Key of ["a/1", "a/2", "b", "c/d/3"])
    await by.s3.send(new PutObjectCommand({ Bucket: "logs", Key, Body: "x" }));
  const list = (more: object) => by.s3.send(new ListObjectsV2Command({ Bucket: "logs", Delimiter: "/", ...more }));
  const shown = ({ Contents = [], CommonPrefixes = [] }: Awaited<ReturnType<typeof list>>) => [
    Contents.map(({ Key }) => Key),
    CommonPrefixes.map(({ Prefix }) => Prefix),
  ];
  expect(shown(await list({}))).toEqual([["b"], ["a/", "c/"]]);
  expect(shown(await list({ Prefix: "c/" }))).toEqual([[], ["c/d/"]]);
  const first = await list({ MaxKeys: 2 });
  const second = await list({ MaxKeys: 2, ContinuationToken: first.NextContinuationToken });
  expect([shown(first), shown(second)]).toEqual([
    [["b"], ["a/"]],
    [[], ["c/"]],
  ]);
});

test("who has no right to it gets none of it, but may always ask who it is", async () => {
  const QueueUrl = queueUrl("work");
  const refused: readonly (readonly [string, Promise<unknown>])[] = [
    ["dynamodb:ListTables", byRestricted.dynamodb.send(new ListTablesCommand({}))],
    ["lambda:GetFunction", byRestricted.lambda.send(new GetFunctionCommand({ FunctionName: "things-get" }))],
    ["lambda:ListFunctions", byRestricted.lambda.send(new ListFunctionsCommand({}))],
    ["logs:DescribeLogGroups", byRestricted.logs.send(new DescribeLogGroupsCommand({}))],
    ["s3:ListAllMyBuckets", byRestricted.s3.send(new ListBucketsCommand({}))],
    ["sns:ListTopics", byRestricted.sns.send(new ListTopicsCommand({}))],
    ["sqs:ListQueues", byRestricted.sqs.send(new ListQueuesCommand({}))],
    ["sqs:PurgeQueue", byRestricted.sqs.send(new PurgeQueueCommand({ QueueUrl }))],
    ["ssm:DescribeParameters", byRestricted.ssm.send(new DescribeParametersCommand({}))],
    ["ssm:GetParametersByPath", byRestricted.ssm.send(new GetParametersByPathCommand({ Path: "/things" }))],
  ];
  for (const [action, call] of refused) {
    await expect(call).rejects.toMatchObject({ message: expect.stringContaining(`perform: ${action} on resource`) });
  }
  expect((await byRestricted.sts.send(new GetCallerIdentityCommand({}))).Account).toBe(account);
});

/** Events come from another thread, when they come. */
const reported = (message: string) =>
  eventually(() => running.events.find((event) => event.event === "problem" && event.message === message));

test("what is not emulated is refused in the protocol of its service, and who asked is named", async () => {
  await expect(by.sts.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: "STS GetSessionToken is not emulated",
  });
  await reported("STS GetSessionToken is not emulated; get-thing called it");
});

/** Another version of it than the one on the path can be tried, too. */
const cli = process.env["AWS_CLI"] ?? "aws";
const version = spawnSync(cli, ["--version"], { encoding: "utf8" });
const isThere = version.status === 0;
const isSecond = /aws-cli\/2/.test(version.stdout);
if (!isThere) process.stderr.write("skipped: awscli is not installed\n");

const run = promisify(execFile);

const endpoint = (): readonly string[] => ["--endpoint-url", running.url];

const environment = () => ({
  PATH: process.env["PATH"],
  HOME: temporaryFolder(),
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_SESSION_TOKEN: credentials.sessionToken,
  AWS_DEFAULT_OUTPUT: "json",
  // What it writes to a pipe is to come at once.
  PYTHONUNBUFFERED: "1",
});

/** Output of awscli: JSON, or text as it is. */
async function aws(...args: string[]): Promise<{ readonly out: string; readonly json: () => unknown }> {
  const { stdout } = await run(cli, [...endpoint(), ...args], { env: environment() });
  return { out: stdout, json: () => JSON.parse(stdout) };
}

(isThere ? describe : describe.skip)("awscli", () => {
  test("lists what there is", async () => {
    expect((await aws("sts", "get-caller-identity")).json()).toMatchObject({ Account: account });
    expect((await aws("dynamodb", "list-tables")).json()).toEqual({ TableNames: [] });
    expect((await aws("sqs", "list-queues")).json()).toEqual({ QueueUrls: ["later", "work"].map(queueUrl) });
    expect((await aws("sns", "list-topics")).json()).toEqual({ Topics: [{ TopicArn: topicArn }] });
    expect((await aws("ssm", "describe-parameters")).json()).toMatchObject({ Parameters: { length: 3 } });
    expect((await aws("ssm", "get-parameters-by-path", "--path", "/things")).json()).toMatchObject({
      Parameters: [{ Name: "/things/a", Value: "value of /things/a" }],
    });
    expect((await aws("lambda", "list-functions")).json()).toMatchObject({ Functions: [{ FunctionArn: functionArn }] });
    expect((await aws("lambda", "get-function", "--function-name", "things-get")).json()).toMatchObject({
      Configuration: { FunctionArn: functionArn },
    });
    expect((await aws("s3", "ls")).out).toMatch(/ logs\n$/);
    await aws("sqs", "purge-queue", "--queue-url", queueUrl("later"));
  });

  test("reads logs, by group, stream and pattern", async () => {
    expect((await aws("logs", "describe-log-groups")).json()).toMatchObject({
      logGroups: [{ logGroupName: "/aws/lambda/things-get" }],
    });
    const group = ["--log-group-name", "/aws/lambda/things-get"];
    expect((await aws("logs", "describe-log-streams", ...group)).json()).toMatchObject({
      logStreams: [{ logStreamName: "one" }],
    });
    const wanted = async (...more: string[]) =>
      (await aws("logs", "filter-log-events", ...group, "--query", "events[].message", ...more)).json();
    expect(await wanted()).toEqual(["ERROR it failed\n", '{"level":"INFO"}\n']);
    expect(await wanted("--page-size", "1", "--filter-pattern", "ERROR")).toEqual(["ERROR it failed\n"]);
    expect(await wanted("--filter-pattern", '{ $.level = "INFO" }')).toEqual(['{"level":"INFO"}\n']);
    const stream = [...group, "--log-stream-name", "one", "--query", "events[].message"];
    expect((await aws("logs", "get-log-events", ...stream)).json()).toHaveLength(2);
  });

  // awscli 1 has no such command.
  (isSecond ? test : test.skip)("follows a log group", async () => {
    const { out } = await aws("logs", "tail", "/aws/lambda/things-get", "--format", "short");
    expect(out).toMatch(/^\S+ ERROR it failed\n\S+ \{"level":"INFO"\}\n$/);
    const child = spawn(cli, [...endpoint(), "logs", "tail", "/aws/lambda/things-get", "--follow"], {
      env: environment(),
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await eventually(() => said.includes("it failed") || undefined);
    lines.add("/aws/lambda/things-get", { stream: "two", message: "new\n" });
    await eventually(() => said.includes(" new\n") || undefined);
    child.kill();
    expect(said.match(/it failed/g)).toHaveLength(1);
  });

  test("syncs a folder to a bucket, lists it, and syncs it back as it was", async () => {
    const [there, back] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(there, "deep"));
    writeFileSync(join(there, "deep", "a b+c&ü.txt"), "x");
    await aws("s3", "sync", there, "s3://logs/synced");
    expect((await aws("s3", "ls", "s3://logs/synced/")).out).toMatch(/^ +PRE deep\/\n$/);
    expect((await aws("s3", "ls", "--recursive", "s3://logs/synced/")).out).toMatch(
      / 1 synced\/deep\/a b\+c&ü\.txt\n$/,
    );
    await aws("s3", "sync", "s3://logs/synced", back);
    expect(readFileSync(join(back, "deep", "a b+c&ü.txt"), "utf8")).toBe("x");
  });

  test("copies and moves within a bucket, and deletes many", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "text");
    await aws("s3", "cp", file, "s3://logs/moves/a", "--metadata", "colour=red", "--storage-class", "STANDARD_IA");
    await aws("s3", "cp", "s3://logs/moves/a", "s3://logs/moves/b");
    await aws("s3", "mv", "s3://logs/moves/b", "s3://logs/moves/c");
    const head = await aws("s3api", "head-object", "--bucket", "logs", "--key", "moves/c");
    expect(head.json()).toMatchObject({ ContentLength: 4, Metadata: { colour: "red" } });
    const objects = JSON.stringify({ Objects: ["a", "c"].map((name) => ({ Key: `moves/${name}` })) });
    await aws("s3api", "delete-objects", "--bucket", "logs", "--delete", objects);
    await expect(aws("s3", "ls", "s3://logs/moves/")).rejects.toMatchObject({ code: 1 });
  });

  test("lists versions, and brings one back that was deleted", async () => {
    const at = ["--bucket", "logs", "--key", "versions/a"];
    const file = join(temporaryFolder(), "file");
    for (const text of ["one", "two"]) {
      writeFileSync(file, text);
      await aws("s3api", "put-object", ...at, "--body", file);
    }
    expect((await aws("s3api", "delete-object", ...at)).json()).toMatchObject({ DeleteMarker: true });
    const listed = ["s3api", "list-object-versions", "--bucket", "logs", "--prefix", "versions/"];
    const { Versions, DeleteMarkers } = (await aws(...listed, "--page-size", "1")).json() as {
      Versions: { VersionId: string; Size: number }[];
      DeleteMarkers: { VersionId: string; IsLatest: boolean }[];
    };
    expect([Versions.length, DeleteMarkers]).toMatchObject([2, [{ IsLatest: true }]]);
    await aws("s3api", "delete-object", ...at, "--version-id", DeleteMarkers[0]!.VersionId);
    await aws("s3api", "get-object", ...at, file);
    expect(readFileSync(file, "utf8")).toBe("two");
    await aws("s3api", "get-object", ...at, "--version-id", Versions[1]!.VersionId, file);
    expect(readFileSync(file, "utf8")).toBe("one");
  });

  test("sends and fetches in parts what is large", async () => {
    const [there, back] = [temporaryFolder(), temporaryFolder()];
    const large = randomBytes(20 * 1024 * 1024);
    writeFileSync(join(there, "large"), large);
    await aws("s3", "sync", there, "s3://logs/large");
    await aws("s3", "sync", "s3://logs/large", back);
    expect(readFileSync(join(back, "large")).equals(large)).toBe(true);
    expect((await aws("s3api", "head-object", "--bucket", "logs", "--key", "large/large")).json()).toMatchObject({
      ETag: expect.stringMatching(/-3"$/),
    });
  });

  test.each([
    ["ec2", "describe-instances"],
    ["iam", "list-users"],
    ["kms", "list-keys"],
    ["apigateway", "get-rest-apis"],
  ])("reads that %s is not emulated", async (service, operation) => {
    await expect(aws(service, operation)).rejects.toMatchObject({
      stderr: expect.stringContaining(`(UnknownOperationException)`),
    });
    await reported(`${service} is not emulated; get-thing called it`);
  });
});
