import { UserError } from "../../lib/user-error";
import type { Graph, Resource } from "../read/graph";
import { readResourcePolicy } from "./policy";
import type { ResourcePolicy } from "./resource-policy";

/** A type of resource that can have a policy: in an argument `policy`, or by a resource of another type. */
interface Protected {
  readonly type: string;
  readonly kind: ResourcePolicy["kind"];
  readonly separate: string;
  /** The argument by which the other names the first. */
  readonly link: string;
  readonly names: (resource: Resource) => readonly string[];
}

const protectedTypes: readonly Protected[] = [
  { type: "aws_s3_bucket", kind: "bucket", separate: "aws_s3_bucket_policy", link: "bucket", names: ({ id }) => [id] },
  { type: "aws_sns_topic", kind: "topic", separate: "aws_sns_topic_policy", link: "arn", names: ({ arn }) => [arn] },
  {
    type: "aws_sqs_queue",
    kind: "queue",
    separate: "aws_sqs_queue_policy",
    link: "queue_url",
    names: (queue) => [queue.computed("url")],
  },
  {
    type: "aws_kms_key",
    kind: "key",
    separate: "aws_kms_key_policy",
    link: "key_id",
    names: ({ id, arn }) => [id, arn],
  },
];

/** The policies of the buckets, topics, queues and keys that have one. */
function policiesOf(graph: Graph, { type, kind, separate, link, names }: Protected): ResourcePolicy[] {
  const resources = graph.all(type);
  const policies = graph.all(separate);
  const isOf = (policy: Resource, resource: Resource) => names(resource).includes(policy.text(link));
  const stray = policies.find((policy) => !resources.some((resource) => isOf(policy, resource)));
  if (stray) {
    throw new UserError(
      `${stray.address}: ${link} ${stray.text(link)} is no ${type} of the stack, so it can't be evaluated`,
    );
  }
  return resources.flatMap((resource) => {
    const own = resource.has("policy") ? [resource] : [];
    const [policy, second] = [...own, ...policies.filter((candidate) => isOf(candidate, resource))];
    if (second)
      throw new UserError(`${second.address}: ${resource.address} has a policy already, which it would replace`);
    if (!policy) return [];
    const { address } = policy;
    return [{ kind, resource: resource.arn, address, statements: readResourcePolicy(policy.text("policy"), address) }];
  });
}

/** All policies of a stack's resources, but for those of functions. */
export const resourcePoliciesOf = (graph: Graph): readonly ResourcePolicy[] =>
  protectedTypes.flatMap((type) => policiesOf(graph, type));
