import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackJson } from "../../stack-json/document";
import { Account } from "../../tools/acceptance/account/account";
import { type CheckResult, runChecks } from "../../tools/acceptance/account/checks";
import { goodAccount, type StandInAccount, startAccount } from "../support/account";

const ids: Readonly<Record<string, string>> = {
  "aws_acm_certificate.one": "arn:aws:acm:us-east-1:000000000000:certificate/c1",
  "aws_api_gateway_rest_api.one": "api1",
  "aws_cloudfront_distribution.one": "E1",
  "aws_kms_key.one": "key1",
  "aws_vpc.one": "vpc-1",
};
const tags = { System: "records", Environment: "dev" };
const json: StackJson = {
  provider: { aws: [{ region: "us-west-2", allowed_account_ids: ["000000000000"], default_tags: [{ tags }] }] },
  resource: Object.fromEntries(Object.keys(ids).map((address) => [address.slice(0, -".one".length), { one: {} }])),
};

const folder = mkdtempSync(join(tmpdir(), "tag-conditions-"));
const calls = join(folder, "calls");

/**
 * AWS's command line, with an IAM behind it that goes by the session's policy: which of its actions there are for the service, and
 * whether what its condition asks of the tag is so. `deaf` services never ask about tags, `mute` ones give IAM none.
 */
function installCli({
  deaf = "",
  mute = "",
  broken = "",
}: {
  deaf?: string;
  mute?: string;
  broken?: string;
} = {}): void {
  writeFileSync(
    join(folder, "aws"),
    `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const args = process.argv.slice(2);
const [service] = args;
appendFileSync(${JSON.stringify(calls)}, args.join(" ") + "\\n");
const [{ Action, Condition }] = JSON.parse(Buffer.from(process.env.AWS_ACCESS_KEY_ID, "base64url").toString()).Statement;
const fail = (code) => { console.error("An error occurred (" + code + ") when calling the operation"); process.exit(254); };
if (service === ${JSON.stringify(broken)}) fail("ThrottlingException");
const [wanted] = Object.values(Condition.StringEquals);
const isRight = service === ${JSON.stringify(deaf)} || (wanted === "records" && service !== ${JSON.stringify(mute)});
if (!isRight || !Action.some((action) => action.startsWith(service + ":"))) fail(service === "ec2" ? "UnauthorizedOperation" : "AccessDenied");
if (args.includes("--dry-run")) fail("DryRunOperation");
`,
  );
  chmodSync(join(folder, "aws"), 0o755);
}

let account: StandInAccount;
const path = process.env["PATH"];
beforeAll(async () => {
  account = await startAccount(goodAccount({ accessLine: {}, measured: [] }));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: account.url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    PATH: `${folder}:${path}`,
  });
});
beforeEach(() => writeFileSync(calls, ""));
afterAll(async () => {
  process.env["PATH"] = path;
  await account.stop();
  rmSync(folder, { recursive: true });
});

async function result(changes: { json?: StackJson; role?: string | undefined } = {}): Promise<CheckResult | undefined> {
  const deployed = {
    ...{ stack: "records-dev", json, outputs: { resources: ids }, behaviours: [], since: new Date(0) },
    account: new Account("us-west-2", { seconds: 1, everySeconds: 1 }),
    address: { name: "dev", url: "", key: "" },
    refused: { method: "GET", path: "/" } as const,
    role: "arn:aws:iam::000000000000:role/people",
    ...changes,
  };
  const [only] = await runChecks(deployed, () => undefined, ["tag-conditions"]);
  return only;
}

it("passes where the stack's own tags allow and another's do not; changes nothing: reads, dry runs, tags that are there", async () => {
  installCli();

  expect(await result()).toMatchObject({
    result: "passed",
    words: expect.stringMatching(/^acm, apigateway, cloudfront, ec2, kms: /),
  });
  const made = [...new Set(readFileSync(calls, "utf8").trim().split("\n"))].sort();

  expect(made).toEqual([
    "acm add-tags-to-certificate --certificate-arn arn:aws:acm:us-east-1:000000000000:certificate/c1 --tags Key=System,Value=records Key=Environment,Value=dev --region us-east-1",
    "acm describe-certificate --certificate-arn arn:aws:acm:us-east-1:000000000000:certificate/c1 --region us-east-1",
    "apigateway get-rest-api --rest-api-id api1 --region us-west-2",
    'apigateway tag-resource --resource-arn arn:aws:apigateway:us-west-2::/restapis/api1 --tags {"System":"records","Environment":"dev"} --region us-west-2',
    "cloudfront get-distribution --id E1 --region us-west-2",
    'cloudfront tag-resource --resource arn:aws:cloudfront::000000000000:distribution/E1 --tags {"Items":[{"Key":"System","Value":"records"},{"Key":"Environment","Value":"dev"}]} --region us-west-2',
    "ec2 create-vpc --dry-run --cidr-block 10.0.0.0/16 --tag-specifications ResourceType=vpc,Tags=[{Key=System,Value=records},{Key=Environment,Value=dev}] --region us-west-2",
    "ec2 delete-vpc --dry-run --vpc-id vpc-1 --region us-west-2",
    "kms describe-key --key-id key1 --region us-west-2",
    "kms tag-resource --key-id key1 --tags TagKey=System,TagValue=records TagKey=Environment,TagValue=dev --region us-west-2",
  ]);
});

/** The stack with resources of one type alone. */
const only = (type: string): StackJson => ({ ...json, resource: { [type]: { one: {} } } });

it.each([
  ["acm", "aws_acm_certificate"],
  ["apigateway", "aws_api_gateway_rest_api"],
  ["cloudfront", "aws_cloudfront_distribution"],
  ["ec2", "aws_vpc"],
  ["kms", "aws_kms_key"],
])("fails where %s does not ask about tags, or gives IAM none", async (service, type) => {
  installCli({ deaf: service });
  expect(await result({ json: only(type) })).toEqual({
    name: "tag-conditions",
    result: "failed",
    words: `conditions on tags must decide: ${service} allows another's aws:ResourceTag; ${service} allows another's aws:RequestTag`,
  });
  installCli({ mute: service });
  expect(await result({ json: only(type) })).toMatchObject({
    result: "failed",
    words: `conditions on tags must decide: ${service} refuses the stack's own aws:ResourceTag; ${service} refuses the stack's own aws:RequestTag`,
  });
});

it("does not take another failure for a refusal", async () => {
  installCli({ broken: "kms" });

  expect(await result({ json: only("aws_kms_key") })).toMatchObject({
    result: "failed",
    words: "aws kms describe-key failed: An error occurred (ThrottlingException) when calling the operation",
  });
});

it.each([
  ["nobody names a role", { role: undefined }, "no role to narrow: --role names one that these credentials may assume"],
  [
    "the system has no such resources",
    { json: { ...json, resource: {} } },
    "resources to which rights are narrowed by their tags: this system has none",
  ],
])("is not tried where %s", async (_, changes, words) => {
  installCli();

  expect(await result(changes)).toEqual({ name: "tag-conditions", result: "not tried", words });
  expect(readFileSync(calls, "utf8")).toBe("");
});
