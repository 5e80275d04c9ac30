import fc from "fast-check";
import { policyDocument, type Statement } from "../../aws/policy";
import { readPolicyDocument } from "../../aws/policy-document";

const texts = fc.array(fc.string(), { minLength: 1 });
const principals = fc.constantFrom(
  "lambda.amazonaws.com",
  "arn:aws:iam::000000000000:root",
  "arn:aws:iam::1:oidc-provider/x",
);
const statements = fc.array(
  fc.record(
    {
      effect: fc.constantFrom("Allow", "Deny"),
      principals: fc.oneof(fc.constant("*" as const), fc.uniqueArray(principals, { minLength: 1 })),
      actions: texts,
      resources: texts,
      conditions: fc.dictionary(fc.constantFrom("ArnLike", "Bool"), fc.dictionary(fc.string(), texts)),
    },
    { requiredKeys: ["actions"] },
  ),
);

test("what constructs write is read as it was meant", () => {
  fc.assert(
    fc.property(statements, (written: Statement[]) => {
      const read = readPolicyDocument(policyDocument(written)).statements;
      expect(read).toHaveLength(written.length);
      for (const [at, { effect = "Allow", principals: named, actions, resources, conditions }] of written.entries()) {
        const statement = read[at];
        expect(statement).toMatchObject({ Effect: effect, Action: actions });
        expect(statement?.Resource).toEqual(resources);
        expect(statement?.Condition).toEqual(conditions);
        const { Principal } = statement ?? {};
        const names = Principal === undefined || Principal === "*" ? Principal : Object.values(Principal).flat().sort();
        expect(names).toEqual(Array.isArray(named) ? [...named].sort() : named);
      }
    }),
  );
});

const read = (document: unknown) => readPolicyDocument(JSON.stringify(document)).statements;
const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

test("a single statement and single values are lists of one, numbers and booleans their text", () => {
  const Condition = { Bool: { "aws:SecureTransport": false }, NumericLessThan: { "s3:max-keys": [10] } };
  expect(read({ Statement: { ...statement, Principal: { Service: "sns.amazonaws.com" }, Condition } })).toEqual([
    {
      Effect: "Allow",
      Principal: { Service: ["sns.amazonaws.com"] },
      Action: ["s3:GetObject"],
      Resource: ["*"],
      Condition: { Bool: { "aws:SecureTransport": ["false"] }, NumericLessThan: { "s3:max-keys": ["10"] } },
    },
  ]);
});

test.each<[unknown, string]>([
  ["text", "must be an object"],
  [[statement], "must be an object"],
  [{}, "Statement must contain objects"],
  [{ Statement: [statement, "*"] }, "Statement must contain objects"],
  [{ Statement: [], Action: "*" }, "element Action is not known"],
  [{ Statement: { ...statement, action: "*" } }, "element action is not known"],
  [{ Statement: { ...statement, constructor: "*" } }, "element constructor is not known"],
  [{ Statement: { ...statement, Effect: undefined } }, "Effect must be Allow or Deny, got undefined"],
  [{ Statement: { ...statement, Action: [] } }, "Action must not be empty"],
  [{ Statement: { ...statement, Resource: [{}] } }, "Resource must be text or a list of texts"],
  [{ Statement: { ...statement, Principal: "everybody" } }, "Principal must be * or an object"],
  [{ Statement: { ...statement, NotPrincipal: {} } }, "NotPrincipal must not be empty"],
  [{ Statement: { ...statement, Principal: { AWS: [] } } }, "Principal AWS must not be empty"],
  [{ Statement: { ...statement, Condition: "x" } }, "Condition must be an object"],
  [{ Statement: { ...statement, Condition: { Bool: ["x"] } } }, "Condition Bool must be an object"],
  [
    { Statement: { ...statement, Condition: { Bool: { k: null } } } },
    "Condition Bool k must be text or a list of texts",
  ],
])("%j is no policy document", (document, message) => {
  expect(() => read(document)).toThrow(message);
});

test("text that is no JSON is no policy document", () => {
  expect(() => readPolicyDocument("{")).toThrow(/JSON/);
});
