import { arnOf, parseArn } from "../../../aws/arn";
import { policyDocument } from "../../../aws/policy";
import { providerOf } from "../../../stack-json/document";
import { isAllowed } from "./aws-cli";
import { type Check, type Deployment, NotHere, required, text } from "./deployment";

type Tags = Readonly<Record<string, string>>;

/** A resource with a stack's tags. */
interface Tagged {
  readonly id: string;
  readonly tags: Tags;
  readonly region: string;
  readonly accountId: string;
}

/** A call of AWS's command line that changes nothing, and the actions that IAM is asked about. */
interface Call {
  readonly actions: readonly string[];
  readonly args: (resource: Tagged) => readonly string[];
}

/** A service in which rights are narrowed by tags (`constructs/account/ci-tagged-permissions.ts`). */
interface Service {
  readonly type: string;
  /** Where it is asked: CloudFront's certificates are in us-east-1, whatever the region. @default the stack's */
  readonly regionOf?: (id: string) => string | undefined;
  /** About a resource that has the tags. */
  readonly ResourceTag: Call;
  /** Gives a resource the tags that it has already, or makes one for show. */
  readonly RequestTag: Call;
}

const pairs = (tags: Tags, key: string, value: string): string[] =>
  Object.entries(tags).map(([name, given]) => `${key}=${name},${value}=${given}`);

const apiArn = ({ id, region }: Tagged) => arnOf("apigateway", `/restapis/${id}`, { region });
const distributionArn = ({ id, accountId }: Tagged) => arnOf("cloudfront", `distribution/${id}`, { accountId });
const items = (tags: Tags) => JSON.stringify({ Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
const specification = (tags: Tags) => `ResourceType=vpc,Tags=[${pairs(tags, "{Key", "Value").join("},")}}]`;

const services: Readonly<Record<string, Service>> = {
  acm: {
    type: "aws_acm_certificate",
    regionOf: (arn) => parseArn(arn)?.region,
    ResourceTag: {
      actions: ["acm:DescribeCertificate"],
      args: ({ id }) => ["acm", "describe-certificate", "--certificate-arn", id],
    },
    RequestTag: {
      actions: ["acm:AddTagsToCertificate"],
      args: ({ id, tags }) =>
        ["acm", "add-tags-to-certificate", "--certificate-arn", id, "--tags"].concat(pairs(tags, "Key", "Value")),
    },
  },
  apigateway: {
    type: "aws_api_gateway_rest_api",
    ResourceTag: {
      actions: ["apigateway:GET"],
      args: ({ id }) => ["apigateway", "get-rest-api", "--rest-api-id", id],
    },
    RequestTag: {
      actions: ["apigateway:PUT"],
      args: (api) => ["apigateway", "tag-resource", "--resource-arn", apiArn(api), "--tags", JSON.stringify(api.tags)],
    },
  },
  cloudfront: {
    type: "aws_cloudfront_distribution",
    ResourceTag: {
      actions: ["cloudfront:GetDistribution"],
      args: ({ id }) => ["cloudfront", "get-distribution", "--id", id],
    },
    RequestTag: {
      actions: ["cloudfront:TagResource"],
      args: (one) => ["cloudfront", "tag-resource", "--resource", distributionArn(one), "--tags", items(one.tags)],
    },
  },
  ec2: {
    type: "aws_vpc",
    ResourceTag: {
      actions: ["ec2:DeleteVpc"],
      args: ({ id }) => ["ec2", "delete-vpc", "--dry-run", "--vpc-id", id],
    },
    RequestTag: {
      actions: ["ec2:CreateVpc", "ec2:CreateTags"],
      args: ({ tags }) =>
        ["ec2", "create-vpc", "--dry-run", "--cidr-block", "10.0.0.0/16"].concat(
          "--tag-specifications",
          specification(tags),
        ),
    },
  },
  kms: {
    type: "aws_kms_key",
    ResourceTag: { actions: ["kms:DescribeKey"], args: ({ id }) => ["kms", "describe-key", "--key-id", id] },
    RequestTag: {
      actions: ["kms:TagResource"],
      args: ({ id, tags }) =>
        ["kms", "tag-resource", "--key-id", id, "--tags"].concat(pairs(tags, "TagKey", "TagValue")),
    },
  },
};

/** The first resource that a deployment has in each service. */
function taggedIn({ json, outputs }: Deployment): [service: string, Service, Tagged][] {
  const { region, accounts } = providerOf(json);
  const [{ tags }] = (json.provider?.aws?.[0]?.["default_tags"] ?? [{ tags: {} }]) as [{ tags: Tags }];
  const ids = new Map(Object.entries((outputs["resources"] ?? {}) as Record<string, unknown>));
  return Object.entries(services).flatMap(([name, service]): [string, Service, Tagged][] => {
    const [first] = Object.keys(json.resource?.[service.type] ?? {});
    if (first === undefined) return [];
    const id = text(ids.get(`${service.type}.${first}`));
    return [[name, service, { id, tags, region: service.regionOf?.(id) ?? region, accountId: accounts[0] ?? "" }]];
  });
}

/**
 * Whether services ask IAM with the tags that a resource has (`aws:ResourceTag`), or is given (`aws:RequestTag`): each call, by a
 * role narrowed to the stack's tag `System`, has to be allowed, and by one that is narrowed to another's, refused.
 */
export const tagConditions: Check = async (deployed) => {
  const { account, role } = deployed;
  const [...asked] = required(taggedIn(deployed), "resources to which rights are narrowed by their tags");
  if (role === undefined) throw new NotHere("no role to narrow: --role names one that these credentials may assume");
  const system = asked[0]?.[2].tags["System"] ?? "";
  const problems: string[] = [];
  for (const kind of ["ResourceTag", "RequestTag"] as const) {
    const actions = asked.flatMap(([, service]) => service[kind].actions);
    const narrowedTo = (value: string) => {
      const conditions = { StringEquals: { [`aws:${kind}/System`]: value } };
      return account.assume(role, policyDocument([{ actions, resources: ["*"], conditions }]));
    };
    const own = await narrowedTo(system);
    const others = await narrowedTo(`not-${system}`);
    for (const [name, service, resource] of asked) {
      const args = service[kind].args(resource);
      if (!(await isAllowed(args, resource.region, own))) problems.push(`${name} refuses the stack's own aws:${kind}`);
      if (await isAllowed(args, resource.region, others)) problems.push(`${name} allows another's aws:${kind}`);
    }
  }
  if (problems.length > 0) throw new Error(`conditions on tags must decide: ${problems.join("; ")}`);
  return `${asked.map(([name]) => name).join(", ")}: what a resource has for tags, and what it is given, decides`;
};
