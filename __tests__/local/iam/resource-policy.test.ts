import type { AuthorizationRequest } from "../../../local/iam/decision";
import { readPolicy, readResourcePolicy } from "../../../local/iam/policy";
import type { CallerNames } from "../../../local/iam/principals";
import { accessBy, evaluate, type ResourcePolicy } from "../../../local/iam/resource-policy";

const account = "arn:aws:iam::000000000000:root";
const role = "arn:aws:iam::000000000000:role/f";
const session = "arn:aws:sts::000000000000:assumed-role/f/f";
const bucket = "arn:aws:s3:::logs";
const fn: CallerNames = { own: [role, session], session, account };
const sns: CallerNames = { own: ["sns.amazonaws.com"] };

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const statement = { Effect: "Allow", Principal: "*", Action: "s3:PutObject", Resource: `${bucket}/*` };
const read = (changes: object) =>
  readResourcePolicy(document({ ...statement, ...changes }), "aws_s3_bucket_policy.logs");
const policy = (changes: object, kind: ResourcePolicy["kind"] = "bucket"): ResourcePolicy => ({
  kind,
  resource: bucket,
  address: "aws_s3_bucket_policy.logs",
  statements: read(changes),
});
const request: AuthorizationRequest = {
  action: "s3:PutObject",
  resource: `${bucket}/x`,
  contextKeys: { "aws:sourcearn": "arn:aws:sns:us-east-1:000000000000:t", "aws:sourceaccount": "000000000000" },
};

test.each([
  ["*", "allowed", "allowed"],
  [{ AWS: "*" }, "allowed", "allowed"],
  [{ AWS: role }, "allowed", "silent"],
  [{ AWS: session }, "allowed", "silent"],
  [{ AWS: [`${role}x`, role] }, "allowed", "silent"],
  [{ AWS: account }, "delegated", "silent"],
  [{ AWS: "000000000000" }, "delegated", "silent"],
  [{ AWS: "111111111111" }, "silent", "silent"],
  [{ AWS: `${role}x` }, "silent", "silent"],
  [{ AWS: `${session}x` }, "silent", "silent"],
  [{ Service: "sns.amazonaws.com" }, "silent", "allowed"],
  [{ Service: ["s3.amazonaws.com"], AWS: role }, "allowed", "silent"],
])("Principal %j: a function is %s, SNS is %s", (Principal, forFunction, forSns) => {
  expect([evaluate(policy({ Principal }), fn, request), evaluate(policy({ Principal }), sns, request)]).toEqual([
    forFunction,
    forSns,
  ]);
});

test.each([
  [{ Principal: "*" }, "denied", "denied"],
  [{ Principal: { AWS: account } }, "denied", "silent"],
  [{ Principal: { AWS: role } }, "denied", "silent"],
  [{ NotPrincipal: { AWS: role } }, "denied", "denied"],
  [{ NotPrincipal: { AWS: [role, session] } }, "denied", "denied"],
  [{ NotPrincipal: { AWS: [role, session, account] } }, "silent", "denied"],
  [{ NotPrincipal: { Service: "sns.amazonaws.com" } }, "denied", "silent"],
  [{ NotPrincipal: "*" }, "silent", "silent"],
  [{ Principal: "*", Action: "s3:GetObject" }, "silent", "silent"],
  [{ Principal: "*", Resource: `${bucket}/y` }, "silent", "silent"],
])("a Deny of %j: a function is %s, SNS is %s", (changes, forFunction, forSns) => {
  const { Principal: _, ...rest } = { ...statement, Effect: "Deny" };
  const denying = { ...policy({}), statements: readResourcePolicy(document({ ...rest, ...changes }), "x") };
  expect([evaluate(denying, fn, request), evaluate(denying, sns, request)]).toEqual([forFunction, forSns]);
});

test.each([
  [{ ArnLike: { "aws:SourceArn": "arn:aws:sns:*:000000000000:*" } }, "allowed"],
  [{ ArnEquals: { "aws:SourceArn": "arn:aws:sns:us-east-1:000000000000:other" } }, "silent"],
  [{ StringEquals: { "aws:SourceAccount": "000000000000" } }, "allowed"],
  [{ StringEquals: { "aws:SourceAccount": "111111111111" } }, "silent"],
  [{ Bool: { "aws:PrincipalIsAWSService": "true" } }, "silent"],
])("on condition %j SNS is %s", (Condition, decision) => {
  expect(evaluate(policy({ Principal: { Service: "sns.amazonaws.com" }, Condition }), sns, request)).toBe(decision);
});

const granting = (Effect: string) =>
  readPolicy(document({ Effect, Action: "s3:PutObject", Resource: `${bucket}/*` }), "role");
const silent = { Principal: { AWS: "111111111111" } };
const delegating = { Principal: { AWS: account } };
const itself = { Principal: { AWS: role } };
const deny = { Effect: "Deny" };

/** Who says no, if anybody does; and which grants of the role were needed. */
function outcome(kind: ResourcePolicy["kind"], own: string | undefined, changes: object) {
  const guard = policy(changes, kind);
  const access = accessBy({ statements: own ? granting(own) : [] }, guard, fn, request);
  if (access.allowed) return access.permissions.length > 0 ? "allowed by its grant" : "allowed";
  return `${access.policy ? "policy" : "role"} ${access.explicit ? "denies" : "does not allow"}`;
}

test.each([
  ["bucket", "Allow", silent, "allowed by its grant"],
  ["bucket", "Allow", delegating, "allowed by its grant"],
  ["bucket", "Allow", itself, "allowed"],
  ["bucket", "Allow", deny, "policy denies"],
  ["bucket", undefined, silent, "role does not allow"],
  ["bucket", undefined, delegating, "role does not allow"],
  ["bucket", undefined, itself, "allowed"],
  ["bucket", undefined, deny, "policy denies"],
  ["bucket", "Deny", itself, "role denies"],
  ["bucket", "Deny", deny, "role denies"],
  ["key", "Allow", silent, "policy does not allow"],
  ["key", "Allow", delegating, "allowed by its grant"],
  ["key", undefined, delegating, "role does not allow"],
  ["key", undefined, silent, "policy does not allow"],
  ["key", undefined, itself, "allowed"],
  ["key", "Allow", deny, "policy denies"],
  ["key", "Deny", itself, "role denies"],
] as const)("a %s: the role says %s, its own policy %j: %s", (kind, own, changes, expected) => {
  expect(outcome(kind, own, changes)).toBe(expected);
});

/** Permissions boundaries of a role: this, nothing, or all but this. */
const limits = {
  same: readPolicy(document({ Effect: "Allow", Action: "s3:*", Resource: "*" }), "boundary"),
  other: readPolicy(document({ Effect: "Allow", Action: "sns:*", Resource: "*" }), "boundary"),
  deny: readPolicy(document({ Effect: "Deny", Action: "s3:*", Resource: "*" }), "boundary"),
};

test.each([
  ["Allow", "same", silent, "allowed by its grant"],
  ["Allow", "other", silent, "boundary does not allow"],
  ["Allow", "deny", silent, "boundary denies"],
  [undefined, "same", silent, "role does not allow"],
  [undefined, "same", itself, "allowed"],
  [undefined, "other", itself, "boundary does not allow"],
  [undefined, "other", { Principal: "*" }, "boundary does not allow"],
  [undefined, "other", { Principal: { AWS: session } }, "allowed"],
  [undefined, "deny", { Principal: { AWS: session } }, "boundary denies"],
  ["Allow", "other", { Principal: { AWS: [role, session] } }, "allowed"],
  ["Allow", "other", deny, "policy denies"],
  ["Deny", "other", { Principal: { AWS: session } }, "role denies"],
] as const)("the role says %s, its boundary %s, a bucket's policy %j: %s", (own, limit, changes, expected) => {
  const rights = { statements: own ? granting(own) : [], boundary: limits[limit] };
  const access = accessBy(rights, policy(changes), fn, request);
  const says = (allowed: { explicit: boolean; byBoundary?: true; policy?: unknown }) =>
    `${allowed.byBoundary ? "boundary" : allowed.policy ? "policy" : "role"} ${allowed.explicit ? "denies" : "does not allow"}`;
  expect(access.allowed ? (access.permissions.length > 0 ? "allowed by its grant" : "allowed") : says(access)).toBe(
    expected,
  );
});

test.each([
  [{ Principal: { CanonicalUser: "x" } }, "Principal CanonicalUser is not known"],
  [{ Principal: { Federated: "x" } }, "Principal Federated is not known"],
  [{ Principal: { AWS: `${role}*` } }, `Principal AWS ${role}* is not known`],
  [{ Principal: { AWS: "AIDAEXAMPLE" } }, "Principal AWS AIDAEXAMPLE is not known"],
  [{ Principal: { Service: "*" } }, "Principal Service * is not known"],
  [{ Principal: {} }, "Principal must not be empty"],
  [{ Principal: { AWS: [] } }, "Principal AWS must not be empty"],
  [{ Principal: "everybody" }, "Principal must be * or an object"],
  [{ Principal: undefined }, "it needs either Principal or NotPrincipal"],
  [{ NotPrincipal: { AWS: role } }, "it needs either Principal or NotPrincipal"],
  [{ Principal: undefined, NotPrincipal: { AWS: role } }, "NotPrincipal with Allow would let in everybody else"],
  [{ NotAction: "s3:*" }, "Action and NotAction exclude each other"],
  [{ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }, "condition key aws:SourceIp is not known"],
  [{ Condition: { StringEquals: { "aws:SourceVpce": "v" } } }, "condition key aws:SourceVpce is not known"],
])("%j is refused, never an allow", (changes, message) => {
  expect(() => read(changes)).toThrow(`aws_s3_bucket_policy.logs: policy: ${message}`);
});
