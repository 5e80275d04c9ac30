import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name";
import { ApiGatewayRestApi } from "@cdktf/provider-aws/lib/api-gateway-rest-api";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { FlowLog as FlowLogResource } from "@cdktf/provider-aws/lib/flow-log";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { thingEntry } from "../fixtures/thing-entry";
import "cdktf/lib/testing/adapters/jest";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import * as z from "zod/mini";
import { ApiGatewayLogging } from "../../constructs/account/api-gateway-logging";
import { CiIdentity } from "../../constructs/account/ci-identity";
import { PermissionsBoundary } from "../../constructs/account/permissions-boundary";
import { ApiStage } from "../../constructs/api/api-stage";
import { Certificate } from "../../constructs/api/certificate";
import { CustomDomain } from "../../constructs/api/custom-domain";
import { Distribution } from "../../constructs/api/distribution";
import { DistributionLogs } from "../../constructs/api/distribution-logs";
import { RestApi } from "../../constructs/api/rest-api";
import { TokenAuthorizer } from "../../constructs/api/token-authorizer";
import { UsagePlan } from "../../constructs/api/usage-plan";
import { UserPool } from "../../constructs/api/user-pool";
import { Users } from "../../constructs/api/users";
import { FunctionRole } from "../../constructs/compute/function-role";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { KeptValue } from "../../constructs/data/kept-value";
import { Key } from "../../constructs/data/key";
import { Secret } from "../../constructs/data/secret";
import { Table } from "../../constructs/data/table";
import { TableAutoscaling } from "../../constructs/data/table-autoscaling";
import { LiveAlias } from "../../constructs/delivery/live-alias";
import { Rollout } from "../../constructs/delivery/rollout";
import { EventBus } from "../../constructs/events/event-bus";
import { EventRule } from "../../constructs/events/event-rule";
import { Queue } from "../../constructs/events/queue";
import { Schedule } from "../../constructs/events/schedule";
import { Topic } from "../../constructs/events/topic";
import { FlowLog } from "../../constructs/network/flow-log";
import { Network } from "../../constructs/network/network";
import { Subnets } from "../../constructs/network/subnets";
import { GatewayEndpoint, InterfaceEndpoints } from "../../constructs/network/vpc-endpoints";
import { Alarm } from "../../constructs/observability/alarm";
import { Alarms } from "../../constructs/observability/alarms";
import { Dashboard } from "../../constructs/observability/dashboard";
import { functionGraphs, stageGraphs } from "../../constructs/observability/graphs";
import { LogArchive } from "../../constructs/observability/log-archive";
import { LogGroup } from "../../constructs/observability/log-group";
import { StateBackend } from "../../constructs/synth/state-backend";
import type { Api } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { onDemand } from "../../contracts/fields";
import { dev } from "../../environments/dev";
import type { UsersSettings } from "../../environments/environment";
import { twoZones } from "../../environments/network";
import { watchedQueue } from "./watched-queue";

/** How one construct is made, with what it works on, and a resource that it makes. */
export interface ConstructCase {
  readonly make: (scope: Construct) => Construct;
  /** None where it makes no resource of AWS. */
  readonly resource?: Parameters<jest.Matchers<void>["toHaveResource"]>[0];
}

const contract = {
  name: "things",
  version: "1",
  description: "",
  models: { Error: ErrorSchema },
  routes: {
    getThing: {
      ...{ method: "GET", path: "/things/{id}", summary: "", access: "public", status: 200 },
      params: onDemand(() => z.object({ id: z.string() })),
    },
  },
} as const satisfies Api;

const usersContract = {
  ...contract,
  routes: { getThing: { ...contract.routes.getThing, access: "user", scopes: ["things/read"] } },
} as const satisfies Api;

const tokens = { issuer: "https://login.example.com", audience: "https://api.example.com" };
const userPool = { callbackUrls: ["https://app.example.com/signed-in"] };

/** An API that users of either kind call. */
function called(scope: Construct, from: UsersSettings): Users {
  const users = new Users(scope, "users", { contract: usersContract, from });
  new RestApi(scope, "users-api", { contract: usersContract, handlers: { getThing: fn(scope) }, users });
  return users;
}

const domain = { name: "things.example.com", hostedZoneId: "Z0123456789" };
const vpcId = "vpc-0123456789abcdef0";
const subnetIds = ["subnet-0123456789abcdef0"];

const fn = (scope: Construct) =>
  new NodeFunction(scope, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });
const bucket = (scope: Construct) => new Bucket(scope, "bucket");
const table = (scope: Construct) => new Table(scope, "things", { partitionKey: "thingId" });
/** Its variable is the stack's, whichever scope it is in. */
const secret = (scope: Construct) =>
  new Secret(scope, `${scope.node.id.toLowerCase().replace(/[^a-z]/g, "")}-word`, {
    description: "A word",
    inState: true,
  });
const network = (scope: Construct) =>
  new Network(scope, "network", twoZones("us-east-1", "10.0", { natGateways: "single", interfaceEndpoints: ["ssm"] }));
const api = (scope: Construct) => new RestApi(scope, "api", { contract, handlers: { getThing: fn(scope) } });
const stage = (scope: Construct) =>
  new ApiStage(scope, "stage", { api: api(scope), throttle: { rateLimit: 10, burstLimit: 20 } });
const distribution = (scope: Construct) =>
  new Distribution(scope, "distribution", {
    ...{ stage: stage(scope), originSecret: secret(scope), logBucket: bucket(scope), domain },
  });

function alarms(scope: Construct): Alarms {
  const made = new Alarms(scope, "alarms");
  made.watchStage(stage(scope));
  made.watchTable(table(scope));
  return made;
}

function granted(scope: Construct): NodeFunction {
  const made = new NodeFunction(scope, "in-network", {
    ...{ entry: thingEntry, environment: { THINGS_TABLE: "things" }, network: network(scope) },
  });
  table(scope).grant(made, "GetItem");
  bucket(scope).grant(made, "GetObject", "*");
  secret(scope).grantRead(made);
  new Topic(scope, "topic").grant(made, "Publish");
  watchedQueue(scope, "queue").collectFailures(made);
  return made;
}

function delivering(scope: Construct): Queue {
  const queue = new Queue(scope, "queue", { deadLetters: watchedQueue(scope, "failed", { fifo: true }), fifo: true });
  queue.deliverTo(fn(scope), { batchSize: 5, concurrency: 2 });
  return queue;
}

function notifying(scope: Construct): Bucket {
  const [files, reader] = [bucket(scope), fn(scope)];
  files.onCreated({ prefix: "incoming/", suffix: ".csv" }, reader);
  watchedQueue(scope, "failed").collectFailures(reader);
  return files;
}

function streaming(scope: Construct): Table {
  const things = new Table(scope, "things", {
    ...{ partitionKey: "thingId", sortKey: "at", attributeTypes: { at: "N", digest: "B" } },
    indexes: { byColour: { partitionKey: "colour", sortKey: "at", projection: ["name"] } },
    localIndexes: { byDigest: { sortKey: "digest", projection: "KEYS_ONLY" } },
  });
  const reader = fn(scope);
  things.stream(reader, { onFailure: watchedQueue(scope, "failed") });
  things.grant(reader, "BatchGetItem", "Scan");
  things.grantIndex(reader, "byDigest", "Query");
  things.grantTransaction(reader, "ConditionCheck", "Put");
  return things;
}

function ruled(scope: Construct): EventRule {
  const [bus, target, deadLetters] = [new EventBus(scope, "bus"), fn(scope), watchedQueue(scope, "failed")];
  bus.grant(target, "PutEvents");
  deadLetters.collectFailures(target);
  return new EventRule(scope, "paid", { bus, pattern: { source: ["shop"] }, target, deadLetters });
}

function scheduled(scope: Construct): Schedule {
  const [target, deadLetters] = [fn(scope), watchedQueue(scope, "failed")];
  deadLetters.collectFailures(target);
  return new Schedule(scope, "nightly", { expression: "cron(0 3 * * ? *)", target, deadLetters });
}

function publishing(scope: Construct): Topic {
  const [topic, queue, subscriber] = [
    new Topic(scope, "topic", { forAlarms: true }),
    watchedQueue(scope, "queue"),
    fn(scope),
  ];
  topic.subscribe(queue, { filter: { colour: ["red"] } });
  topic.subscribe(subscriber);
  topic.subscribe("a@example.com");
  queue.collectFailures(subscriber);
  return topic;
}

/** Every construct that there is, by its name. */
export const everyConstruct: Readonly<Record<string, ConstructCase>> = {
  Alarm: {
    make: (scope) => {
      const metrics = { errors: fn(scope).metric("Errors", "Sum") };
      const reported = { topicArn: new Topic(scope, "topic", { forAlarms: true }).arn, description: "It failed" };
      return new Alarm(scope, "alarm", { ...reported, metrics, comparison: ">", threshold: 0 });
    },
    resource: CloudwatchMetricAlarm,
  },
  Alarms: { make: alarms, resource: CloudwatchMetricAlarm },
  ApiGatewayLogging: {
    make: (scope) => new ApiGatewayLogging(scope, "logging", { regions: ["us-east-1"] }),
    resource: ApiGatewayAccount,
  },
  ApiStage: { make: stage, resource: ApiGatewayStage },
  Bucket: { make: notifying, resource: S3Bucket },
  Certificate: { make: (scope) => new Certificate(scope, "certificate", { domain }), resource: AcmCertificate },
  CiIdentity: {
    make: (scope) =>
      new CiIdentity(scope, "ci", { repository: "example/things", branch: "main", systems: { things: "us-east-1" } }),
    resource: IamOpenidConnectProvider,
  },
  CustomDomain: {
    make: (scope) => new CustomDomain(scope, "domain", { stage: stage(scope), domain }),
    resource: ApiGatewayDomainName,
  },
  Dashboard: {
    make: (scope) => {
      const made = stage(scope);
      return new Dashboard(scope, "dashboard", { rows: [stageGraphs(made), functionGraphs([])] });
    },
    resource: CloudwatchDashboard,
  },
  Distribution: { make: distribution, resource: CloudfrontDistribution },
  DistributionLogs: {
    make: (scope) => {
      const { resource } = distribution(scope);
      return new DistributionLogs(scope, "logs", { distribution: resource, bucket: new Bucket(scope, "log-bucket") });
    },
    resource: CloudwatchLogDelivery,
  },
  EventBus: { make: (scope) => new EventBus(scope, "bus"), resource: CloudwatchEventBus },
  EventRule: { make: ruled, resource: CloudwatchEventRule },
  FlowLog: { make: (scope) => new FlowLog(scope, "flow-log", { vpcId }), resource: FlowLogResource },
  FunctionRole: {
    make: (scope) => {
      const { unqualifiedArn: functionArn, logGroup } = fn(scope);
      return new FunctionRole(scope, "role", { functionArn, logGroupArn: logGroup.arn, inNetwork: true });
    },
    resource: IamRole,
  },
  GatewayEndpoint: {
    make: (scope) => {
      const endpoint = new GatewayEndpoint(scope, "s3", {
        service: "s3",
        vpcId,
        routeTableIds: ["rtb-0123456789abcdef0"],
      });
      endpoint.policy.permit({ actions: ["s3:GetObject"], resources: [`${bucket(scope).arn}/*`] });
      return endpoint;
    },
    resource: VpcEndpoint,
  },
  InterfaceEndpoints: {
    make: (scope) =>
      new InterfaceEndpoints(scope, "endpoints", {
        ...{ services: ["ssm"], vpcId, subnetIds, clientSecurityGroupId: "sg-0123456789abcdef0" },
      }),
    resource: VpcEndpoint,
  },
  KeptValue: {
    make: (scope) => {
      const word = new TerraformVariable(scope, "kept_word", { type: "string" });
      return new KeptValue(scope, "kept", { variable: word.friendlyUniqueId, value: word.stringValue, version: 1 });
    },
  },
  Key: { make: (scope) => new Key(scope, "key"), resource: KmsKey },
  LiveAlias: {
    make: (scope) => new LiveAlias(scope, "alias", { of: fn(scope).resource }),
    resource: LambdaAlias,
  },
  LogArchive: {
    make: (scope) => {
      const archive = new LogArchive(scope, "archive", { bucket: bucket(scope), prefix: "logs/" });
      archive.collect(fn(scope).logGroup);
      return archive;
    },
    resource: KinesisFirehoseDeliveryStream,
  },
  LogGroup: { make: (scope) => new LogGroup(scope, "logs", { name: "/things" }), resource: CloudwatchLogGroup },
  Network: { make: network, resource: Vpc },
  NodeFunction: { make: granted, resource: LambdaFunction },
  PermissionsBoundary: {
    make: (scope) => new PermissionsBoundary(scope, "boundary", { environment: dev }),
    resource: IamPolicy,
  },
  Queue: { make: delivering, resource: SqsQueue },
  RestApi: { make: api, resource: ApiGatewayRestApi },
  Rollout: {
    make: (scope) => new Rollout(scope, "rollout", { functions: [fn(scope)], alarms: new Alarms(scope, "alarms") }),
    resource: SsmParameter,
  },
  Schedule: { make: scheduled, resource: SchedulerSchedule },
  Secret: { make: secret, resource: SsmParameter },
  StateBackend: { make: (scope) => new StateBackend(scope, "state", dev) },
  Subnets: {
    make: (scope) =>
      new Subnets(scope, "subnets", { ...twoZones("us-east-1", "10.0", { natGateways: "none" }), vpcId }),
    resource: Subnet,
  },
  Table: { make: streaming, resource: DynamodbTable },
  TableAutoscaling: {
    make: (scope) => {
      const capacity = { minimum: 1, maximum: 10, targetPercent: 70 };
      return new TableAutoscaling(scope, "autoscaling", { table: table(scope).resource, capacity });
    },
    resource: AppautoscalingTarget,
  },
  TokenAuthorizer: {
    make: (scope) => new TokenAuthorizer(scope, "tokens", { contract: usersContract, ...tokens }),
    resource: LambdaFunction,
  },
  Topic: { make: publishing, resource: SnsTopic },
  UsagePlan: {
    make: (scope) => {
      const limits = { rateLimit: 1, burstLimit: 2, quotaPerDay: 100, clients: ["key", "mobile"] };
      return new UsagePlan(scope, "plan", { stage: stage(scope), ...limits });
    },
    resource: ApiGatewayUsagePlan,
  },
  UserPool: {
    make: (scope) => new UserPool(scope, "pool", { contract: usersContract, ...userPool }),
    resource: CognitoUserPool,
  },
  Users: {
    make: (scope) => {
      called(scope, { tokens });
      return called(new Construct(scope, "of-a-pool"), { userPool });
    },
    resource: CognitoUserPool,
  },
};
