import "cdktf/lib/testing/adapters/jest";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { Testing } from "cdktf";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Table } from "../../constructs/data/table";
import { SystemStack } from "../../constructs/synth/system-stack";
import { dev } from "../../environments/dev";

Testing.setupJest();

it("lets a system be tested with CDKTF's own matchers", () => {
  const stack = new SystemStack(Testing.app(), { system: "orders", environment: dev, region: "us-east-1" });
  const orders = new Table(stack, "orders", { partitionKey: "orderId" });
  const getOrder = new NodeFunction(stack, "get-order", {
    entry: "records/get-record.ts",
    environment: { RECORDS_TABLE: "records" },
  });
  orders.grant(getOrder, "GetItem");
  const synthesized = Testing.synth(stack, true);

  expect(synthesized).toHaveResourceWithProperties(DynamodbTable, { name: "orders-dev-orders", hash_key: "orderId" });
  expect(synthesized).toHaveResource(LambdaFunction);
});
