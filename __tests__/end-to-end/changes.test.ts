// Stands on: records
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackJson } from "../../stack-json/document";
import { compare } from "../../tools/changes/compare";
import { edited, type Place } from "../support/edited";
import { synthesizedAlone } from "../support/synthesized";

const folder = synthesizedAlone("records");
const stack: StackJson = JSON.parse(readFileSync(join(folder, "stacks/records-dev/cdk.tf.json"), "utf8"));

const edit = (place: Place, change: (value: never) => unknown, of = stack): StackJson =>
  edited(of as Parameters<typeof edited>[0], place, change as Parameters<typeof edited>[2]) as StackJson;

const reported = (after: StackJson) => compare(new Map([["records-dev", stack]]), new Map([["records-dev", after]]));
const texts = (after: StackJson) => reported(after).map(({ text }) => text);

/** Writes a stack as a synth does, and runs the command. */
function run(after: StackJson, ...options: string[]) {
  const out = mkdtempSync(join(tmpdir(), "terrace-changes-"));
  mkdirSync(join(out, "stacks/records-dev"), { recursive: true });
  writeFileSync(join(out, "stacks/records-dev/cdk.tf.json"), JSON.stringify(after));
  copyFileSync(join(folder, "stacks/records-dev/versions.tf"), join(out, "stacks/records-dev/versions.tf"));
  return command(...options, folder, out);
}

function command(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["run.js", "tools/changes.ts", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const smallerTable = () => edit(["resource", "aws_dynamodb_table", "records", "name"], () => "other");

it("lets no argument of any type of resource go without a word", () => {
  const silent = Object.entries(stack.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named)
      .slice(0, 1)
      .flatMap(([name, { "//": _, depends_on, lifecycle, ...args }]) =>
        Object.keys(args)
          .filter((argument) => reported(edit(["resource", type, name, argument], () => undefined)).length === 0)
          .map((argument) => `${type}.${name}.${argument}`),
      ),
  );

  expect(silent).toEqual([]);
});

it("says where to read how state goes into Terraform Cloud, which Terraform's usual way does not take", () => {
  const inCloud = edit(["terraform"], ({ backend: _, ...others }: Record<string, unknown>) => ({
    ...others,
    cloud: { organization: "example" },
  }));

  expect(texts(inCloud).join("\n")).toMatch(
    /^state is kept otherwise .*: move it as docs\/state\.md says, or everything/m,
  );
});

it("says of anything that goes to another region that it is replaced", () => {
  const moved = edit(["resource", "aws_sns_topic", "alarms_topic_CB6504A9", "region"], () => "eu-west-1");

  expect(texts(moved)).toContain("topic alarms/topic is replaced, because region changes");
});

it("names each resource that goes, and calls it a risk where it stores data", () => {
  const holders = /^aws_(dynamodb_table|s3_bucket|ssm_parameter|cloudwatch_log_group)$/;
  for (const [type, named] of Object.entries(stack.resource ?? {})) {
    for (const [name, args] of Object.entries(named)) {
      const path = (args["//"] as { metadata: { path: string } }).metadata.path.replace(/^[^/]*\/|\/Default$/g, "");
      const { [name]: __, ...others } = named;
      const changes = reported({ ...stack, resource: { ...stack.resource, [type]: others } });
      const of = changes.filter(({ text }) => text.includes(path) || type === "aws_iam_role_policy");

      expect([path, of.length > 0 || type === "aws_lambda_permission"]).toEqual([path, true]);
      if (holders.test(type)) expect(of.map(({ severity }) => severity)).toContain("risk");
    }
  }
});

it("follows a replacement to all that refers to it", () => {
  const changes = texts(edit(["resource", "aws_vpc", "network", "cidr_block"], () => "10.99.0.0/16"));

  expect(changes).toContain("VPC network is replaced, because cidr_block changes");
  expect(changes).toContain("subnet network/subnets/private-a is replaced, because VPC network is");
  expect(changes).toContain("route table network/subnets/private-a-routes is replaced, because VPC network is");
  expect(changes.filter((text) => /^function /.test(text))).toEqual([]);
});

it("takes a moved resource for the one that it was", () => {
  const { records } = stack.resource?.["aws_dynamodb_table"] ?? {};
  const renamed = edit(["resource", "aws_dynamodb_table"], () => ({ batches: records }));
  const moved = [{ from: "aws_dynamodb_table.records", to: "aws_dynamodb_table.batches" }];

  expect(texts(renamed)).toContain("DynamoDB table records is destroyed: its items are lost");
  expect(texts({ ...renamed, moved }).filter((text) => text.includes("destroyed"))).toEqual([]);
});

it("reports a stack that comes and one that goes", () => {
  const known = new Map([["records-dev", stack]]);

  expect(compare(new Map(), known).map(({ text }) => text)).toEqual([
    "TF_VAR_records_cursor_secret has to be set to plan and deploy",
    expect.stringMatching(/^the stack is new: \d+ resources, \$\d+\.\d\d a month while idle/),
  ]);
  expect(compare(known, new Map())).toMatchObject([
    {
      severity: "risk",
      text: expect.stringMatching(
        /it stores data in DynamoDB table records, bucket logs, parameter cursor-secret, parameter rollout\/serving$/,
      ),
    },
  ]);
});

it.each<[string, number, () => StackJson]>([
  ["0 when nothing changes", 0, () => stack],
  ["0 where there is no risk", 0, () => edit(["resource", "aws_lambda_function", "get-record", "timeout"], () => 9)],
  ["2 when data is lost", 2, smallerTable],
])("ends with %s", (_, status, after) => {
  expect(run(after())).toMatchObject({ status, stderr: "" });
});

it("speaks to people in words and to programs in JSON", () => {
  expect(run(stack).stdout).toBe("No changes in records-dev.\n");
  expect(run(smallerTable()).stdout).toContain("**records-dev**\n- DynamoDB table records is replaced by an empty one");
  expect(JSON.parse(run(smallerTable(), "--json").stdout)[0]).toEqual({
    stack: "records-dev",
    severity: "risk",
    about: "data",
    text: "DynamoDB table records is replaced by an empty one, because name changes: its items are lost",
  });
});

it("compares the stack that is named, in the environment of its name, and never says of nothing that nothing changes", () => {
  const empty = mkdtempSync(join(tmpdir(), "terrace-changes-"));
  mkdirSync(join(empty, "stacks"));

  expect(command("--stack", "records-dev", folder, folder).stdout).toBe("No changes in records-dev.\n");
  expect(command("--stack", "records-prod", folder, folder)).toEqual({
    status: 1,
    stdout: "",
    stderr: `there is no stack records-prod in ${folder} or ${folder}: nothing was compared\n`,
  });
  expect(command(empty, empty)).toMatchObject({ status: 1, stderr: expect.stringContaining("nothing was compared") });
  expect(command("--stack", "records", folder)).toMatchObject({
    status: 1,
    stderr: "stack: must be <system>-<environment> like records-prod, got records; name one\n",
  });
});

it.each([
  ["nothing to compare", [], "npm run changes -- "],
  ["an option that there is not", ["--jsn", "main"], "Unknown option '--jsn'"],
  [
    "a commit that there is not",
    ["no-such-commit"],
    "no-such-commit must be a folder that was synthesized to, like cdktf.out, or a git commit; it is neither",
  ],
])("ends with 1 for %s", (_, args, words) => {
  const { status, stderr } = command(...args);

  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(words) });
});
