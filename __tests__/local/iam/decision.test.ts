import fc from "fast-check";
import { type AuthorizationRequest, decide, decideWithin } from "../../../local/iam/decision";
import { readPolicy, type Statement } from "../../../local/iam/policy";

const table = "arn:aws:dynamodb:us-east-1:1:table/t";
const functionArn = "arn:aws:lambda:us-east-1:1:function:f";

const statements = (...list: object[]): readonly Statement[] =>
  readPolicy(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: list.map((one) => ({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: table, ...one })),
    }),
    "test",
  );

const request = (changes: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  action: "dynamodb:GetItem",
  resource: table,
  contextKeys: { "lambda:sourcefunctionarn": functionArn, "aws:securetransport": "true" },
  ...changes,
});

test.each([
  [{}, {}, true],
  [{ Action: "dynamodb:getitem" }, {}, true],
  [{ Action: "dynamodb:Get*" }, {}, true],
  [{ Action: "*" }, {}, true],
  [{ Action: "dynamodb:PutItem" }, {}, false],
  [{ Action: "s3:GetItem" }, {}, false],
  [{ Resource: "*" }, {}, true],
  [{ Resource: `${table}/*` }, {}, false],
  [{}, { resource: `${table}/index/i` }, false],
  [{ Resource: `${table}/index/i` }, { resource: `${table}/index/i` }, true],
  [{ Resource: "arn:aws:dynamodb:us-east-1:1:table/T" }, {}, false],
  [{ Resource: "arn:aws:dynamodb:*:1:table/t" }, {}, true],
  [{ Resource: "arn:aws:dynamodb:*" + ":table/t" + ":x" }, {}, false],
  // A pattern's star stays within its part of the ARN, but for the last one, the resource's own.
  [{ Resource: "arn:aws:*:1:table/t:x" }, { resource: `${table}:x` }, false],
  [{ Resource: "arn:aws:dynamodb:*:table/t:x" }, { resource: `${table}:x` }, false],
  [{ Resource: "arn:aws:dynamodb:us-east-1:*:x" }, { resource: `${table}:x` }, false],
  [{ Resource: "arn:aws:dynamodb:us-east-1:*:table/t:x" }, { resource: `${table}:x` }, true],
  [{ Resource: "arn:aws:dynamodb:us-east-1?1:table/t:x" }, { resource: `${table}:x` }, false],
  [{ Resource: "arn:aws:dynamodb:us-east-1:1:*" }, { resource: `${table}:x` }, true],
  [{ Condition: { ArnLike: { "lambda:SourceFunctionArn": "arn:aws:*:1:function:f" } } }, {}, false],
  [{ Resource: "arn:aws:dynamodb:us-east-1:1:table/?" }, {}, true],
  [{ Condition: { Bool: { "aws:SecureTransport": "true" } } }, {}, true],
  [{ Condition: { Bool: { "aws:SecureTransport": "false" } } }, {}, false],
  [{ Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } } }, {}, true],
  [{ Condition: { ArnLike: { "lambda:SourceFunctionArn": "arn:aws:lambda:*:1:function:*" } } }, {}, true],
  [{ Condition: { ArnEquals: { "lambda:SourceFunctionArn": `${functionArn}x` } } }, {}, false],
  [{ Condition: { StringEquals: { "aws:PrincipalAccount": "1" } } }, {}, false],
  [{ Condition: { StringEqualsIfExists: { "aws:PrincipalAccount": "1" } } }, {}, true],
  [{ Condition: { StringNotEquals: { "aws:PrincipalAccount": "1" } } }, {}, true],
  [{ Condition: { Null: { "aws:PrincipalAccount": "true" } } }, {}, true],
  [{ Condition: { Null: { "aws:SecureTransport": "true" } } }, {}, false],
  [{ Action: undefined, NotAction: "s3:*" }, {}, true],
  [{ Action: undefined, NotAction: ["s3:*", "dynamodb:Get*"] }, {}, false],
  [{ Resource: undefined, NotResource: `${table}2` }, {}, true],
  [{ Resource: undefined, NotResource: [`${table}*`] }, {}, false],
  [{ Condition: { StringLike: { "s3:prefix": ["a/*", "b/*"] } } }, { contextKeys: { "s3:prefix": "b/c" } }, true],
  [{ Condition: { StringNotLike: { "s3:prefix": ["a/*", "b/*"] } } }, { contextKeys: { "s3:prefix": "b/c" } }, false],
])("a statement with %j meets a request with %j: allowed %s", (statement, changes, allowed) => {
  expect(decide(statements(statement), request(changes)).allowed).toBe(allowed);
});

test("without statements nothing is allowed", () => {
  expect(decide([], request())).toEqual({ allowed: false, explicit: false });
});

test("a deny for calls of the function's code stops them, and not those that Lambda makes with the role", () => {
  const policy = statements(
    {},
    { Effect: "Deny", Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } } },
  );
  expect(decide(policy, request())).toEqual({ allowed: false, explicit: true, by: policy[1] });
  expect(decide(policy, request({ contextKeys: {} })).allowed).toBe(true);
});

const names = fc.constantFrom("a", "b", "c", "d");
const permissions = fc.uniqueArray(fc.record({ action: names, resource: names }), {
  minLength: 1,
  selector: ({ action, resource }) => action + resource,
});
const grant = ({ action, resource }: { action: string; resource: string }) => ({
  Action: `x:${action}`,
  Resource: `arn:aws:x:r:1:${resource}`,
});
const asked = ({ action, resource }: { action: string; resource: string }) =>
  request({ action: `x:${action}`, resource: `arn:aws:x:r:1:${resource}` });

test("each granted permission is necessary: without it just that call is refused", () => {
  fc.assert(
    fc.property(permissions, (granted) => {
      for (const taken of granted) {
        const left = granted.filter((permission) => permission !== taken);
        expect(decide(statements(...granted.map(grant)), asked(taken)).allowed).toBe(true);
        expect(decide(statements(...left.map(grant)), asked(taken)).allowed).toBe(false);
        for (const other of left) expect(decide(statements(...left.map(grant)), asked(other)).allowed).toBe(true);
      }
    }),
  );
});

test("a deny wins wherever it stands, and allows nothing by itself", () => {
  fc.assert(
    fc.property(permissions, fc.nat(), (granted, seed) => {
      const denied = granted[seed % granted.length]!;
      const policy = [...granted.map(grant)] as object[];
      policy.splice(seed % (policy.length + 1), 0, { ...grant(denied), Effect: "Deny" });
      expect(decide(statements(...policy), asked(denied))).toMatchObject({ allowed: false, explicit: true });
    }),
  );
});

// IAM user guide, "IAM JSON policy elements: Condition operators": what each takes for the value "b*" or 10.
test.each([
  ["StringEquals", "b*", ["b*"], ["B*", "bc"]],
  ["StringNotEquals", "b*", ["B*", "bc"], ["b*"]],
  ["StringEqualsIgnoreCase", "b*", ["b*", "B*"], ["bc"]],
  ["StringEqualsIgnoreCase", "B*", ["b*", "B*"], ["bc"]],
  ["StringNotEqualsIgnoreCase", "b*", ["bc"], ["b*", "B*"]],
  ["StringLike", "b*", ["b*", "bc"], ["B*", "ab"]],
  ["StringNotLike", "b*", ["B*", "ab"], ["b*", "bc"]],
  ["ArnEquals", "arn:aws:s3:::b*", ["arn:aws:s3:::bc"], ["arn:aws:s3::1:b", "arn:aws:s3:::a"]],
  ["ArnLike", "arn:aws:s3:::b*", ["arn:aws:s3:::bc"], ["arn:aws:s3::1:b", "arn:aws:s3:::a"]],
  ["ArnNotEquals", "arn:aws:s3:::b*", ["arn:aws:s3::1:b", "arn:aws:s3:::a"], ["arn:aws:s3:::bc"]],
  ["ArnNotLike", "arn:aws:s3:::b*", ["arn:aws:s3::1:b", "arn:aws:s3:::a"], ["arn:aws:s3:::bc"]],
  ["Bool", "true", ["true", "TRUE"], ["false"]],
  ["Bool", "TRUE", ["true"], ["false"]],
  ["IpAddress", "203.0.113.0/24", ["203.0.113.0", "203.0.113.255"], ["203.0.114.0", "2001:db8::1", "203.0.113", ""]],
  ["IpAddress", "203.0.113.9", ["203.0.113.9"], ["203.0.113.8"]],
  ["IpAddress", "0.0.0.0/0", ["203.0.113.9"], ["2001:db8::1", "nowhere"]],
  ["IpAddress", "203.0.113.9/32", ["203.0.113.9"], ["203.0.113.8"]],
  ["IpAddress", "2001:db8::/32", ["2001:db8::1"], ["2001:db9::1", "32.1.13.184"]],
  ["IpAddress", "2001:db8::1", ["2001:db8::1"], ["2001:db8::2"]],
  ["IpAddress", "2001:db8::1/128", ["2001:db8::1"], ["2001:db8::2"]],
  ["IpAddress", "::/0", ["2001:db8::1"], []],
  ["NotIpAddress", "203.0.113.0/24", ["203.0.114.0", "2001:db8::1"], ["203.0.113.9"]],
  // What is no range has no address in it.
  ["IpAddress", "203.0.113.9/33", [], ["203.0.113.9"]],
  ["IpAddress", "203.0.113.9/-1", [], ["203.0.113.9"]],
  ["IpAddress", "203.0.113.9/1.5", [], ["203.0.113.9"]],
  ["IpAddress", "2001:db8::1/129", [], ["2001:db8::1"]],
  ["IpAddress", "office/24", [], ["203.0.113.9"]],
  ["NumericEquals", "10", ["10", "10.0"], ["9", "11"]],
  ["NumericLessThan", "10", ["9"], ["10", "11"]],
  ["NumericLessThanEquals", "10", ["9", "10"], ["11"]],
  ["NumericGreaterThan", "10", ["11"], ["9", "10"]],
  ["NumericGreaterThanEquals", "10", ["10", "11"], ["9"]],
] as const)("%s %s is met by %j and not by %j", (operator, wanted, held, others) => {
  const policy = statements({ Condition: { [operator]: { "s3:prefix": wanted } } });
  const isAllowed = (value: string) => decide(policy, request({ contextKeys: { "s3:prefix": value } })).allowed;
  expect(held.map(isAllowed)).toEqual(held.map(() => true));
  expect(others.map(isAllowed)).toEqual(others.map(() => false));
});

test.each([
  ["true", undefined, true],
  ["TRUE", undefined, true],
  ["false", undefined, false],
  ["true", "a", false],
  ["false", "a", true],
  ["False", "a", true],
] as const)("Null %s for a key whose value is %s: allowed %s", (wanted, value, allowed) => {
  const policy = statements({ Condition: { Null: { "s3:prefix": wanted } } });
  expect(decide(policy, request({ contextKeys: { "s3:prefix": value } })).allowed).toBe(allowed);
});

test("all conditions of a statement have to be met, and a permission names them all", () => {
  const policy = statements({
    Condition: { StringLike: { "s3:prefix": ["a/*", "b/*"] }, Bool: { "aws:SecureTransport": "true" } },
  });
  const decisionOf = (prefix: string, tls: string) =>
    decide(policy, request({ contextKeys: { "s3:prefix": prefix, "aws:securetransport": tls } }));
  expect(decisionOf("a/1", "true")).toEqual({
    allowed: true,
    permissions: [
      {
        action: "dynamodb:GetItem",
        resource: table,
        when: "s3:prefix StringLike a/*, b/*; aws:SecureTransport Bool true",
      },
    ],
  });
  expect(decisionOf("a/1", "false").allowed).toBe(false);
  expect(decisionOf("c/1", "true").allowed).toBe(false);
});

test("a permission without conditions names none", () => {
  expect(decide(statements({}), request())).toEqual({
    allowed: true,
    permissions: [{ action: "dynamodb:GetItem", resource: table }],
  });
});

const several = (actual: readonly string[] | undefined) => request({ contextKeys: { "s3:prefix": actual } });

// IAM user guide, "Multivalued context keys": set operators, and what they say of a key that is not there.
test.each([
  ["ForAllValues:StringEquals", ["a", "b"], true],
  ["ForAllValues:StringEquals", ["a", "c"], false],
  ["ForAllValues:StringEquals", undefined, true],
  ["ForAnyValue:StringEquals", ["c", "b"], true],
  ["ForAnyValue:StringEquals", ["c"], false],
  ["ForAnyValue:StringEquals", undefined, false],
  ["ForAnyValue:StringEqualsIfExists", undefined, true],
  ["ForAllValues:StringNotEquals", ["c", "a"], false],
  ["ForAnyValue:StringNotEquals", ["c", "a"], true],
  ["ForAllValues:StringLike", ["a"], true],
] as const)("%s of a and b holds for the values %j: %s", (operator, actual, allowed) => {
  const policy = statements({ Condition: { [operator]: { "s3:prefix": ["a", "b"] } } });
  expect(decide(policy, several(actual)).allowed).toBe(allowed);
});

test.each([
  [[{}], undefined, true],
  [[{}], [{}], true],
  [[{}], [], false],
  [[], [{}], false],
  [[{}], [{ Action: "dynamodb:*", Resource: "*" }], true],
  [[{}], [{ Action: "dynamodb:PutItem" }], false],
  [[{}], [{}, { Effect: "Deny" }], false],
  [[{}, { Effect: "Deny" }], [{}], false],
  [[{}], [{ Condition: { Bool: { "aws:SecureTransport": "false" } } }], false],
])("policies %j within the boundary %j: allowed %s", (own, boundary, allowed) => {
  const rights = { statements: statements(...own), ...(boundary ? { boundary: statements(...boundary) } : {}) };
  expect(decideWithin(rights, request()).allowed).toBe(allowed);
});

test("a boundary only takes away: who has one may do what each of both allows", () => {
  fc.assert(
    fc.property(permissions, permissions, (granted, limits) => {
      const rights = { statements: statements(...granted.map(grant)), boundary: statements(...limits.map(grant)) };
      for (const one of [...granted, ...limits]) {
        const both = [rights.statements, rights.boundary].every((policy) => decide(policy, asked(one)).allowed);
        expect(decideWithin(rights, asked(one)).allowed).toBe(both);
      }
    }),
  );
});
