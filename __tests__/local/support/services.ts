import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { readPolicy, readResourcePolicy } from "../../../local/iam/policy";
import type { ResourcePolicy } from "../../../local/iam/resource-policy";
import { threadCode } from "../../../local/lib/thread-code";
import type { Principal, ServiceEvent, ServicesConfiguration } from "../../../local/services/configuration";
import { Services, type ServicesOptions } from "../../../local/services/services";
import { temporaryFolder } from "./stack-file";

export const account = "000000000000";
export const region = "us-east-1";
export const tableArn = `arn:aws:dynamodb:${region}:${account}:table/things`;

/** A table by `id`, with an index by `group` and `rank`. */
export const things: ServicesConfiguration["tables"][number] = {
  name: "things",
  arn: tableArn,
  timeToLiveAttribute: "expiresAt",
  create: {
    TableName: "things",
    AttributeDefinitions: ["id", "group", "rank"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes: [
      {
        IndexName: "byGroup",
        KeySchema: [
          { AttributeName: "group", KeyType: "HASH" },
          { AttributeName: "rank", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  },
};

/** The ARN of something of this account: `arnOf("sqs", "work")`. */
export const arnOf = (service: string, name: string): string => `arn:aws:${service}:${region}:${account}:${name}`;

/** A queue as most are. */
export const queueNamed = (name: string): ServicesConfiguration["queues"][number] => ({
  name,
  arn: arnOf("sqs", name),
  visibilityTimeoutSeconds: 30,
  retentionSeconds: 1000,
  delaySeconds: 0,
});

/** A bucket that no page may use. */
export const logs: ServicesConfiguration["buckets"][number] = { name: "logs", cors: [] };

export const credentials = { accessKeyId: "ASIATEST", secretAccessKey: "very-secret", sessionToken: "token" };

/** A function whose role has these statements. */
export const principal = (...statements: object[]): Principal => ({
  functionName: "get-thing",
  functionArn: `arn:aws:lambda:${region}:${account}:function:get-thing`,
  roleArn: `arn:aws:iam::${account}:role/get-thing`,
  accountId: account,
  region,
  credentials,
  statements: readPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "test"),
  naming: { functionId: "get-thing", grantables: [{ id: "things", arn: tableArn }] },
});

/** The policy of a resource, with these statements. */
export const policyOf = (kind: ResourcePolicy["kind"], resource: string, ...statements: object[]): ResourcePolicy => ({
  kind,
  resource,
  address: `${kind}-policy.test`,
  statements: readResourcePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }), "test"),
});

/** A queue's policy that lets a topic's messages in. */
export const topicMaySend = (queueArn: string, topicArn: string): ResourcePolicy =>
  policyOf("queue", queueArn, {
    ...allow("sqs:SendMessage", queueArn),
    Principal: { Service: "sns.amazonaws.com" },
    Condition: { ArnEquals: { "aws:SourceArn": topicArn } },
  });

export const allow = (action: string | string[], ...resources: string[]) => ({
  Effect: "Allow",
  Action: action,
  Resource: resources,
});

/** Everything that the tests' services may be asked for. */
export const everything = allow("*", "*");

export interface Running {
  readonly services: Services;
  readonly url: string;
  readonly events: ServiceEvent[];
  readonly folder: string;
  /** Puts these in place of what was configured before; what is left out is empty. */
  configure(changes: Partial<ServicesConfiguration>): Promise<void>;
  readonly dynamodb: DynamoDBClient;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  stop(): Promise<void>;
}

/** Starts the services as the runner does, with clients of the real SDK. */
export async function startServices(
  configuration: Partial<ServicesConfiguration>,
  {
    folder = temporaryFolder(),
    invoke = async () => undefined,
    readLines = () => [],
    ...more
  }: Partial<ServicesOptions> = {},
): Promise<Running> {
  const events: ServiceEvent[] = [];
  const code = await threadCode(process.cwd(), "services/thread.ts");
  const services = new Services({ code, folder, invoke, readLines, ...more, onEvent: (event) => events.push(event) });
  const nothing = {
    ...{ functions: [], tables: [], buckets: [], logGroups: [], parameters: [] },
    ...{ topics: [], queues: [], events: { buses: [], rules: [] }, keys: [], policies: [] },
  };
  const configure = (changes: Partial<ServicesConfiguration>) =>
    services.configure({ principals: [principal(everything)], ...nothing, ...changes });
  await configure(configuration).catch(async (error: unknown) => {
    await services.stop();
    throw error;
  });
  const url = await services.endpointUrl();
  const settings = { region, endpoint: url, credentials, maxAttempts: 1 };
  const [dynamodb, s3, ssm] = [new DynamoDBClient(settings), new S3Client(settings), new SSMClient(settings)];
  return {
    ...{ services, url, events, folder, configure, dynamodb, s3, ssm },
    stop: async () => {
      for (const client of [dynamodb, s3, ssm]) client.destroy();
      await services.stop();
    },
  };
}
