import { Testing } from "cdktf";
import type { Environment } from "../../environments/environment";
import { regionsBySystem } from "../../environments/systems";
import { AccountStack } from "../../stacks/account-stack";
import { environments } from "../fixtures/environments";
import { inventory } from "../support/inventory";
import { problemsOf, synth } from "../support/stack";
import type { RenderedStatement } from "../support/synthesized-stack";
import { systems } from "../support/systems";

const stackOf = (environment: Environment, localState = false) =>
  new AccountStack(Testing.app(), environment, localState);

const { dev, prod } = environments;
const account = synth(stackOf(dev));
const accountProd = synth(stackOf(prod));
const issuer = "token.actions.githubusercontent.com";

type Role = "plan" | "pull-request" | "deploy";

/** Every statement of a role's policies. */
const allowed = (role: Role): RenderedStatement[] =>
  Object.values(account.all("aws_iam_policy"))
    .filter(({ name }) => String(name).startsWith(`account-dev-${role}-`))
    .flatMap(({ policy }) => JSON.parse(policy as string).Statement);

const allows = (role: Role, action: string): string[] =>
  allowed(role)
    .filter(
      ({ Effect, Action }) =>
        Effect === "Allow" && Action.some((name) => new RegExp(`^${name.replaceAll("*", ".*")}$`).test(action)),
    )
    .flatMap(({ Resource = [] }) => Resource);

it("has what an environment's systems share, no more and no less", () => {
  expect(account.counts()).toEqual(
    inventory(
      { bucket: 1 },
      {
        aws_api_gateway_account: 2,
        aws_dynamodb_table: 1,
        aws_iam_openid_connect_provider: 1,
        aws_iam_policy: 8,
        aws_iam_role: 4,
        aws_iam_role_policy_attachment: 8,
      },
    ),
  );
  expect(accountProd.counts()).toEqual(account.counts());
});

it("numbers the policies of each role from 1, and attaches each", () => {
  const names = Object.values(account.all("aws_iam_policy")).map(({ name }) => String(name));
  const numbered = names.filter((name) => /-\d+$/.test(name));
  const roles = [...new Set(numbered.map((name) => name.replace(/-\d+$/, "")))];
  const expected = roles.flatMap((role) =>
    numbered.filter((name) => name.startsWith(`${role}-`)).map((_name, index) => `${role}-${index + 1}`),
  );
  expect(roles.length).toBeGreaterThan(1);
  expect([...numbered].sort()).toEqual(expected.sort());
});

it("knows every system and its region", () => {
  for (const system of systems) expect(Object.keys(regionsBySystem(dev))).toContain(system);
  expect(Object.values(account.all("aws_api_gateway_account")).map(({ region }) => region)).toEqual(
    [...new Set(Object.values(regionsBySystem(dev)))].sort(),
  );
});

it("makes the bucket and the table that every backend names, and lets nobody delete them, in dev either", () => {
  const backend = account.json.terraform.backend["s3"] as { bucket: string; dynamodb_table: string };

  expect(account.at("aws_s3_bucket", "state-bucket")).toMatchObject({ bucket: backend.bucket, force_destroy: false });
  expect(account.at("aws_s3_bucket_versioning", "state-bucket/versioning")).toMatchObject({
    versioning_configuration: { status: "Enabled" },
  });
  expect(account.at("aws_dynamodb_table", "state-lock")).toMatchObject({
    name: backend.dynamodb_table,
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "LockID",
    attribute: [{ name: "LockID", type: "S" }],
    point_in_time_recovery: { enabled: true },
    deletion_protection_enabled: true,
  });
});

it("keeps its state in the bucket, or in the project's folder until the bucket is there", () => {
  const { json } = synth(stackOf(dev, true));

  expect(account.json.terraform.backend["s3"]).toMatchObject({ key: "account-dev/terraform.tfstate" });
  expect(json.terraform.backend).toEqual({ local: { path: "../../../account-dev.tfstate" } });
});

it("trusts GitHub's workflows of the repository: pull requests to read state, the branch to plan and to deploy", () => {
  const trust = (role: string) => account.statements("aws_iam_role", `ci/${role}`, "assume_role_policy");
  const byGithub = {
    Effect: "Allow",
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Principal: { Federated: [`arn:aws:iam::000000000000:oidc-provider/${issuer}`] },
  };

  expect(trust("plan")).toEqual([
    {
      ...byGithub,
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: ["repo:example/terrace:ref:refs/heads/main", "repo:example/terrace:environment:dev-plan"],
          [`${issuer}:ref`]: "refs/heads/main",
        },
      },
    },
  ]);
  expect(trust("pull-request")).toEqual([
    {
      ...byGithub,
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: "repo:example/terrace:pull_request",
        },
      },
    },
  ]);
  expect(trust("deploy")).toEqual([
    {
      ...byGithub,
      Condition: {
        StringEquals: {
          [`${issuer}:aud`]: "sts.amazonaws.com",
          [`${issuer}:sub`]: "repo:example/terrace:environment:dev",
          [`${issuer}:ref`]: "refs/heads/main",
        },
      },
    },
  ]);
});

it("lets who plans change nothing, and read no data", () => {
  const writes = [...allowed("plan"), ...allowed("pull-request")].flatMap(({ Action }) =>
    Action.filter((action) => !/:(BatchGet|Get|GET|List|Describe|Decrypt)/.test(action)),
  );

  expect(writes).toEqual([]);
  expect(allows("plan", "dynamodb:GetItem")).toEqual([expect.stringContaining(":table/terrace-state-lock")]);
  expect(allows("plan", "dynamodb:Query")).toEqual([]);
  expect(allows("plan", "s3:GetObject").filter((arn) => !/\/terraform\.tfstate$|-code-\*\/\*$/.test(arn))).toEqual([]);
  expect(
    allowed("plan").flatMap(({ Action, Condition }) => (Action.includes("kms:Decrypt") ? [Condition] : [])),
  ).toEqual([
    { ArnLike: { "kms:EncryptionContext:PARAMETER_ARN": allows("plan", "ssm:GetParameter") } },
    {
      ArnLike: {
        "kms:EncryptionContext:aws:s3:arn": expect.arrayContaining(["arn:aws:s3:::data-processor-dev-code-*"]),
      },
    },
  ]);
});

it("lets who deploys change the systems' own things, where ARNs identify the system, and not what it stands on", () => {
  const names = Object.keys(regionsBySystem(dev)).map((system) => `${system}-dev`);
  const systemsOwn = new RegExp(names.join("|"));

  for (const action of ["lambda:UpdateFunctionCode", "dynamodb:DeleteTable", "sns:Publish", "iam:PutRolePolicy"])
    expect(allows("deploy", action).filter((arn) => !systemsOwn.test(arn))).toEqual([]);
  expect(allows("deploy", "s3:PutObject").filter((arn) => arn.includes("account-dev"))).toEqual([]);
  expect(allows("deploy", "iam:CreateUser")).toEqual([]);
  expect(allowed("deploy").flatMap(({ Action }) => Action)).not.toContain("*");
});

it("fits its policies into IAM's limit", () => {
  for (const { policy } of Object.values(accountProd.all("aws_iam_policy")))
    expect(String(policy).length).toBeLessThanOrEqual(6144);
});

it("works on the state that the environment names, wherever that is", () => {
  const state = { s3: { bucket: "states-of-ours", lockTable: "locks-of-ours" } };
  const { json } = synth(stackOf({ ...dev, state }));
  const policies = JSON.stringify(json.resource["aws_iam_policy"]);

  expect(policies).toContain("arn:aws:s3:::states-of-ours/records-dev/terraform.tfstate");
  expect(policies).toContain("arn:aws:dynamodb:us-east-1:000000000000:table/locks-of-ours");
  expect(policies).not.toContain("terrace-state");
});

it("lets who deploys change records of the zones that domains are in, and of no other", () => {
  const domain = { name: "shop.example.com", hostedZoneId: "Z123" };
  const { json } = synth(stackOf(Object.assign({}, dev, { withDomain: { region: "us-east-1", domain } })));

  expect(allows("deploy", "route53:ChangeResourceRecordSets")).toEqual([]);
  expect(JSON.stringify(json.resource["aws_iam_policy"])).toContain("arn:aws:route53:::hostedzone/Z123");
});

it("demands a permissions boundary of roles where the environment has one, which it has unless state is elsewhere", () => {
  const boundaries = (changes: Partial<Environment>) => {
    const { json } = synth(stackOf({ ...dev, ...changes }));
    const named = Object.values(json.resource["aws_iam_policy"] ?? {}).map(({ name }) => name);
    return [named.includes("account-dev-boundary"), JSON.stringify(json).includes("iam:PermissionsBoundary")];
  };
  const cloud = { terraformCloud: { organization: "example" } };

  expect(boundaries({})).toEqual([true, true]);
  expect(boundaries({ state: cloud })).toEqual([false, false]);
  expect(boundaries({ state: cloud, account: { ...dev.account, permissionsBoundary: true } })).toEqual([true, true]);
  expect(boundaries({ account: { ...dev.account, permissionsBoundary: false } })).toEqual([false, false]);
});

it("refuses a repository or a branch that would let others in", () => {
  const wrong = stackOf({ ...dev, account: { ...dev.account, repository: "example/*", branch: "*" } });

  expect(problemsOf(wrong)).toEqual([
    'account-dev/ci: account.repository must be a GitHub repository, owner/name, got "example/*"; correct it',
    'account-dev/ci: account.branch must be the name of one branch, without wildcards, got "*"; correct it',
  ]);
});
