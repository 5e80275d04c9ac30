import { ofCall } from "../../../local/page/metrics/measured";
import { keyOf } from "../../../local/page/metrics/measurements";
import { tableArn } from "../support/services";

type Call = Parameters<typeof ofCall>[0];

const call = (more: Partial<Call>): Call => ({
  ...{ id: "1", service: "dynamodb", operation: "GetItem", caller: "f", startedAt: 0, ms: 2, status: 200, attempt: 1 },
  ...{ needs: [{ action: "dynamodb:GetItem", resource: tableArn }], allowedBy: [], consumed: [], input: "" },
  ...more,
});
const metric = (name: string, dimensions: Record<string, string>) =>
  keyOf({ namespace: "AWS/DynamoDB", name, dimensions });

test("a transaction is measured under its own name, once for each of its tables", () => {
  const needs = [tableArn, `${tableArn}s`, tableArn].map((resource) => ({ action: "dynamodb:PutItem", resource }));

  expect(ofCall(call({ operation: "TransactWriteItems", needs }))).toEqual(
    ["things", "thingss"].map((TableName) => [
      metric("SuccessfulRequestLatency", { TableName, Operation: "TransactWriteItems" }),
      2,
    ]),
  );
});

test("a query of an index is measured with its table", () => {
  const needs = [{ action: "dynamodb:Query", resource: `${tableArn}/index/byGroup` }];

  expect(ofCall(call({ operation: "Query", needs }))).toEqual([
    [metric("SuccessfulRequestLatency", { TableName: "things", Operation: "Query" }), 2],
  ]);
});

test.each([
  [500, { code: "InternalServerError", message: "" }, "SystemErrors"],
  [400, { code: "ProvisionedThroughputExceededException", message: "" }, "ThrottledRequests"],
  [400, { code: "ThrottlingException", message: "" }, "ThrottledRequests"],
])("a call that is answered %i %j is counted among %s", (status, refusal, name) => {
  expect(ofCall(call({ status, refusal }))).toEqual([[metric(name, { TableName: "things", Operation: "GetItem" }), 1]]);
});

test("a call on tables themselves has no metric by operation", () => {
  expect(ofCall(call({ operation: "DescribeTable" }))).toEqual([]);
});

test("what calls consume is counted for the table, and for its index apart", () => {
  const consumed = [
    { kind: "write", table: "things", units: 2 },
    { kind: "write", table: "things", index: "byGroup", units: 1 },
    { kind: "read", table: "things", units: 0.5 },
  ] as const;

  expect(ofCall(call({ operation: "PutItem", consumed })).slice(1)).toEqual([
    [metric("ConsumedWriteCapacityUnits", { TableName: "things" }), 2],
    [metric("ConsumedWriteCapacityUnits", { TableName: "things", GlobalSecondaryIndexName: "byGroup" }), 1],
    [metric("ConsumedReadCapacityUnits", { TableName: "things" }), 0.5],
  ]);
});
