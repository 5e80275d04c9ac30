import { readPolicy } from "../../../local/iam/policy";
import { graphOf } from "../support/stack-file";

/** The result of a data source `p` of these arguments, beside others. */
function made(p: object, others: object = {}, attribute = "json"): string {
  const table = { aws_dynamodb_table: { things: { name: "things" } } };
  const parameter = {
    aws_ssm_parameter: { it: { name: "it", value: `\${data.aws_iam_policy_document.p.${attribute}}` } },
  };
  const graph = graphOf({ ...table, ...parameter }, { data: { aws_iam_policy_document: { p, ...others } } });
  return graph.all("aws_ssm_parameter")[0]!.text("value");
}

const document = (...args: Parameters<typeof made>): unknown => JSON.parse(made(...args));

test("statements become a policy of the version of today, of which one of a list stands alone", () => {
  const statement = [
    { actions: ["dynamodb:GetItem"], resources: ["${aws_dynamodb_table.things.arn}"] },
    { sid: "No", effect: "Deny", not_actions: ["s3:GetObject", "s3:PutObject"], not_resources: ["a", "b"] },
  ];
  expect(document({ statement })).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "dynamodb:GetItem",
        Resource: "arn:aws:dynamodb:us-east-1:000000000000:table/things",
      },
      { Sid: "No", Effect: "Deny", NotAction: ["s3:GetObject", "s3:PutObject"], NotResource: ["a", "b"] },
    ],
  });
});

test("a statement may stand alone, and so may each of its blocks", () => {
  const statement = {
    actions: ["sts:AssumeRole"],
    principals: { type: "Service", identifiers: ["lambda.amazonaws.com"] },
    condition: { test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] },
  };
  expect(document({ statement })).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "lambda.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "1" } },
      },
    ],
  });
});

test("principals of a type and conditions of a test and variable are together, and everybody is a star", () => {
  const principals = [
    { type: "AWS", identifiers: ["1"] },
    { type: "AWS", identifiers: ["2", "3"] },
    { type: "Service", identifiers: ["s"] },
  ];
  const condition = [
    { test: "StringLike", variable: "a", values: ["x"] },
    { test: "StringLike", variable: "a", values: ["y"] },
    { test: "StringLike", variable: "b", values: ["&{aws:username}/*"] },
  ];
  const statement = [
    { actions: ["a:B"], principals, condition },
    { actions: ["a:B"], principals: [{ type: "*", identifiers: ["*"] }] },
    { actions: ["a:B"], not_principals: [{ type: "AWS", identifiers: ["*"] }] },
  ];
  expect(document({ statement })).toMatchObject({
    Statement: [
      {
        Principal: { AWS: ["1", "2", "3"], Service: "s" },
        Condition: { StringLike: { a: ["x", "y"], b: "${aws:username}/*" } },
      },
      { Principal: "*" },
      { NotPrincipal: { AWS: "*" } },
    ],
  });
});

test("sources come first, overrides last, and each replaces what goes by its name", () => {
  const named = (sid: string, action: string) => ({
    statement: [{ sid, actions: [action] }, { actions: [`${action}2`] }],
  });
  const text = (name: string) => `\${data.aws_iam_policy_document.${name}.json}`;
  const p = {
    ...{ policy_id: "own", source_policy_documents: [text("first"), text("second")] },
    ...{ statement: [{ sid: "b", actions: ["own:B"] }], override_policy_documents: [text("last")] },
  };
  const others = { first: named("a", "first:A"), second: named("b", "second:B"), last: named("a", "last:A") };
  expect(document(p, others)).toEqual({
    Version: "2012-10-17",
    Id: "own",
    Statement: [
      { Sid: "a", Effect: "Allow", Action: "last:A" },
      { Effect: "Allow", Action: "first:A2" },
      { Sid: "b", Effect: "Allow", Action: "own:B" },
      { Effect: "Allow", Action: "second:B2" },
      { Effect: "Allow", Action: "last:A2" },
    ],
  });
});

test("a newer version and another's id win, whoever has them", () => {
  const source = JSON.stringify({ Version: "2008-10-17", Id: "source", Statement: { Effect: "Deny", Action: "*" } });
  expect(document({ source_policy_documents: [source] })).toEqual({
    Version: "2012-10-17",
    Id: "source",
    Statement: [{ Effect: "Deny", Action: "*" }],
  });
});

test("it is text with lines, or without, and a policy that the evaluator reads", () => {
  const statement = { actions: ["a:B", "a:C"], resources: ["*"] };
  const [text, minified] = [made({ statement }), made({ statement }, {}, "minified_json")];
  expect([text.includes("\n  "), minified.includes("\n"), JSON.parse(text)]).toEqual([
    true,
    false,
    JSON.parse(minified),
  ]);
  expect(readPolicy(text, "p")).toEqual(readPolicy(minified, "p"));
  expect(document({})).toEqual({ Version: "2012-10-17" });
});

const place = "data.aws_iam_policy_document.p";

test.each([
  [{ statement: { action: ["a"] } }, `${place}: statement[0]: action is not emulated here`],
  [{ statement: { dynamic: {} } }, `${place}: statement[0]: dynamic is not emulated here`],
  [{ for_each: ["a"] }, `${place}: for_each is not emulated here`],
  [{ count: 2 }, `${place}: count is not emulated here`],
  [{ statement: "x" }, `${place}: statement must be a block`],
  [{ statement: [{ sid: "a" }, { sid: "a" }] }, `${place}: sid a stands twice; take one away, or rename it`],
  [
    { statement: { principals: { identifiers: ["x"] } } },
    `${place}: statement[0]: principals[0]: type must be a string`,
  ],
  [{ statement: { condition: { test: "x" } } }, `${place}: statement[0]: condition[0]: variable must be a string`],
  [{ source_policy_documents: ["{"] }, `${place}: source_policy_documents[0] must be JSON`],
  [{ override_policy_documents: ["[]"] }, `${place}: override_policy_documents[0] must be a policy`],
  [{ statement: { actions: ["${jsonencode(1)}"] } }, `${place}: statement`],
  [{ source_policy_documents: ["${data.aws_iam_policy_document.p.json}"] }, `${place} depends on itself`],
])("%j is refused: %s", (p, message) => {
  expect(() => made(p)).toThrow(message);
});
