import { checkReferences } from "../../constructs/synth/references";

const resource = { aws_dynamodb_table: { items: {} }, aws_kms_key: { key: { description: "$${aws_no.reference}" } } };

const refuses = (address: string) =>
  `things-dev: stacks must not refer to each other, got a reference to ${address}; compose its name or ARN from settings`;

it.each([
  ["what the stack declares", "${aws_dynamodb_table.items.arn}"],
  ["text that is only spelled like a reference", "$${aws_dynamodb_table.other.arn}"],
  ["a variable, or a function of it", '${join(",", [var.aws_things])}'],
])("takes %s", (_, value) => {
  expect(() => checkReferences("things-dev", { resource, output: { x: { value } } })).not.toThrow();
});

it.each([
  ["a resource of another stack", "${aws_dynamodb_table.other.arn}", "aws_dynamodb_table.other"],
  ["one inside of an expression", 'arn/${join("-", [aws_s3_bucket.b.id])}/*', "aws_s3_bucket.b"],
  ["another stack's data", "${data.aws_region.here.name}", "data.aws_region.here"],
])("refuses %s", (_, value, address) => {
  expect(() => checkReferences("things-dev", { resource, output: { x: { value } } })).toThrow(refuses(address));
});
