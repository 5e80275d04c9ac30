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
  ["s3:GetObjectVersion", "arn:aws:s3:::logs/a", 'logBucket.grant(getRecord, "GetObjectVersion", "*");'],
  ["s3:ListBucket", "arn:aws:s3:::logs", "logBucket.grantList(getRecord);"],
  ["s3:ListBucketVersions", "arn:aws:s3:::logs", "logBucket.grantListVersions(getRecord);"],
  [
    "s3:AbortMultipartUpload",
    "arn:aws:s3:::logs/a",
    'getRecord.allow({ actions: ["s3:AbortMultipartUpload"], resources: ["arn:aws:s3:::logs/a"] });',
  ],
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
    "dynamodb:GetItem",
    arn("dynamodb", "table/other"),
    `getRecord.allow({ actions: ["dynamodb:GetItem"], resources: ["${arn("dynamodb", "table/other")}"] });`,
  ],
])("for %s on %s the line to add is told", (action, resource, line) => {
  expect(missingGrant(action, resource, naming)).toBe(line);
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
