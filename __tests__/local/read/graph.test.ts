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

test("a reference that is alone keeps its type, and locals are resolved", () => {
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
    { A: "${aws_dynamodb_table.records.write_capacity}" },
    /aws_dynamodb_table\.records: write_capacity is neither an argument nor known to be computed/,
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

test("what only the cloud has is listed, a type nobody has thought of by its name", () => {
  expect(
    graphOf({ aws_vpc: { v: {} }, aws_eip: { e: {} }, aws_cloudwatch_metric_alarm: { a: {} } }).notEmulated,
  ).toEqual(["alarms", "network"]);
  expect(graphOf({ aws_kms_key: { k: {} } }).notEmulated).toEqual(["encryption at rest"]);
  expect(graphOf({ aws_neptune_cluster: { n: {} }, aws_vpc: { v: {} } }).notEmulated).toEqual([
    "aws_neptune_cluster",
    "network",
  ]);
});

test("references in resources that are not emulated are left alone", () => {
  expect(graphOf({ aws_cloudwatch_dashboard: { d: { dashboard_body: "${jsonencode(1)}" } } }).notEmulated).toEqual([
    "dashboards",
  ]);
});

test.each([
  [{ module: {} }, "records-dev: top-level module is not emulated here"],
  [
    { provider: { aws: [{ region: "us-east-1" }, { region: "us-east-2" }] } },
    'records-dev: must have no more than one provider "aws" without an alias',
  ],
  [{ provider: { aws: [] } }, "records-dev: provider.aws: region must be set, got none; set it, or AWS_REGION"],
  [{ provider: {} }, "records-dev: provider.aws: region must be set, got none; set it, or AWS_REGION"],
  [
    { provider: { aws: { region: "${local.where}" } } },
    'records-dev: provider.aws: region must be a literal or a variable with a value, got "${local.where}"',
  ],
  [
    { provider: { aws: { region: "us-east-1", allowed_account_ids: ["me"] } } },
    "records-dev: provider.aws: allowed_account_ids must be 12 digits, got me",
  ],
])("a stack with %o is refused", (rest, message) => {
  expect(() => stackFile({}, rest)).toThrow(message);
});

test("a region may be a variable's, and an account that nothing names is the placeholder", () => {
  const rest = { provider: { aws: { region: "${var.where}" } }, variable: { where: { default: "eu-west-3" } } };
  expect(stackFile({}, rest)).toMatchObject({ region: "eu-west-3", accountId: "000000000000" });
});

test("paths in a stack start at its folder", () => {
  expect(variablesOf({ AT: "${path.module}/a ${path.root}/b ${path.cwd}/c" })).toEqual({ AT: "./a ./b ./c" });
});

test.each(["count", "for_each", "dynamic"])("%s is refused by name", (meta) => {
  expect(() => stackFile({ aws_sns_topic: { t: { [meta]: 2 } } })).toThrow(
    `aws_sns_topic.t: ${meta} is not emulated here; leave it out of the environment that runs here (environments/dev.ts), or try this stack on AWS`,
  );
});

test.each<[attribute: string, value: unknown]>([
  ["arn", expect.stringMatching(/^arn:aws:neptune:us-east-1:000000000000:n\/[0-9a-f]{10}$/)],
  ["cluster_arn", expect.stringMatching(/^arn:aws:neptune:/)],
  ["id", expect.stringMatching(/^neptune_cluster-[a-z0-9]{10}$/)],
  ["cluster_resource_id", expect.stringMatching(/^neptune_cluster-/)],
  ["endpoint", expect.stringMatching(/^[0-9a-f]{10}\.neptune\.us-east-1\.amazonaws\.com$/)],
  ["url", expect.stringMatching(/^https:\/\/[0-9a-f]{10}\.neptune\.us-east-1\.amazonaws\.com$/)],
  ["port", 443],
  ["name", "records-dev-n"],
  ["vpc_security_group_ids", [expect.stringMatching(/^neptune_cluster-/)]],
  ["vpc_security_group_ids[0]", expect.stringMatching(/^neptune_cluster-/)],
  ["cluster_members", expect.any(String)],
  ["nodes[0].endpoint", expect.stringMatching(/\.amazonaws\.com$/)],
  ["written", "as it is"],
  ["later", expect.stringMatching(/^neptune_cluster-/)],
  ["constructor", expect.stringMatching(/^neptune_cluster-/)],
])("the %s of what is not emulated is one that AWS might give", (attribute, value) => {
  const cluster = { n: { written: "as it is", later: "${jsonencode(1)}" } };
  expect(variablesOf({ A: `\${aws_neptune_cluster.n.${attribute}}` }, { aws_neptune_cluster: cluster })).toEqual({
    A: value,
  });
});

test("a user pool, its clients and the scopes of its resource servers have ids as Cognito gives them", () => {
  const graph = graphOf({
    aws_cognito_user_pool: { people: { name: "people" } },
    aws_cognito_user_pool_client: {
      web: {
        ...{ name: "web", user_pool_id: "${aws_cognito_user_pool.people.id}" },
        allowed_oauth_scopes: "${aws_cognito_resource_server.things.scope_identifiers}",
      },
      server: { name: "server", user_pool_id: "${aws_cognito_user_pool.people.id}", generate_secret: true },
    },
    aws_cognito_resource_server: {
      things: {
        ...{ identifier: "things", name: "things", user_pool_id: "${aws_cognito_user_pool.people.id}" },
        scope: [{ scope_name: "read" }, { scope_name: "write" }],
      },
    },
  });
  const [pool] = graph.all("aws_cognito_user_pool");
  const [web, server] = graph.all("aws_cognito_user_pool_client");
  expect(pool?.id).toMatch(/^us-east-1_[0-9a-z]{9}$/);
  expect(pool?.arn).toMatch(new RegExp(`^arn:aws:cognito-idp:us-east-1:\\d{12}:userpool/${pool?.id}$`));
  expect(pool?.computed("endpoint")).toBe(`cognito-idp.us-east-1.amazonaws.com/${pool?.id}`);
  expect(web?.id).toMatch(/^[0-9a-z]{26}$/);
  expect([web?.computed("client_secret"), server?.computed("client_secret")]).toEqual(["", expect.stringMatching(/./)]);
  expect(web?.attributes["allowed_oauth_scopes"]).toEqual(["things/read", "things/write"]);
});

test("values that are made up are the same at each start, and differ between resources", () => {
  const read = (name: string) =>
    variablesOf({ A: `\${aws_neptune_cluster.${name}.arn}` }, { aws_neptune_cluster: { a: {}, b: {} } });
  expect(read("a")).toEqual(read("a"));
  expect(read("a")).not.toEqual(read("b"));
});

test.each([
  ["aws_wafv2_web_acl_association", "which requests are let through"],
  ["aws_kms_grant", "who may use a key"],
])("%s is refused, since it decides %s", (type, differs) => {
  expect(() => graphOf({ [type]: { x: {} } })).toThrow(
    `${type}.x: ${type} is not emulated here, and on AWS decides ${differs}; leave it out of the environment that runs here (environments/dev.ts), or try this stack on AWS`,
  );
});

test("what multiplies a resource is let be where the resource is not emulated", () => {
  expect(graphOf({ aws_neptune_cluster: { n: { count: 2, provider: "aws.other" } } }).notEmulated).toEqual([
    "aws_neptune_cluster",
  ]);
});

test("data sources give the stack's own account and region, and else what AWS might give", () => {
  const data = { aws_region: { now: {} }, aws_caller_identity: { me: {} }, aws_ami: { linux: {} } };
  const zones = { aws_availability_zones: { all: {} } };
  const variables = {
    ...{ R: "${data.aws_region.now.name}", A: "${data.aws_caller_identity.me.account_id}" },
    ...{ I: "${data.aws_ami.linux.id}", Z: "${data.aws_availability_zones.all.names[0]}" },
  };
  expect(variablesOf(variables, {}, { data: { ...data, ...zones } })).toEqual({
    ...{ R: "us-east-1", A: "000000000000" },
    ...{ I: expect.stringMatching(/^ami-/), Z: expect.any(String) },
  });
  expect(graphOf({}, { data }).notEmulated).toEqual(["data sources"]);
});

test("a data source that is not there is refused", () => {
  const data = { aws_region: { now: {} } };
  const refer = () => variablesOf({ A: "${data.aws_region.other.name}" }, {}, { data });
  expect(refer).toThrow("refers to nothing in the stack");
  expect(graphOf({}, { data }).notEmulated).toEqual([]);
});

test("blocks about a state, and providers with an alias, are let be", () => {
  const aws = [
    { region: "us-east-1", allowed_account_ids: ["000000000000"] },
    { region: "eu-west-1", alias: "other" },
  ];
  expect(stackFile({}, { moved: [], import: [], removed: [], check: {}, provider: { aws } }).region).toBe("us-east-1");
});
