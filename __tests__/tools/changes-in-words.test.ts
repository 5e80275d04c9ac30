// Stands on: records
import type { StackJson } from "../../stack-json/document";
import { compare } from "../../tools/changes/compare";
import { edited, type Place } from "../support/edited";
import { stackText } from "../support/synthesized";

const stack = JSON.parse(stackText("records"));
stack.resource.aws_thing = { x: { size: 1 } };

/** `severity: text` of all that an edit changes. */
function reported(place: Place, change: (value: never) => unknown): string[] {
  const after = edited(stack, place, change as Parameters<typeof edited>[2]) as StackJson;
  const changes = compare(new Map([["records-dev", stack]]), new Map([["records-dev", after]]));
  return changes.map(({ severity, text }) => `${severity}: ${text}`);
}

const to = (value: unknown) => () => value;
const gone = to(undefined);
const and = (item: unknown) => (items: unknown[]) => [...items, item];
const without = (text: string) => (items: unknown[]) => items.filter((item) => !JSON.stringify(item).includes(text));

const table = ["resource", "aws_dynamodb_table", "records"];
const statements = ["resource", "aws_iam_role_policy", "get-record", "policy", "Statement"];
const paths = ["resource", "aws_api_gateway_rest_api", "api", "body", "paths"];
const fn = ["resource", "aws_lambda_function", "get-record"];
const alarm = ["resource", "aws_cloudwatch_metric_alarm", "alarms_activity-failures"];
const arn = "${aws_dynamodb_table.records.arn}";
const cheaper = "(list prices of us-east-1, 2025, without traffic and requests)";

it.each<[string, Place, (value: never) => unknown, string[]]>([
  [
    "a table with another key",
    [...table, "hash_key"],
    to("id"),
    ["risk: DynamoDB table records is replaced by an empty one, because hash_key changes: its items are lost"],
  ],
  ["a table that is gone", table, gone, ["risk: DynamoDB table records is destroyed: its items are lost"]],
  [
    "a table that can't be restored",
    [...table, "point_in_time_recovery", "enabled"],
    to(false),
    [
      "risk: DynamoDB table records can't be restored to a point in time any more (point_in_time_recovery.enabled true → false)",
      "info: DynamoDB table records changes in place: point_in_time_recovery.enabled true → false",
    ],
  ],
  [
    "a table without an index that it had",
    [...table, "global_secondary_index"],
    gone,
    [
      "risk: DynamoDB table records loses its index bySource: who queries it, also a version that serves until then, fails",
      expect.stringContaining("info: DynamoDB table records changes in place"),
    ],
  ],
  [
    "an index under another name",
    [...table, "global_secondary_index", "0", "name"],
    to("sourceIndex"),
    [
      "risk: DynamoDB table records loses its index bySource: who queries it, also a version that serves until then, fails, and sourceIndex is made after that: add first, remove in a deployment of its own",
      expect.stringContaining("info: DynamoDB table records changes in place"),
    ],
  ],
  [
    "an index that has other attributes",
    [...table, "global_secondary_index", "0"],
    (index: object) => ({ ...index, projection_type: "INCLUDE", non_key_attributes: ["kind"] }),
    [
      'risk: DynamoDB table records loses its index bySource until it is built again (projection_type ALL → INCLUDE, non_key_attributes none → ["kind"]): who queries it meanwhile fails; make it under another name, remove this one in a deployment of its own',
      expect.stringContaining("info: DynamoDB table records changes in place"),
    ],
  ],
  [
    "a key of another type, which Terraform does not see",
    [...table, "attribute", "0", "type"],
    to("N"),
    [
      "risk: DynamoDB table records stays as it is, though the code says otherwise: attribute recordId.type S → N. Terraform compares names alone here; another name would be made, with all that this takes",
    ],
  ],
  [
    "a table with a local index that it had not",
    [...table, "local_secondary_index"],
    to([{ name: "byKind", range_key: "kind", projection_type: "ALL" }]),
    [
      "risk: DynamoDB table records is replaced by an empty one, because local_secondary_index changes: its items are lost",
    ],
  ],
  [
    "logs that are forgotten sooner",
    ["resource", "aws_cloudwatch_log_group", "get-record", "retention_in_days"],
    to(3),
    ["risk: log group get-record/logs forgets sooner (retention_in_days 7 → 3)"],
  ],
  [
    "logs that are kept longer",
    ["resource", "aws_cloudwatch_log_group", "get-record", "retention_in_days"],
    to(30),
    ["info: log group get-record/logs keeps logs for 30 days instead of 7: $0.03 a GB and month"],
  ],
  [
    "a right more",
    statements,
    and({ Effect: "Allow", Action: "dynamodb:DeleteItem", Resource: arn }),
    ["risk: get-record gains dynamodb:DeleteItem on records"],
  ],
  [
    "a right to scan",
    statements,
    and({ Effect: "Allow", Action: "dynamodb:Scan", Resource: arn }),
    [
      "risk: get-record gains dynamodb:Scan on records",
      "notice: get-record may scan records: that reads all of it, and gets slower and dearer with every item",
    ],
  ],
  [
    "a right on more",
    statements,
    and({ Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: "*" }),
    ["risk: get-record gains dynamodb:GetItem on *"],
  ],
  ["a right that it has", statements, and({ Effect: "Allow", Action: ["dynamodb:GetItem"], Resource: arn }), []],
  [
    "a right under a condition",
    statements,
    and({
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTransport": true } },
    }),
    ['risk: get-record gains s3:GetObject on * where {"Bool":{"aws:SecureTransport":["true"]}}'],
  ],
  [
    "a role that its service may take on for any account",
    ["resource", "aws_iam_role", "log-archive", "assume_role_policy", "Statement", "0", "Condition"],
    gone,
    ["risk: the role of log-archive: firehose.amazonaws.com gains sts:AssumeRole"],
  ],
  [
    "a policy that can't be read",
    statements.slice(0, -1),
    to("${data.aws_iam_policy_document.all.json}"),
    expect.arrayContaining([
      expect.stringMatching(/^risk: get-record gains what a policy says that is not read \(.*JSON.*\): \$\{data\./),
    ]),
  ],
  ["a right less", statements, without(`["${arn}"]`), ["info: get-record loses dynamodb:GetItem on records"]],
  [
    "a bucket for anyone",
    ["resource", "aws_s3_bucket_policy", "logs", "policy", "Statement"],
    and({ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "${aws_s3_bucket.logs.arn}/*" }),
    ["risk: bucket policy logs/policy: anyone gains s3:GetObject on logs/*"],
  ],
  [
    "a role that others may take on",
    ["resource", "aws_iam_role", "get-record", "assume_role_policy", "Statement"],
    and({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "sts:AssumeRole" }),
    ["risk: the role of get-record: arn:aws:iam::111111111111:root gains sts:AssumeRole"],
  ],
  [
    "a function that anyone may call",
    ["resource", "aws_lambda_permission", "api_permission-getRecord", "principal"],
    to("*"),
    [
      "risk: anyone may now call get-record from api/*/GET/records/*",
      "notice: Lambda permission api/permission-getRecord is replaced, because principal changes",
    ],
  ],
  [
    "a route that needs no key any more",
    [...paths, "/records", "post", "security"],
    to([]),
    ["risk: POST /records: access an API key → public"],
  ],
  [
    "a route that is gone",
    [...paths, "/records", "post"],
    gone,
    ["notice: POST /records is gone: its clients are refused"],
  ],
  ["a public route more", [...paths, "/status"], to({ get: { security: [] } }), ["risk: GET /status is new, public"]],
  [
    "a route of another shape",
    [...paths, "/records", "get", "parameters", 1, "required"],
    to(true),
    ["notice: GET /records takes or answers something else"],
  ],
  [
    "any origin",
    [...fn, "environment", "variables", "CORS_ORIGINS"],
    to("*"),
    ["risk: CORS opens to any origin", "info: get-record is set up otherwise: CORS_ORIGINS http://localhost:5173 → *"],
  ],
  [
    "another deployment",
    ["resource", "aws_api_gateway_deployment", "api", "triggers", "redeployment"],
    to("0"),
    ["info: api is deployed anew; its stages keep their URLs"],
  ],
  [
    "a tighter quota",
    ["resource", "aws_api_gateway_usage_plan", "usage-plan", "quota_settings", "limit"],
    to(10),
    ["notice: usage-plan: requests a period and key 10000 → 10, tighter: clients may get 429"],
  ],
  ["new code", [...fn, "source_code_hash"], to("0"), ["info: get-record gets new code"]],
  ["more time", [...fn, "timeout"], to(20), ["info: get-record is set up otherwise: timeout 10 → 20"]],
  [
    "an alarm that is gone",
    alarm,
    gone,
    [
      "notice: alarm alarms/activity-failures is gone: nobody is notified",
      `info: together −$0.10 a month while idle ${cheaper}`,
    ],
  ],
  [
    "an alarm that fires later",
    [...alarm, "threshold"],
    to(5),
    ["notice: alarm alarms/activity-failures is looser: fires at 5 instead of 1"],
  ],
  [
    "an alarm that notifies nobody",
    [...alarm, "alarm_actions"],
    to([]),
    ["notice: alarm alarms/activity-failures is looser: notifies fewer"],
  ],
  [
    "no cache",
    ["resource", "aws_api_gateway_stage", "stage", "cache_cluster_enabled"],
    to(false),
    [
      `notice: together −$14.60 a month while idle ${cheaper}`,
      "info: API Gateway stage stage changes in place: cache_cluster_enabled true → false",
      "info: API Gateway stage stage: −$14.60 a month",
    ],
  ],
  ["a secret more", ["variable", "other"], to({}), ["notice: TF_VAR_other has to be set to plan and deploy"]],
  [
    "another region",
    ["provider", "aws", 0, "region"],
    to("eu-west-1"),
    ["risk: region us-east-1 → eu-west-1: everything is created anew there, and what is here stays, unmanaged"],
  ],
  [
    "another lock",
    ["terraform", "backend", "s3", "use_lockfile"],
    to(true),
    ["notice: state is kept otherwise (s3.use_lockfile none → true): run terraform init -reconfigure"],
  ],
  [
    "a key by another name",
    ["resource", "aws_api_gateway_api_key", "usage-plan_key_D636E903", "name"],
    to("other"),
    [
      "risk: API key usage-plan/key is replaced, because name changes: clients need the new key",
      "notice: usage plan key usage-plan/key-in-plan is replaced, because API key usage-plan/key is",
    ],
  ],
  [
    "a type that is not known",
    ["resource", "aws_thing", "x", "size"],
    to(2),
    ["notice: thing x changes in place or is replaced: see the plan: size 1 → 2"],
  ],
])("tells of %s", (_, place, change, sentences) => {
  expect(reported(place, change)).toEqual(sentences);
});
