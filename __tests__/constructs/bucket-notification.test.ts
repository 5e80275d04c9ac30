import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket, type ObjectFilter } from "../../constructs/data/bucket";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";
import { watchedQueue } from "../support/watched-queue";

function called(...filters: ObjectFilter[]) {
  const stack = emptyStack();
  const [files, failed] = [new Bucket(stack, "files"), watchedQueue(stack, "failed")];
  filters.forEach((filter, at) => {
    const environment = { THINGS_TABLE: "things" };
    const fn = new NodeFunction(stack, `reader-${at}`, { entry: thingEntry, environment });
    files.onCreated(filter, fn);
    failed.collectFailures(fn);
  });
  return stack;
}

it("calls each function for its own objects, by one configuration, when they let it", () => {
  const stack = synth(called({ prefix: "incoming/", suffix: ".csv" }, { prefix: "images/" }));
  const arn = (at: number) =>
    expect.stringMatching(new RegExp(`^\\$\\{aws_lambda_alias\\.reader-${at}_live_\\w+\\.arn\\}$`));

  expect(stack.at("aws_s3_bucket_notification", "files/notification")).toMatchObject({
    bucket: "${aws_s3_bucket.files.id}",
    lambda_function: [
      {
        ...{ id: "reader-0", lambda_function_arn: arn(0), events: ["s3:ObjectCreated:*"] },
        ...{ filter_prefix: "incoming/", filter_suffix: ".csv" },
      },
      { id: "reader-1", lambda_function_arn: arn(1), events: ["s3:ObjectCreated:*"], filter_prefix: "images/" },
    ],
    depends_on: [
      expect.stringMatching(/^aws_s3_bucket_policy\./),
      expect.stringMatching(/^aws_lambda_permission\.files_created-reader-0-permission_/),
      expect.stringMatching(/^aws_lambda_permission\.files_created-reader-1-permission_/),
    ],
  });
  expect(stack.at("aws_lambda_permission", "files/created-reader-0-permission")).toMatchObject({
    principal: "s3.amazonaws.com",
    source_arn: "${aws_s3_bucket.files.arn}",
    source_account: "000000000000",
  });
});

it("refuses two functions for the same objects", () => {
  expect(problemsOf(called({ prefix: "incoming/" }, { prefix: "incoming/csv/" }))).toEqual([
    "test-dev/files: onCreated must be given objects that no other call means, got incoming/csv/* beside incoming/*; tell them apart, or have one function do both",
  ]);
  for (const [one, other] of [
    [".csv", "data.csv"],
    ["data.csv", ".csv"],
  ] as const)
    expect(problemsOf(called({ suffix: one }, { suffix: other }))).toEqual([
      expect.stringContaining(`got *${other} beside *${one}`),
    ]);
  expect(problemsOf(called({ suffix: ".csv" }, { suffix: ".txt" }))).toEqual([]);
  expect(problemsOf(called({ suffix: ".csv" }, { suffix: ".csv.gz" }))).toEqual([]);
});
