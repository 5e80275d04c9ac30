import { PermissionReport } from "../../../local/iam/granted-permissions";
import { missingGrant } from "../../../local/iam/missing-grant";
import { readPolicy } from "../../../local/iam/policy";

const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:1:${rest}`;
const naming = {
  functionId: "get-record",
  grantables: [
    { id: "records", arn: arn("dynamodb", "table/records-dev-records") },
    { id: "log-bucket", arn: "arn:aws:s3:::logs" },
    { id: "failed-imports", arn: arn("sqs", "records-dev-failed-imports") },
    { id: "failures", arn: arn("sns", "records-dev-failures") },
    { id: "cursor-secret", arn: arn("ssm", "parameter/records/dev/cursor-secret") },
  ],
};

test.each([
  ["dynamodb:PutItem", arn("dynamodb", "table/records-dev-records"), 'records.grant(getRecord, "PutItem");'],
  [
    "dynamodb:Query",
    arn("dynamodb", "table/records-dev-records/index/bySource"),
    'records.grantIndex(getRecord, "bySource", "Query");',
  ],
  ["s3:PutObject", "arn:aws:s3:::logs/activity/2026/x.json", 'logBucket.grant(getRecord, "PutObject", "activity/*");'],
  ["s3:PutObject", "arn:aws:s3:::logs/activity/x.json", 'logBucket.grant(getRecord, "PutObject", "activity/*");'],
  ["s3:GetObjectVersion", "arn:aws:s3:::logs/a", 'logBucket.grant(getRecord, "GetObjectVersion", "*");'],
  ["s3:ListBucket", "arn:aws:s3:::logs", "logBucket.grantList(getRecord);"],
  ["s3:ListBucketVersions", "arn:aws:s3:::logs", "logBucket.grantListVersions(getRecord);"],
  [
    "s3:AbortMultipartUpload",
    "arn:aws:s3:::logs/a",
    'getRecord.allow({ actions: ["s3:AbortMultipartUpload"], resources: ["arn:aws:s3:::logs/a"] });',
  ],
  [
    "s3:GetBucketLocation",
    "arn:aws:s3:::logs",
    'getRecord.allow({ actions: ["s3:GetBucketLocation"], resources: ["arn:aws:s3:::logs"] });',
  ],
  ["sns:Publish", arn("sns", "records-dev-failures"), 'failures.grant(getRecord, "Publish");'],
  ["ssm:GetParameter", arn("ssm", "parameter/records/dev/cursor-secret"), "cursorSecret.grantRead(getRecord);"],
  ["sqs:SendMessage", arn("sqs", "records-dev-failed-imports"), 'failedImports.grant(getRecord, "SendMessage");'],
  [
    "sqs:ReceiveMessage",
    arn("sqs", "records-dev-failed-imports"),
    `getRecord.allow({ actions: ["sqs:ReceiveMessage"], resources: ["${arn("sqs", "records-dev-failed-imports")}"] });`,
  ],
  [
    "sqs:SendMessage",
    arn("sqs", "q"),
    `getRecord.allow({ actions: ["sqs:SendMessage"], resources: ["${arn("sqs", "q")}"] });`,
  ],
  [
    "ssm:PutParameter",
    arn("ssm", "parameter/records/dev/cursor-secret"),
    `getRecord.allow({ actions: ["ssm:PutParameter"], resources: ["${arn("ssm", "parameter/records/dev/cursor-secret")}"] });`,
  ],
  [
    "dynamodb:Scan",
    arn("dynamodb", "table/records-dev-records/index/bySource"),
    'records.grantIndex(getRecord, "bySource", "Scan");',
  ],
  [
    "dynamodb:DescribeTable",
    arn("dynamodb", "table/records-dev-records"),
    `getRecord.allow({ actions: ["dynamodb:DescribeTable"], resources: ["${arn("dynamodb", "table/records-dev-records")}"] });`,
  ],
  [
    "dynamodb:GetItem",
    arn("dynamodb", "table/records-dev-records2"),
    `getRecord.allow({ actions: ["dynamodb:GetItem"], resources: ["${arn("dynamodb", "table/records-dev-records2")}"] });`,
  ],
  [
    "dynamodb:GetItem",
    arn("dynamodb", "table/other"),
    `getRecord.allow({ actions: ["dynamodb:GetItem"], resources: ["${arn("dynamodb", "table/other")}"] });`,
  ],
])("for %s on %s the line to add is named", (action, resource, line) => {
  expect(missingGrant({ action, resource }, naming)).toBe(line);
});

test.each([
  ["dynamodb:PutItem", "TransactWriteItems", 'records.grantTransaction(getRecord, "Put");'],
  ["dynamodb:ConditionCheckItem", "TransactWriteItems", 'records.grantTransaction(getRecord, "ConditionCheck");'],
  ["dynamodb:GetItem", "TransactGetItems", 'records.grantTransaction(getRecord, "Get");'],
])("for %s in %s the line that opens the transaction is named", (action, operation, line) => {
  const call = { action, resource: arn("dynamodb", "table/records-dev-records") };

  expect(missingGrant({ ...call, contextKeys: { "dynamodb:enclosingoperation": operation } }, naming)).toBe(line);
});

test("for a statement of PartiQL, which no verb grants, the statement of the policy is named", () => {
  const resource = arn("dynamodb", "table/records-dev-records");
  const contextKeys = { "dynamodb:enclosingoperation": "ExecuteTransaction" };

  expect(missingGrant({ action: "dynamodb:PartiQLInsert", resource, contextKeys }, naming)).toBe(
    `getRecord.allow({ actions: ["dynamodb:PartiQLInsert"], resources: ["${resource}"] });`,
  );
});

test("every granted permission is reported as used or not, without what only the platform needs", () => {
  const allow = (Action: string[], Resource: string[]) => ({ Effect: "Allow", Action, Resource });
  const Statement = [
    allow(["dynamodb:GetItem", "dynamodb:PutItem"], [arn("dynamodb", "table/t")]),
    allow(["logs:PutLogEvents"], ["*"]),
    { ...allow(["s3:PutObject"], ["*"]), Effect: "Deny" },
  ];
  const statements = readPolicy(JSON.stringify({ Version: "2012-10-17", Statement }), "test");
  const report = new PermissionReport();
  const put = { action: "dynamodb:PutItem", resource: arn("dynamodb", "table/t") };
  report.use("f", put);
  expect(report.of("f", statements)).toEqual([
    { function: "f", action: "dynamodb:GetItem", resource: arn("dynamodb", "table/t"), used: false },
    { function: "f", ...put, used: true },
  ]);
});

const permissionsIn = (...Statement: object[]) =>
  readPolicy(JSON.stringify({ Version: "2012-10-17", Statement }), "test");

test("permissions that differ in their conditions are reported one by one, each with its own", () => {
  const put = { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::logs/*" };
  const of = (prefix: string) => ({ ...put, Condition: { StringLike: { "s3:prefix": prefix } } });
  const report = new PermissionReport();
  const permission = { action: put.Action, resource: put.Resource };
  report.use("f", { ...permission, when: "s3:prefix StringLike b/*" });
  expect(report.of("f", permissionsIn(put, of("a/*"), of("b/*")))).toEqual([
    { function: "f", ...permission, used: false },
    { function: "f", ...permission, when: "s3:prefix StringLike a/*", used: false },
    { function: "f", ...permission, when: "s3:prefix StringLike b/*", used: true },
  ]);
});

test("a permission with exceptions is reported as one, whatever it excepts", () => {
  const statements = permissionsIn({
    Effect: "Allow",
    NotAction: ["iam:*", "sts:*"],
    NotResource: "arn:aws:s3:::logs",
  });
  const report = new PermissionReport();
  expect(report.of("f", statements)).toEqual([
    { function: "f", action: "all but iam:*, sts:*", resource: "all but arn:aws:s3:::logs", used: false },
  ]);
});

test("the first use of a permission is distinguished from later ones, for each function", () => {
  const report = new PermissionReport();
  const [get, put] = ["s3:GetObject", "s3:PutObject"].map((action) => ({ action, resource: "*" })) as [
    { action: string; resource: string },
    { action: string; resource: string },
  ];
  const uses = [["f", get] as const, ["f", get] as const, ["f", put] as const, ["g", get] as const];
  expect(uses.map(([name, permission]) => report.use(name, permission))).toEqual([true, false, true, true]);
});
