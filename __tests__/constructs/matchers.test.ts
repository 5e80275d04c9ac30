import "cdktf/lib/testing/adapters/jest";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, Testing } from "cdktf";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { Table } from "../../constructs/data/table";
import { StackContext } from "../../constructs/synth/stack-context";
import { SystemStack } from "../../constructs/synth/system-stack";
import { dev } from "../../environments/dev";
import { thingEntry } from "../fixtures/thing-entry";

Testing.setupJest();

const entry = thingEntry;

it("makes a table by its key", () => {
  const synthesized = Testing.synthScope((scope) => new Table(scope, "orders", { partitionKey: "orderId" }));

  expect(synthesized).toHaveResourceWithProperties(DynamodbTable, { name: "stack-orders", hash_key: "orderId" });
});

it("names a bucket by the account that Terraform runs in", () => {
  const synthesized = Testing.synthScope((scope) => new Bucket(scope, "files"));

  expect(synthesized).toHaveResource(S3Bucket);
  expect(synthesized).toHaveDataSource(DataAwsCallerIdentity);
});

it("lets go of data where the environment says so", () => {
  const synthesized = Testing.synthScope((scope) => {
    new StackContext(scope, { environment: { name: "dev", deletionProtection: false } });
    new Table(scope, "orders", { partitionKey: "orderId" });
  });

  expect(synthesized).toHaveResourceWithProperties(DynamodbTable, { deletion_protection_enabled: false });
});

it("lets a system be tested with CDKTF's own matchers", () => {
  const stack = new SystemStack(Testing.app(), { system: "orders", environment: dev, region: "us-east-1" });
  const orders = new Table(stack, "orders", { partitionKey: "orderId" });
  const getOrder = new NodeFunction(stack, "get-order", { entry, environment: { THINGS_TABLE: orders.name } });
  orders.grant(getOrder, "GetItem");
  const synthesized = Testing.synth(stack, true);

  expect(synthesized).toHaveProvider(AwsProvider);
  expect(synthesized).toHaveResourceWithProperties(LambdaFunction, { function_name: "orders-dev-get-order" });
});

it("refuses a wrong setting with its place, before anything is written", () => {
  const app = new App({ outdir: Testing.app().outdir });
  const environment = { ...dev, accountId: "12" };
  const stack = new SystemStack(app, { system: "orders", environment, region: "us-east-1" });

  expect(() => Testing.synth(stack, true)).toThrow('accountId must be twelve digits, got "12"');
});
