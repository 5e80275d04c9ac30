import { type AuthorizationRequest, decideWithin, type Rights } from "../../local/iam/decision";
import { almighty, ciRole, request } from "../support/account-roles";

const account = "000000000000";
const iam = (resource: string) => `arn:aws:iam::${account}:${resource}`;
const lambda = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const boundary = { "iam:permissionsboundary": iam("policy/account-prod-boundary") };
const systemsRole = iam("role/records-prod-get-record");
const adminsRole = iam("role/admin");
const deployRole = iam("role/account-prod-deploy");
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const state = "arn:aws:s3:::terrace-state-000000000000-us-east-1";
const lockTable = `arn:aws:dynamodb:us-east-1:${account}:table/terrace-state-lock`;
const ours = {
  "aws:resourcetag/system": "records",
  "aws:resourcetag/environment": "Production",
};

/** The statement that refuses it, or that none allows it. */
function refusedBy(rights: Rights, tried: AuthorizationRequest): string {
  const decision = decideWithin(rights, tried);
  if (decision.allowed)
    return `allowed by ${decision.permissions.map((permission) => `${permission.action} on ${permission.resource}`).join()}`;
  const where = decision.byBoundary ? "the boundary" : "the policies";
  return decision.explicit ? `${decision.by?.sid ?? "a deny"} in ${where}` : `nothing in ${where} allows it`;
}

const silent = "nothing in the policies allows it";
const accountStackStays = "AccountStackStays in the policies";
const boundariesStay = "BoundariesStay in the policies";

/** By which others became administrators who were allowed to deploy, and the way back in. */
const ways: readonly (readonly [way: string, tried: AuthorizationRequest, refusal: string])[] = [
  ["a role without a boundary", request("iam:CreateRole", systemsRole), silent],
  [
    "a role with a boundary that denies nothing",
    request("iam:CreateRole", systemsRole, { "iam:permissionsboundary": administrator }),
    silent,
  ],
  ["a role outside the systems", request("iam:CreateRole", iam("role/mine"), boundary), silent],
  ["a policy in a role that has no boundary", request("iam:PutRolePolicy", systemsRole), silent],
  ["a policy in somebody else's role", request("iam:PutRolePolicy", adminsRole, boundary), silent],
  ["a policy in its own role", request("iam:PutRolePolicy", deployRole, boundary), accountStackStays],
  [
    "AdministratorAccess for a role that has no boundary",
    request("iam:AttachRolePolicy", systemsRole, { "iam:policyarn": administrator }),
    silent,
  ],
  [
    "AdministratorAccess for its own role",
    request("iam:AttachRolePolicy", deployRole, { "iam:policyarn": administrator }),
    accountStackStays,
  ],
  ["the boundary taken away", request("iam:DeleteRolePermissionsBoundary", systemsRole, boundary), boundariesStay],
  [
    "the boundary exchanged",
    request("iam:PutRolePermissionsBoundary", systemsRole, { "iam:permissionsboundary": administrator }),
    silent,
  ],
  [
    "the boundary rewritten",
    request("iam:CreatePolicyVersion", iam("policy/account-prod-boundary")),
    accountStackStays,
  ],
  [
    "an older version of a policy of its own",
    request("iam:SetDefaultPolicyVersion", iam("policy/account-prod-deploy-1")),
    accountStackStays,
  ],
  ["a new version of somebody's policy", request("iam:CreatePolicyVersion", iam("policy/admins")), silent],
  ["its own trust rewritten", request("iam:UpdateAssumeRolePolicy", deployRole, boundary), accountStackStays],
  ["an administrator's trust rewritten", request("iam:UpdateAssumeRolePolicy", adminsRole), silent],
  ["the trust of a role that has no boundary", request("iam:UpdateAssumeRolePolicy", systemsRole), silent],
  ["another repository trusted", request("iam:CreateOpenIDConnectProvider", iam("oidc-provider/example.com")), silent],
  [
    "another audience trusted",
    request("iam:AddClientIDToOpenIDConnectProvider", iam("oidc-provider/token.actions.githubusercontent.com")),
    silent,
  ],
  ["a user", request("iam:CreateUser", iam("user/me")), silent],
  ["a key of an administrator's", request("iam:CreateAccessKey", iam("user/admin")), silent],
  ["a password of an administrator's", request("iam:UpdateLoginProfile", iam("user/admin")), silent],
  ["a policy in a user", request("iam:PutUserPolicy", iam("user/me")), silent],
  ["a group", request("iam:AddUserToGroup", iam("group/admins")), silent],
  ["another's role taken on", request("sts:AssumeRole", adminsRole), silent],
  [
    "an administrator's role passed to a function",
    request("iam:PassRole", adminsRole, { "iam:passedtoservice": "lambda.amazonaws.com" }),
    silent,
  ],
  [
    "its own role passed to a function",
    request("iam:PassRole", deployRole, { "iam:passedtoservice": "lambda.amazonaws.com" }),
    accountStackStays,
  ],
  ...["ec2", "ecs-tasks", "glue", "sagemaker", "cloudformation", "states", "codebuild", "events"].map(
    (service) =>
      [
        `a system's role passed to ${service}`,
        request("iam:PassRole", systemsRole, { "iam:passedtoservice": `${service}.amazonaws.com` }),
        silent,
      ] as const,
  ),
  ["a machine with a role", request("ec2:RunInstances", `arn:aws:ec2:us-east-1:${account}:instance/*`), silent],
  [
    "a machine's start script",
    request("ec2:ModifyInstanceAttribute", `arn:aws:ec2:us-east-1:${account}:instance/i-1`),
    silent,
  ],
  ["an instance profile", request("iam:AddRoleToInstanceProfile", iam("instance-profile/mine")), silent],
  ["a stack of CloudFormation's", request("cloudformation:CreateStack", "*"), silent],
  ["code of somebody else's function", request("lambda:UpdateFunctionCode", lambda("nightly-admin")), silent],
  ["a call of somebody else's function", request("lambda:InvokeFunction", lambda("nightly-admin")), silent],
  ["a permission to call it", request("lambda:AddPermission", lambda("nightly-admin")), silent],
  [
    "a layer that others load",
    request("lambda:PublishLayerVersion", `arn:aws:lambda:us-east-1:${account}:layer:shared`),
    silent,
  ],
  [
    "an event source for somebody else's function",
    request("lambda:CreateEventSourceMapping", "*", { "lambda:functionarn": lambda("nightly-admin") }),
    silent,
  ],
  [
    "a deployment of somebody else's by CodeDeploy",
    request("codedeploy:CreateDeployment", `arn:aws:codedeploy:us-east-1:${account}:deploymentgroup:shop/web`),
    silent,
  ],
  [
    "a role of another service's own",
    request("iam:CreateServiceLinkedRole", iam("role/aws-service-role/ssm.amazonaws.com/x"), {
      "iam:awsservicename": "ssm.amazonaws.com",
    }),
    silent,
  ],
  ["the account stack's state", request("s3:PutObject", `${state}/account-prod/terraform.tfstate`), silent],
  ["another environment's state", request("s3:PutObject", `${state}/records-prod2/terraform.tfstate`), silent],
  ["who may read state", request("s3:PutBucketPolicy", state), silent],
  [
    "the account stack's lock",
    request("dynamodb:PutItem", lockTable, {
      "dynamodb:leadingkeys": ["terrace-state-000000000000-us-east-1/account-prod/terraform.tfstate"],
    }),
    silent,
  ],
  ["a lock that names no item", request("dynamodb:DeleteItem", lockTable), silent],
  ["the table of locks", request("dynamodb:DeleteTable", lockTable), silent],
  [
    "API Gateway's role in the account",
    request("apigateway:PATCH", "arn:aws:apigateway:us-east-1::/account"),
    "AccountSettingsStay in the policies",
  ],
  [
    "the policy of somebody else's key",
    request("kms:PutKeyPolicy", `arn:aws:kms:us-east-1:${account}:key/1`, { "aws:resourcetag/system": "billing" }),
    silent,
  ],
  ["a grant of somebody else's key", request("kms:CreateGrant", `arn:aws:kms:us-east-1:${account}:key/1`), silent],
  ["a command on a machine", request("ssm:SendCommand", `arn:aws:ec2:us-east-1:${account}:instance/i-1`), silent],
  [
    "a network of somebody else's made its own",
    request("ec2:CreateTags", `arn:aws:ec2:us-east-1:${account}:vpc/vpc-1`, {
      "aws:requesttag/system": "records",
      "aws:requesttag/environment": "Production",
    }),
    silent,
  ],
  ["the organization left", request("organizations:LeaveOrganization", "*"), silent],
];

test.each(ways)("who deploys has no way up by %s", (_, tried, refusal) => {
  expect(refusedBy(ciRole("deploy", "prod"), tried)).toBe(refusal);
});

test("what is refused is refused for what it is about: the systems' own is allowed, with the boundary", () => {
  const deploy = ciRole("deploy", "prod");
  for (const tried of [
    request("iam:CreateRole", systemsRole, boundary),
    request("iam:PutRolePolicy", systemsRole, boundary),
    request("iam:PutRolePermissionsBoundary", systemsRole, boundary),
    request("iam:UpdateAssumeRolePolicy", systemsRole, boundary),
    request("iam:PassRole", systemsRole, { "iam:passedtoservice": "lambda.amazonaws.com" }),
    request("lambda:UpdateFunctionCode", lambda("records-prod-get-record")),
    request("s3:PutObject", `${state}/records-prod/terraform.tfstate`),
    request("dynamodb:PutItem", lockTable, {
      "dynamodb:leadingkeys": ["terrace-state-000000000000-us-east-1/records-prod/terraform.tfstate"],
    }),
    request("dynamodb:PutItem", lockTable, {
      "dynamodb:leadingkeys": ["terrace-state-000000000000-us-east-1/records-prod/terraform.tfstate-md5"],
    }),
    request("kms:PutKeyPolicy", `arn:aws:kms:us-east-1:${account}:key/1`, ours),
  ])
    expect([tried.action, refusedBy(deploy, tried)]).toEqual([tried.action, expect.stringContaining("allowed by")]);
});

const unlimited = "nothing in the boundary allows it";

test.each([
  ["a user", request("iam:CreateUser", iam("user/me"))],
  ["a policy in the role that deploys", request("iam:PutRolePolicy", deployRole, boundary)],
  ["a policy in its own role", request("iam:PutRolePolicy", systemsRole, boundary)],
  ["its own boundary taken away", request("iam:DeleteRolePermissionsBoundary", systemsRole, boundary)],
  ["the role that deploys taken on", request("sts:AssumeRole", deployRole)],
  ["a role passed", request("iam:PassRole", systemsRole, { "iam:passedtoservice": "lambda.amazonaws.com" })],
  ["the organization", request("organizations:DescribeOrganization", "*")],
  ["the systems' state", request("s3:GetObject", `${state}/records-prod/terraform.tfstate`)],
  ["the account stack's state", request("s3:PutObject", `${state}/account-prod/terraform.tfstate`)],
  ["a lock", request("dynamodb:PutItem", lockTable)],
  [
    "another environment's table",
    request("dynamodb:GetItem", `arn:aws:dynamodb:us-east-1:${account}:table/records-prod2-a`),
  ],
  ["somebody else's function", request("lambda:UpdateFunctionCode", lambda("nightly-admin"))],
  [
    "a parameter of another environment",
    request("ssm:GetParameter", `arn:aws:ssm:us-east-1:${account}:parameter/records/prod2/x`),
  ],
  ["a secret", request("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${account}:secret:x`)],
  ["a key by itself", request("kms:Decrypt", `arn:aws:kms:us-east-1:${account}:key/1`)],
  ["a machine", request("ec2:RunInstances", `arn:aws:ec2:us-east-1:${account}:instance/*`)],
])("a role that was given everything gets no further than its systems: not to %s", (_, tried) => {
  expect(refusedBy(almighty("prod"), tried)).toBe(unlimited);
});

test.each(["plan", "pull-request"] as const)("the role for %s writes no state, and no lock", (role) => {
  const key = "terrace-state-000000000000-us-east-1/records-prod/terraform.tfstate";
  const rights = ciRole(role, "prod");
  for (const action of ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"])
    expect(refusedBy(rights, request(action, lockTable, { "dynamodb:leadingkeys": [key] }))).toBe(silent);
  for (const suffix of ["", ".tflock"])
    for (const action of ["s3:PutObject", "s3:DeleteObject"])
      expect(refusedBy(rights, request(action, `${state}/records-prod/terraform.tfstate${suffix}`))).toBe(silent);
  const read = [
    request("s3:GetObject", `${state}/records-prod/terraform.tfstate`),
    request("dynamodb:GetItem", lockTable, { "dynamodb:leadingkeys": [`${key}-md5`] }),
  ];
  for (const tried of read) expect(refusedBy(rights, tried)).toContain("allowed by");
});

test("a pull request reads no secret, and decrypts nothing", () => {
  const parameter = `arn:aws:ssm:us-east-1:${account}:parameter/records/prod/cursor-secret`;
  const decrypting = request("kms:Decrypt", `arn:aws:kms:us-east-1:${account}:key/1`, {
    ...ours,
    "kms:encryptioncontext:parameter_arn": parameter,
  });
  for (const tried of [request("ssm:GetParameter", parameter), decrypting]) {
    expect(refusedBy(ciRole("pull-request", "prod"), tried)).toBe(silent);
    expect(refusedBy(ciRole("plan", "prod"), tried)).toContain("allowed by");
  }
});
