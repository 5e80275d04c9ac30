import { Comparison } from "../../tools/changes/comparison";
import { unseenChanges } from "../../tools/changes/unseen";

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

const indexed = (range_key: string, projection_type = "ALL") => ({
  resource: {
    aws_dynamodb_table: {
      t: { name: "records", hash_key: "id", local_secondary_index: [{ name: "byDay", range_key, projection_type }] },
    },
  },
});

test("a local index that changes under its name replaces nothing, since Terraform compares the names alone", () => {
  expect(replaced(indexed("day"), indexed("date"))).toEqual([]);
  expect(unseenChanges(new Comparison(indexed("day"), indexed("date", "KEYS_ONLY")))).toEqual([
    {
      ...{ severity: "risk", about: "data" },
      text: "DynamoDB table t stays as it is, though the code says otherwise: local_secondary_index byDay.range_key day → date, local_secondary_index byDay.projection_type ALL → KEYS_ONLY. Terraform compares names alone here; another name would be made, with all that this takes",
    },
  ]);
});

test("what stands in another order has not changed", () => {
  const attributes = (...names: string[]) => ({
    resource: { aws_dynamodb_table: { t: { attribute: names.map((name) => ({ name, type: "S" })) } } },
  });
  const { kept } = new Comparison(attributes("a", "b"), attributes("b", "a"));

  expect(kept.map(({ changed }) => changed)).toEqual([[]]);
});
