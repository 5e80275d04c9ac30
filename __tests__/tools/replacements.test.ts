import { Comparison } from "../../tools/changes/comparison";

const target = (resource_id: string) => ({ service_namespace: "dynamodb", resource_id });
const group = (name: string) => ({ name });

/** A table that is replaced, as its key changes, and what refers to it. */
const stack = (hash_key: string, renamed = "records") => ({
  resource: {
    aws_dynamodb_table: { t: { name: renamed, hash_key } },
    aws_appautoscaling_target: {
      name: target("table/${aws_dynamodb_table.t.name}"),
      arn: target("table/${aws_dynamodb_table.t.arn}"),
      none: target("table/other"),
    },
    aws_cloudwatch_log_group: { tagged: { ...group("g"), tags: { table: "${aws_dynamodb_table.t.arn}" } } },
  },
});

const replaced = (before: object, after: object) => [...new Comparison(before, after).replaced.keys()].sort();

test("what refers to a replaced resource is replaced, unless it refers to what stays the same of it", () => {
  expect(replaced(stack("id"), stack("key"))).toEqual(["aws_appautoscaling_target.arn", "aws_dynamodb_table.t"]);
});

test("what refers to a name that changes is replaced, too", () => {
  expect(replaced(stack("id"), stack("key", "others"))).toEqual([
    "aws_appautoscaling_target.arn",
    "aws_appautoscaling_target.name",
    "aws_dynamodb_table.t",
  ]);
});

test("where nothing is replaced, nothing that refers to it is", () => {
  expect(replaced(stack("id"), stack("id"))).toEqual([]);
});
