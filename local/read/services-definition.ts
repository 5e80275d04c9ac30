import { permissionsOf } from "../iam/permissions";
import { resourcePoliciesOf } from "../iam/resource-policies";
import type { Role } from "../iam/roles";
import type { Credentials } from "../lambda/variables";
import type { Principal, ServicesConfiguration } from "../services/configuration";
import type { BucketDefinition } from "../services/s3/cors";
import type { QueueDefinition } from "../services/sqs/queue";
import type { Parameter } from "../services/ssm";
import type { FunctionDefinition } from "./function-definition";
import type { Graph, Resource } from "./graph";
import { keyArn } from "./keys";
import { tablesOf } from "./table-definition";
import type { Subscription, Topic } from "./topic-definition";

const keyed = (arn: string | undefined) => (arn === undefined ? {} : { keyArn: arn });

function parameter(graph: Graph, resource: Resource): Parameter {
  const name = ["value_wo", "value", "insecure_value"].find((argument) => resource.has(argument)) ?? "value";
  const type = resource.text("type");
  return {
    name: resource.text("name"),
    arn: resource.arn,
    type,
    value: String(resource.attributes[name] ?? resource.text(name)),
    version: resource.number("value_wo_version", 1),
    ...(type === "SecureString" ? keyed(keyArn(graph, resource, "key_id")) : {}),
  };
}

/** @throws Error when an argument is set that would change what is played */
function refuse(resource: Resource, ...names: readonly string[]): void {
  const unread = names.find((name) => resource.has(name) && resource.attributes[name] !== false);
  if (unread) throw new Error(`${resource.address}: ${unread} is not played locally`);
}

function topic(graph: Graph, resource: Resource): Topic {
  refuse(resource, "fifo_topic");
  const subscriptions = graph
    .all("aws_sns_topic_subscription")
    .filter((subscription) => subscription.text("topic_arn") === resource.arn)
    .map((subscription): Subscription => {
      refuse(subscription, "filter_policy", "redrive_policy");
      return {
        arn: subscription.arn,
        protocol: subscription.text("protocol"),
        endpoint: subscription.text("endpoint"),
        raw: subscription.flag("raw_message_delivery"),
      };
    });
  return { arn: resource.arn, subscriptions, ...keyed(keyArn(graph, resource, "kms_master_key_id")) };
}

function redrive(graph: Graph, queue: Resource): QueueDefinition["redrive"] {
  const separate = graph
    .all("aws_sqs_queue_redrive_policy")
    .find((policy) => policy.text("queue_url") === queue.computed("url"));
  const json = queue.optionalText("redrive_policy") ?? separate?.text("redrive_policy");
  if (json === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(json) as Record<string, string | number>;
  return { deadLetterArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

function queue(graph: Graph, resource: Resource): QueueDefinition {
  refuse(resource, "fifo_queue");
  const policy = redrive(graph, resource);
  return {
    name: resource.text("name"),
    arn: resource.arn,
    visibilityTimeoutSeconds: resource.number("visibility_timeout_seconds", 30),
    retentionSeconds: resource.number("message_retention_seconds", 345_600),
    delaySeconds: resource.number("delay_seconds", 0),
    receiveWaitSeconds: resource.number("receive_wait_time_seconds", 0),
    maxMessageBytes: resource.number("max_message_size", 1_048_576),
    ...(policy ? { redrive: policy } : {}),
    ...keyed(keyArn(graph, resource, "kms_master_key_id")),
  };
}

function encryption(graph: Graph, bucket: Resource): Pick<BucketDefinition, "encryption"> {
  const [rule] = graph
    .all("aws_s3_bucket_server_side_encryption_configuration")
    .filter((configuration) => configuration.text("bucket") === bucket.id)
    .flatMap((configuration) => configuration.blocks("rule"));
  const [standard] = rule?.blocks("apply_server_side_encryption_by_default") ?? [];
  const key = standard && keyArn(graph, standard, "kms_master_key_id");
  return key ? { encryption: { keyArn: key, bucketKey: rule?.flag("bucket_key_enabled") ?? false } } : {};
}

const bucket = (graph: Graph, resource: Resource): BucketDefinition => ({
  name: resource.text("bucket"),
  ...encryption(graph, resource),
  cors: graph
    .all("aws_s3_bucket_cors_configuration")
    .filter((configuration) => configuration.text("bucket") === resource.id)
    .flatMap((configuration) => configuration.blocks("cors_rule"))
    .map((rule) => ({
      origins: rule.texts("allowed_origins"),
      methods: rule.texts("allowed_methods"),
      headers: rule.texts("allowed_headers"),
      exposed: rule.texts("expose_headers"),
      maxAgeSeconds: rule.has("max_age_seconds") ? rule.number("max_age_seconds") : undefined,
    })),
});

/** What grants can be made on, as the stack's code calls it. */
const grantables = (graph: Graph) =>
  ["aws_dynamodb_table", "aws_s3_bucket", "aws_sns_topic", "aws_sqs_queue", "aws_ssm_parameter", "aws_lambda_function"]
    .flatMap((type) => graph.all(type))
    .map((resource) => ({ arn: resource.arn, id: resource.name }));

export interface Rights {
  readonly roles: ReadonlyMap<string, Role>;
  readonly credentials: (functionArn: string) => Credentials;
}

/** Who may call the services: each function by its own credentials. */
export function principalsOf(graph: Graph, functions: readonly FunctionDefinition[], rights: Rights): Principal[] {
  const named = grantables(graph);
  return functions.map(({ id, address, name, arn, roleArn }) => {
    const role = rights.roles.get(roleArn);
    if (!role) throw new Error(`${address}: role ${roleArn} is not in the stack, so its rights can't be evaluated`);
    return {
      functionName: name,
      functionArn: arn,
      roleArn,
      accountId: graph.file.accountId,
      region: graph.file.region,
      credentials: rights.credentials(arn),
      statements: role.statements,
      naming: { functionId: id, grantables: named },
    };
  });
}

/** What of a stack the services play, without who may call them. */
export const resourcesOf = (graph: Graph): Omit<ServicesConfiguration, "principals"> => ({
  tables: tablesOf(graph),
  buckets: graph.all("aws_s3_bucket").map((resource) => bucket(graph, resource)),
  parameters: graph.all("aws_ssm_parameter").map((resource) => parameter(graph, resource)),
  topics: graph.all("aws_sns_topic").map((resource) => topic(graph, resource)),
  queues: graph.all("aws_sqs_queue").map((resource) => queue(graph, resource)),
  policies: [...resourcePoliciesOf(graph), ...permissionsOf(graph)],
});
