import { graphOf, stackFile } from "../support/stack-file";

const table = { records: { name: "records-dev-records", hash_key: "recordId" } };

const fn = (variables: object) => ({
  get: {
    function_name: "records-dev-get",
    environment: { variables },
    vpc_config: { subnet_ids: ["${aws_subnet.a.id}"] },
  },
});

function variablesOf(variables: object, more: object = {}, rest: object = {}) {
  const resources = { aws_lambda_function: fn(variables), aws_subnet: { a: {} }, ...more };
  const [resource] = graphOf(resources, rest).all("aws_lambda_function");
  return resource!.block("environment")!.attributes["variables"];
}

test("references to arguments and computed attributes are resolved, alone and in text", () => {
  const variables = { TABLE: "${aws_dynamodb_table.t.name}", INDEX: "${aws_dynamodb_table.t.arn}/index/x" };
  expect(variablesOf(variables, { aws_dynamodb_table: { t: { name: "things" } } })).toEqual({
    TABLE: "things",
    INDEX: "arn:aws:dynamodb:us-east-1:000000000000:table/things/index/x",
  });
});

test("a reference that is alone keeps its type, and locals are looked into", () => {
  const rest = { locals: { limits: { most: 5, names: ["a", "b"] } } };
  expect(variablesOf({ MOST: "${local.limits.most}", SECOND: "${local.limits.names[1]}" }, {}, rest)).toEqual({
    MOST: 5,
    SECOND: "b",
  });
});

test("a sensitive variable without a default is made up, another one is asked for", () => {
  const secret = { variable: { key: { type: "string", sensitive: true } } };
  expect(variablesOf({ KEY: "${var.key}" }, {}, secret)).toEqual({
    KEY: expect.stringContaining("records-dev/var.key"),
  });
  const open = { variable: { size: { type: "number" } } };
  expect(() => variablesOf({ SIZE: "${var.size}" }, {}, open)).toThrow("var.size has no default; set TF_VAR_size");
});

test("TF_VAR_ gives a variable its value, as for Terraform", () => {
  process.env["TF_VAR_size"] = "7";
  expect(variablesOf({ SIZE: "${var.size}" }, {}, { variable: { size: { type: "number", default: 1 } } })).toEqual({
    SIZE: 7,
  });
  delete process.env["TF_VAR_size"];
});

test.each([
  [
    "aws_api_gateway_stage",
    { rest_api_id: "abc", stage_name: "dev" },
    "invoke_url",
    "https://abc.execute-api.us-east-1.amazonaws.com/dev",
  ],
  [
    "aws_api_gateway_stage",
    { rest_api_id: "abc", stage_name: "dev" },
    "execution_arn",
    "arn:aws:execute-api:us-east-1:000000000000:abc/dev",
  ],
  ["aws_cloudwatch_log_group", { name: "/aws/x" }, "arn", "arn:aws:logs:us-east-1:000000000000:log-group:/aws/x"],
  ["aws_iam_role", { name: "r" }, "arn", "arn:aws:iam::000000000000:role/r"],
  [
    "aws_lambda_function",
    { function_name: "f" },
    "qualified_arn",
    "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",
  ],
  ["aws_s3_bucket", { bucket: "b" }, "arn", "arn:aws:s3:::b"],
  ["aws_sns_topic", { name: "t" }, "id", "arn:aws:sns:us-east-1:000000000000:t"],
  ["aws_sqs_queue", { name: "q" }, "url", "https://sqs.us-east-1.amazonaws.com/000000000000/q"],
  ["aws_ssm_parameter", { name: "/a/b" }, "arn", "arn:aws:ssm:us-east-1:000000000000:parameter/a/b"],
  ["aws_ssm_parameter", { name: "b" }, "arn", "arn:aws:ssm:us-east-1:000000000000:parameter/b"],
])("%s %o has the %s that AWS would give it", (type, attributes, attribute, value) => {
  const [resource] = graphOf({ [type]: { x: attributes } }).all(type);
  expect(resource!.computed(attribute)).toBe(value);
});

test("ids are the same at each start and differ between resources", () => {
  const ids = () =>
    graphOf({ aws_api_gateway_rest_api: { a: {}, b: {} } })
      .all("aws_api_gateway_rest_api")
      .map(({ id }) => id);
  expect(ids()).toEqual(ids());
  expect(new Set(ids()).size).toBe(2);
  expect(ids()[0]).toMatch(/^[a-z0-9]{10}$/);
});

test.each([
  ["an expression", { A: "${sha1(1)}" }, /aws_lambda_function\.get: environment: expression .* is not a reference/],
  [
    "an attribute nobody knows",
    { A: "${aws_dynamodb_table.records.stream_label}" },
    /aws_dynamodb_table\.records: stream_label is neither an argument nor known to be computed/,
  ],
  [
    "a resource that is not there",
    { A: "${aws_dynamodb_table.other.name}" },
    /environment: .*refers to nothing in the stack/,
  ],
  ["a list in a text", { A: "x${aws_lambda_function.get.vpc_config.subnet_ids}" }, /is no text/],
  ["itself", { A: "${aws_lambda_function.get.environment}" }, /environment depends on itself/],
])("a reference to %s is an error that names resource and attribute", (_, variables, message) => {
  expect(() => variablesOf(variables, { aws_dynamodb_table: table })).toThrow(message);
});

test("what only the cloud has is listed, and a type nobody has thought of is refused", () => {
  expect(graphOf({ aws_vpc: { v: {} }, aws_eip: { e: {} }, aws_cloudwatch_metric_alarm: { a: {} } }).notPlayed).toEqual(
    ["alarms", "network"],
  );
  expect(graphOf({ aws_kms_key: { k: {} } }).notPlayed).toEqual(["encryption at rest"]);
  expect(graphOf({ aws_dynamodb_table: { t: { name: "t", stream_enabled: true } } }).notPlayed).toEqual([
    "table streams",
  ]);
  expect(graphOf({ aws_dynamodb_table: { t: { name: "t", stream_enabled: false } } }).notPlayed).toEqual([]);
  expect(() => graphOf({ aws_neptune_cluster: { n: {} } })).toThrow(
    "records-dev: the local runner does not know aws_neptune_cluster; say in aws/catalogue whether it is emulated",
  );
});

test("references in resources that are not played are left alone", () => {
  expect(graphOf({ aws_cloudwatch_dashboard: { d: { dashboard_body: "${jsonencode(1)}" } } }).notPlayed).toEqual([
    "dashboards",
  ]);
});

test.each([
  [{ data: { aws_region: {} } }, "records-dev: top-level data is not read locally"],
  [{ module: {} }, "records-dev: top-level module is not read locally"],
  [{ provider: { aws: [] } }, 'records-dev: needs exactly one provider "aws"'],
])("a stack with %o is refused", (rest, message) => {
  expect(() => stackFile({}, rest)).toThrow(message);
});

test.each(["count", "for_each", "dynamic"])("%s is refused by name", (meta) => {
  expect(() => stackFile({ aws_sns_topic: { t: { [meta]: 2 } } })).toThrow(
    `aws_sns_topic.t: ${meta} is not read locally`,
  );
});
