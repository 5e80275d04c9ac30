import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { BucketNotification } from "../../../local/read/bucket-notifications";
import { notificationsOf } from "../../../local/read/bucket-notifications";
import { arnOf, everything, logs, policyOf, principal, type Running, startServices } from "../support/services";
import { graphOf } from "../support/stack-file";

const functionArn = arnOf("lambda", "function:index");
const bucketArn = "arn:aws:s3:::logs";
const csv: BucketNotification = {
  ...{ id: "index", functionArn, events: ["s3:ObjectCreated:*"] },
  ...{ prefix: "in/", suffix: ".csv" },
};

const calledBy = (sourceArn: string, account = "000000000000") =>
  policyOf("function", functionArn, {
    ...{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    Principal: { Service: "s3.amazonaws.com" },
    Condition: { ArnLike: { "aws:SourceArn": sourceArn }, StringEquals: { "aws:SourceAccount": account } },
  });

let running: Running;
let calls: ReturnType<typeof JSON.parse>[];
let there = true;
const invoke = async (arn: string, payload: string, asynchronous: boolean) => {
  calls.push({ arn, asynchronous, ...JSON.parse(payload).Records[0] });
  return there ? { payload: "" } : undefined;
};
const configure = (notifications: readonly BucketNotification[], policies = [calledBy(bucketArn)]) =>
  running.configure({ buckets: [{ ...logs, notifications }], policies, principals: [principal(everything)] });

beforeAll(async () => {
  running = await startServices({}, { invoke });
});
beforeEach(() => {
  calls = [];
  there = true;
  running.events.length = 0;
});
afterAll(() => running.stop());

const put = (Key: string) => running.s3.send(new PutObjectCommand({ Bucket: "logs", Key, Body: "text" }));

test("an object that is put or copied is told of before whoever did it is answered, as S3 tells it", async () => {
  await configure([csv]);
  await put("in/a b,ü+(1).csv");
  await running.s3.send(
    new CopyObjectCommand({ Bucket: "logs", Key: "in/copy.csv", CopySource: "logs/in/a b,ü+(1).csv" }),
  );
  expect(calls).toMatchObject([
    {
      ...{ arn: functionArn, asynchronous: true },
      ...{ eventVersion: "2.1", eventSource: "aws:s3", awsRegion: "us-east-1", eventName: "ObjectCreated:Put" },
      s3: {
        configurationId: "index",
        bucket: { name: "logs", arn: bucketArn },
        object: { key: "in/a+b%2C%C3%BC%2B%281%29.csv", size: 4, eTag: expect.stringMatching(/^[0-9a-f]{32}$/) },
      },
    },
    { eventName: "ObjectCreated:Copy", s3: { object: { key: "in/copy.csv" } } },
  ]);
});

test("nothing is told of other objects, of what was refused, or of what is deleted", async () => {
  await configure([csv, { ...csv, prefix: "copied/", events: ["s3:ObjectCreated:Copy"] }]);
  await put("in/a.txt");
  await put("out/a.csv");
  await put("copied/a.csv");
  await running.s3.send(new DeleteObjectCommand({ Bucket: "logs", Key: "in/a.csv" }));
  await running.s3.send(new PutObjectCommand({ Bucket: "logs", Key: "in/new.csv", Body: "x", IfNoneMatch: "*" }));
  const again = running.s3.send(
    new PutObjectCommand({ Bucket: "logs", Key: "in/new.csv", Body: "x", IfNoneMatch: "*" }),
  );
  await expect(again).rejects.toThrow();
  expect(calls.map(({ s3 }) => s3.object.key)).toEqual(["in/new.csv"]);
});

test.each([
  ["another bucket alone", [calledBy("arn:aws:s3:::other")]],
  ["a bucket of another account", [calledBy(bucketArn, "111111111111")]],
  ["nobody", []],
])("a function that lets itself be called for %s is not called, and the object is there", async (_, policies) => {
  await configure([csv], policies);
  await put("in/a.csv");
  expect(calls).toEqual([]);
  expect(running.events).toMatchObject([{ event: "denial", function: "s3.amazonaws.com", resource: functionArn }]);
});

test("a function that is not there is named, and the object is there", async () => {
  there = false;
  await configure([csv]);
  await put("in/a.csv");
  expect(running.events).toEqual([{ event: "problem", message: `bucket logs: ${functionArn} is not in the stacks` }]);
});

const read = (more: object) => {
  const graph = graphOf({
    aws_s3_bucket: { logs: { bucket: "logs" } },
    aws_s3_bucket_notification: { n: { bucket: "${aws_s3_bucket.logs.id}", ...more } },
  });
  return notificationsOf(graph, graph.all("aws_s3_bucket")[0]!);
};

test("a configuration is read with its filters, and what is not emulated in it is refused", () => {
  const fn = { lambda_function_arn: functionArn, events: ["s3:ObjectCreated:*"] };
  expect(read({ lambda_function: [{ ...fn, id: "index", filter_prefix: "in/", filter_suffix: ".csv" }, fn] })).toEqual([
    csv,
    { ...csv, id: "n-1", prefix: "", suffix: "" },
  ]);
  expect(() => read({ queue: {} })).toThrow("aws_s3_bucket_notification.n: queue is not emulated here");
  expect(() => read({ lambda_function: { ...fn, events: ["s3:ObjectRemoved:*"] } })).toThrow(
    "event s3:ObjectRemoved:* is not emulated here",
  );
});
