import { readPolicy } from "../../../local/iam/policy";
import { rolesOf } from "../../../local/iam/roles";
import { graphOf } from "../support/stack-file";

const statement = { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] };
const read = (changes: object, document: object = {}) =>
  readPolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, ...changes }], ...document }),
    "role.x",
  );

test("a statement is read with single values and lists alike", () => {
  expect(read({ Action: "s3:GetObject", Condition: { Bool: { "aws:SecureTransport": "true" } } })).toEqual([
    {
      effect: "Allow",
      actions: ["s3:GetObject"],
      resources: ["arn:aws:s3:::b/*"],
      conditions: [{ operator: "Bool", key: "aws:SecureTransport", values: ["true"] }],
    },
  ]);
});

test.each([
  [{ NotAction: "s3:*" }, "Action and NotAction exclude each other"],
  [{ NotResource: "*" }, "Resource and NotResource exclude each other"],
  [{ Sid: 1 }, "Sid must be text"],
  [{ Principal: "*" }, "element Principal is not known"],
  [{ Effect: "allow" }, "Effect must be Allow or Deny, got allow"],
  [{ Action: [] }, "Action must not be empty"],
  [{ Action: "GetObject" }, "Action GetObject is no action"],
  [{ Resource: "my-bucket" }, "Resource my-bucket is no ARN"],
  [{ Resource: "arn:aws:s3:::${aws:username}" }, "Resource: policy variable arn:aws:s3:::${aws:username} is not known"],
  [
    { Condition: { StringLike: { "s3:prefix": ["a", "${aws:username}/*"] } } },
    "Condition StringLike s3:prefix: policy variable ${aws:username}/* is not known",
  ],
  [{ Condition: { DateLessThan: { "aws:CurrentTime": "x" } } }, "condition operator DateLessThan is not known"],
  [
    { Condition: { "ForMostValues:StringEquals": { "aws:SourceArn": "x" } } },
    "condition operator ForMostValues:StringEquals is not known",
  ],
  [{ Condition: { constructor: { "aws:SourceArn": "x" } } }, "condition operator constructor is not known"],
  [{ Condition: { StringEquals: { "aws:username": "x" } } }, "condition key aws:username is not known"],
  [{ Condition: { StringEquals: { "s3:TlsVersion": "x" } } }, "condition key s3:TlsVersion is not known"],
])("%j is refused, never an allow", (changes, message) => {
  expect(() => read(changes)).toThrow(`role.x: policy: ${message}`);
});

test.each([
  [{ Version: "2008-10-17" }, "Version must be 2012-10-17, got 2008-10-17"],
  [{ Something: 1 }, "element Something is not known"],
  [{ Statement: "all" }, "Statement must contain objects"],
])("a document with %j is refused", (document, message) => {
  expect(() => read({}, document)).toThrow(message);
});

const role = (attributes: object = {}) => ({ aws_iam_role: { r: { name: "r", ...attributes } } });
const inline = {
  aws_iam_role_policy: { p: { role: "r", policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }) } },
};

test("a role has the statements of its own policies and of those attached to it", () => {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, Effect: "Deny" }] });
  const roles = rolesOf(
    graphOf({
      ...role(),
      ...inline,
      aws_iam_policy: { q: { name: "q", policy } },
      aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: "${aws_iam_policy.q.arn}" } },
    }),
  );
  expect(roles.get("arn:aws:iam::000000000000:role/r")?.statements.map(({ effect }) => effect)).toEqual([
    "Allow",
    "Deny",
  ]);
});

test.each([
  [
    { managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
    {},
    "aws_iam_role.r: managed_policy_arns arn:aws:iam::aws:policy/AdministratorAccess is neither in the stack nor known here",
  ],
  [
    { permissions_boundary: "arn:aws:iam::1:policy/b" },
    {},
    "aws_iam_role.r: permissions_boundary arn:aws:iam::1:policy/b is neither in the stack nor known here",
  ],
  [
    {},
    { aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: "arn:aws:iam::aws:policy/X" } } },
    "policy_arn arn:aws:iam::aws:policy/X is neither in the stack nor known here, so it can't be evaluated",
  ],
])("rights that come from elsewhere are refused: %j %j", (attributes, more, message) => {
  expect(() => rolesOf(graphOf({ ...role(attributes), ...inline, ...more }))).toThrow(message);
});

test("policies that AWS keeps and blocks in the role itself are the role's own, too", () => {
  const keeps = "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole";
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
  });
  const beside = { aws_iam_role_policy_attachment: { a: { role: "r", policy_arn: keeps } } };
  const actions = (attributes: object, more: object = {}) =>
    [...rolesOf(graphOf({ ...role(attributes), ...more })).values()].flatMap(({ statements }) =>
      statements.flatMap((statement) => statement.actions),
    );
  expect(actions({ inline_policy: { name: "reads", policy } })).toEqual(["s3:GetObject"]);
  expect(actions({ managed_policy_arns: [keeps] })).toEqual(actions({}, beside));
  expect(actions({}, beside)).toEqual(expect.arrayContaining(["sqs:ReceiveMessage", "sqs:DeleteMessage"]));
});

test("of several roles each has its own policies and attachments alone", () => {
  const allowing = (Action: string) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource: "*" } });
  const attached = (role: string) => ({ role, policy_arn: `\${aws_iam_policy.${role}.arn}` });
  const roles = rolesOf(
    graphOf({
      aws_iam_role: { a: { name: "a" }, b: { name: "b" }, c: { name: "c" } },
      aws_iam_role_policy: {
        a: { role: "a", policy: allowing("s3:GetObject") },
        b: { role: "b", policy: allowing("s3:PutObject") },
      },
      aws_iam_policy: {
        a: { name: "a", policy: allowing("sns:Publish") },
        b: { name: "b", policy: allowing("sqs:SendMessage") },
      },
      aws_iam_role_policy_attachment: { a: attached("a"), b: attached("b") },
    }),
  );
  const actionsOf = (name: string) =>
    roles.get(`arn:aws:iam::000000000000:role/${name}`)?.statements.flatMap(({ actions }) => actions);
  expect(["a", "b", "c"].map(actionsOf)).toEqual([
    ["s3:GetObject", "sns:Publish"],
    ["s3:PutObject", "sqs:SendMessage"],
    [],
  ]);
});
