import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  arnOf,
  arnParts,
  functionArn,
  invocationUri,
  invokedBy,
  lastArnIn,
  parseArn,
  parseFunctionName,
  sessionArn,
  unqualifiedArn,
} from "../../aws/arn";

const place = { region: "eu-west-1", accountId: "123456789012" };
const part = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const resource = fc.stringMatching(/^[a-z0-9:/*-]{1,20}$/);

test("an ARN that was put together comes apart into the same parts, colons of the resource included", () => {
  fc.assert(
    fc.property(part, fc.option(part), fc.option(part), resource, (service, region, accountId, name) => {
      const where = { ...(region ? { region } : {}), ...(accountId ? { accountId } : {}) };
      expect(parseArn(arnOf(service, name, where))).toEqual({
        partition: "aws",
        service,
        region: region ?? "",
        accountId: accountId ?? "",
        resource: name,
      });
      expect(arnParts(arnOf(service, name, where)).at(-1)).toBe(name);
    }),
  );
});

test.each(["records", "", "arn", "arn:aws:s3", "arn:aws:s3::", "urn:aws:s3:::bucket", "constructor"])(
  "%p is no ARN",
  (text) => {
    expect(parseArn(text)).toBeUndefined();
  },
);

test.each([
  ["get-record", { name: "get-record" }],
  ["get-record:live", { name: "get-record", qualifier: "live" }],
  ["get-record:$LATEST", { name: "get-record", qualifier: "$LATEST" }],
  ["function:get-record", { name: "get-record" }],
  ["123456789012:function:get-record:3", { accountId: "123456789012", name: "get-record", qualifier: "3" }],
  ["arn:aws:lambda:eu-west-1:123456789012:function:get-record", { ...place, name: "get-record" }],
  [
    "arn:aws:lambda:eu-west-1:123456789012:function:get-record:live",
    { ...place, name: "get-record", qualifier: "live" },
  ],
])("Lambda's API takes %s as a function's name", (text, expected) => {
  expect(parseFunctionName(text)).toEqual(expected);
});

test("a function's ARN loses its version or alias and nothing else", () => {
  expect(unqualifiedArn(functionArn("get-record", place, "live"))).toBe(functionArn("get-record", place));
  expect(unqualifiedArn(functionArn("get-record", place))).toBe(functionArn("get-record", place));
});

test("an integration's URI names the function that it was made for, and any other names none", () => {
  const target = functionArn("get-record", place, "live");
  expect(invokedBy(invocationUri("eu-west-1", target))).toBe(target);
  expect(lastArnIn(`"uri":"${invocationUri("eu-west-1", target)}"`)?.resource).toBe(
    "function:get-record:live/invocations",
  );
  for (const uri of ["", target, "arn:aws:apigateway:eu-west-1:s3:path/bucket", invocationUri("eu-west-1", "")])
    expect(invokedBy(uri)).toBeUndefined();
});

test("a role that somebody has taken on is named by STS, with the session", () => {
  expect(sessionArn("arn:aws:iam::123456789012:role/path/get-record", "session")).toBe(
    "arn:aws:sts::123456789012:assumed-role/path/get-record/session",
  );
});

test("nothing else in the sources puts an ARN together or takes one apart by its colons", () => {
  const root = join(__dirname, "..", "..");
  const folders = ["aws", "constructs", "contracts", "handlers", "lib", "local", "stack-json", "stacks", "tools"];
  const files = execFileSync("git", ["ls-files", ...folders], { cwd: root, encoding: "utf8" })
    .trim()
    .split("\n");
  // What a policy may name as a principal is a pattern of its own.
  const others = files.filter((file) => !["aws/arn.ts", "local/iam/principals.ts"].includes(file));
  const spelled = others.filter((file) => {
    const code = readFileSync(join(root, file), "utf8").replace(/^\s*(\*|\/\/|\/\*\*).*$/gm, "");
    return /arn:(aws|\[\^:)|[aA]rn\w*\)?\.split\(/.test(code);
  });
  expect(spelled).toEqual([]);
});
