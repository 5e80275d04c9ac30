import "cdktf/lib/testing/adapters/jest";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, TerraformStack, Testing } from "cdktf";
import { Construct } from "constructs";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { Key } from "../../constructs/data/key";
import { Secret } from "../../constructs/data/secret";
import { Table } from "../../constructs/data/table";
import { Topic } from "../../constructs/events/topic";
import { FlowLog } from "../../constructs/network/flow-log";
import { StackContext } from "../../constructs/synth/stack-context";
import { thingEntry } from "../fixtures/thing-entry";
import { everyConstruct } from "../support/every-construct";
import { filesBelow } from "../support/files-below";
import { problemsOf } from "../support/stack";

Testing.setupJest();

const root = join(__dirname, "../..");
const getRecord = { entry: thingEntry, environment: { THINGS_TABLE: "things" } };

it("has every construct in the table", () => {
  const sources = filesBelow(join(root, "constructs")).map((file) => readFileSync(file, "utf8"));
  const names = sources.flatMap((source) =>
    [...source.matchAll(/^export class (\w+)(?:<.*>)? extends Construct\b/gm)].map(([, name]) => name),
  );

  expect(Object.keys(everyConstruct).sort()).toEqual(names.sort());
});

describe.each(Object.entries(everyConstruct))("%s", (_, { make, resource }) => {
  it("is synthesized by Testing.synthScope, in whoever's account and region it will be", () => {
    const synthesized = Testing.synthScope((scope) => {
      make(scope);
    });

    if (resource) expect(synthesized).toHaveResource(resource);
    expect(synthesized).not.toMatch(/arn:aws:(?!iam::aws:)|TfToken/);
    // The settings of our own environments, which it is given, are the one place of an account that nobody has.
    if (make !== everyConstruct["StateBackend"]?.make) expect(synthesized).not.toContain("000000000000");
  });

  it("is valid in a stack of somebody's own, below constructs of theirs", () => {
    class Theirs extends TerraformStack {
      constructor(scope: Construct) {
        super(scope, "Their.Stack");
        new AwsProvider(this, "aws", { region: "us-east-1" });
        make(this);
      }
    }
    const stack = new Theirs(Testing.app());

    expect(problemsOf(stack)).toEqual([]);
    expect(() => Testing.synth(stack, true)).not.toThrow();
  });
});

it("names things by the stack and the path, in letters that every service takes", () => {
  const stack = new TerraformStack(new Construct(Testing.app(), "outer"), "Their.Stack");
  new Table(new Construct(stack, "inner"), "things", { partitionKey: "id" });
  new Bucket(stack, "files");

  const synthesized = Testing.synth(stack);
  expect(synthesized).toHaveResourceWithProperties(DynamodbTable, { name: "Their-Stack-inner-things" });
  expect(synthesized).toHaveResourceWithProperties(S3Bucket, {
    bucket:
      "their-stack-files-${data.aws_caller_identity.aws-caller-identity.account_id}-${data.aws_region.aws-region.region}",
  });
});

it("looks nothing up that no construct needs, and nothing that it is given", () => {
  const alone = Testing.synthScope((scope) => new Table(scope, "things", { partitionKey: "id" }));
  const reported = Testing.synthScope((scope) => {
    new StackContext(scope, { region: "eu-west-1", accountId: "123456789012" });
    new FlowLog(scope, "flow-log", { vpcId: "vpc-0123456789abcdef0" });
  });

  expect(JSON.parse(alone)).not.toHaveProperty("data");
  expect(JSON.parse(reported)).not.toHaveProperty("data");
  expect(reported).toContain("arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*");
});

it("looks the partition up where a region is outside of AWS's usual one", () => {
  const synthesized = Testing.synthScope((scope) => {
    new StackContext(scope, { region: "cn-north-1", accountId: "123456789012" });
    new FlowLog(scope, "flow-log", { vpcId: "vpc-0123456789abcdef0" });
  });

  expect(synthesized).toContain("arn:${data.aws_partition.aws-partition.partition}:ec2:cn-north-1:123456789012:");
});

it("uses the data source that a stack has by the same id", () => {
  const synthesized = Testing.synthScope((scope) => {
    new DataAwsCallerIdentity(scope, "aws-caller-identity");
    new Bucket(scope, "files");
  });

  expect(Object.keys(JSON.parse(synthesized).data.aws_caller_identity)).toEqual(["aws-caller-identity"]);
});

it("takes what a context says, and protects data where it says nothing", () => {
  const environment = { name: "trial", deletionProtection: false, alarmEmails: ["a@example.com"] };
  const said = Testing.synthScope((scope) => {
    new StackContext(scope, { system: "things", environment, logRetentionDays: 7 });
    new Table(scope, "things", { partitionKey: "id" });
    new NodeFunction(scope, "get-record", getRecord);
    new Topic(scope, "topic", { forAlarms: true });
  });
  const silent = Testing.synthScope((scope) => new Table(scope, "things", { partitionKey: "id" }));

  expect(said).toHaveResourceWithProperties(DynamodbTable, { deletion_protection_enabled: false });
  expect(said).toHaveResourceWithProperties(LambdaFunction, {
    environment: { variables: expect.objectContaining({ ENVIRONMENT: "trial", POWERTOOLS_SERVICE_NAME: "things" }) },
  });
  expect(said).toContain('"endpoint": "a@example.com"');
  expect(silent).toHaveResourceWithProperties(DynamodbTable, { deletion_protection_enabled: true });
});

it("encrypts with a key of the stack's own what comes after it", () => {
  const synthesized = Testing.synthScope((scope) => {
    StackContext.of(scope).encryptWith(new Key(scope, "key"));
    new NodeFunction(scope, "get-record", getRecord);
  });

  expect(synthesized).toHaveResourceWithProperties(LambdaFunction, { kms_key_arn: "${aws_kms_key.key.arn}" });
});

it("refuses a context that comes after the first construct that needed one", () => {
  const stack = new TerraformStack(Testing.app(), "theirs");
  new Table(stack, "things", { partitionKey: "id" });

  expect(() => new StackContext(stack)).toThrow(
    "theirs: a StackContext must be made before the first construct that uses it, and once; move it to the top of the stack",
  );
});

it("lets a secret be called by one word, as its variable is", () => {
  const synthesized = JSON.parse(
    Testing.synthScope((scope) => new Secret(scope, "token", { description: "Opens the door" })),
  );

  expect(Object.keys(synthesized.variable)).toEqual(["secret_versions", "token"]);
});

it("refuses two functions whose zips would be one file", () => {
  const otherEntry = join(dirname(thingEntry), "things-table.ts");
  const stack = new TerraformStack(Testing.app(), "theirs");
  new NodeFunction(new Construct(stack, "one"), "get-record", getRecord);
  new NodeFunction(new Construct(stack, "other"), "get-record", { ...getRecord, entry: otherEntry });

  expect(problemsOf(stack)).toContain(
    `theirs: functions/get-record.zip must be made of one source, got ${thingEntry} and ${otherEntry}; give one of the functions another id`,
  );
});

it("writes a function's zip beside whatever stack it belongs to", () => {
  const app = new App({ outdir: Testing.app().outdir });
  const stack = new TerraformStack(new Construct(app, "outer"), "Their.Stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  new NodeFunction(stack, "get-record", getRecord);
  app.synth();

  expect(readdirSync(join(app.outdir, "stacks/Their.Stack")).sort()).toEqual(["cdk.tf.json", "functions"]);
  expect(existsSync(join(Testing.fullSynth(stack), "stacks/Their.Stack/functions/get-record.zip"))).toBe(true);
});
