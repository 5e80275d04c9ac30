// Stands on: records
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type Operator, releasedState, startOperator } from "../../support/pages/operator";
import { type Elsewhere, walk } from "../../support/pages/walk";

jest.setTimeout(300_000);

let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
  await operator.shell.run("export TF_VAR_records_cursor_secret=only-for-a-trial");
});
afterAll(() => operator.stop());

const bucket = "terrace-state-000000000000-us-east-1";
const state = `${bucket}/records-dev/terraform.tfstate`;
/** Whether the state of records-dev has a resource. */
const isInState = (type: string, name: string): boolean => {
  const resources = (operator.kept("records-dev")?.["resources"] ?? []) as { type: string; name: string }[];
  return resources.some((resource) => resource.type === type && resource.name === name);
};

const by = (script: string, command: string, words: string): Elsewhere => ({ command, by: `.ci/${script}`, words });

walk(
  "docs/first-deployment.md",
  () => operator.shell,
  [
    {
      command: "aws sts get-caller-identity",
      fault: "which account the credentials are of",
      needs: "aws",
      before: async () => void (await operator.shell.run("export AWS_DEFAULT_REGION=us-east-1")),
      shows: /"Account": "000000000000"/,
    },
    {
      command:
        "aws sns list-subscriptions --region us-east-1 --query 'Subscriptions[].[TopicArn,Endpoint,SubscriptionArn]' --output text",
      fault: "somebody has not confirmed, and gets no alarm",
      needs: "aws",
      before: () => {
        const topic = "arn:aws:sns:us-east-1:000000000000:records-prod-alarms-topic";
        operator.account.subscriptions.push(
          { topic, endpoint: "ada@example.com", arn: `${topic}:5b7a` },
          { topic, endpoint: "bob@example.com", arn: undefined },
        );
      },
      shows: /bob@example.com\s+PendingConfirmation/,
    },
    {
      command: 'export TF_VAR_records_cursor_secret="$(openssl rand -base64 48)"',
      fault: "the secret has no value yet",
      leaves: async () =>
        expect((await operator.shell.run("printenv TF_VAR_records_cursor_secret")).printed).toMatch(/^[\w+/]{64}$/m),
    },
    {
      command: "npm run deploy -- records-prod",
      fault: "prod is as it was released",
      typed: "yes\n",
      needs: "terraform",
      before: async () => {
        await operator.keep("records-prod", releasedState("records-prod"));
        const operations = ["create-record", "delete-record", "get-record", "list-records", "replace-record"];
        for (const name of operations) operator.account.functions.set(`records-prod-${name}`, { live: "0" });
        operator.account.parameters.set("/records/prod/serving", [{ value: "{}", since: new Date() }]);
      },
      shows: /the newest versions serve/,
    },
    {
      command: "npm run terraform -- records-dev output",
      fault: "where the API is, and which id its key has",
      needs: "terraform",
      before: () => operator.keep("records-dev", releasedState("records-dev")),
      shows: /api_key_id = ".*api_url = "/s,
    },
    {
      command:
        "aws apigateway get-api-key --region us-east-1 --include-value --api-key <api_key_id> --query value --output text",
      fault: "nobody knows the key",
      filled: { "<api_key_id>": "key1" },
      needs: "aws",
      before: () => {
        operator.account.apiKeys.push({
          id: "key1",
          name: "records-dev-usage-plan-key",
          value: "the-key",
          enabled: true,
        });
      },
      shows: /^the-key$/m,
    },
    {
      command: "npm run changes -- main",
      fault: "what a change does",
      before: () => {
        operator.project.edit("environments/dev.ts", (text) =>
          text.replace("logRetentionDays: 7", "logRetentionDays: 14"),
        );
      },
      shows: /14/,
    },
  ],
  [
    by(
      "terraform-account",
      "ACCOUNT_STATE=local npx cdktf deploy account-dev",
      "ACCOUNT_STATE=local node run.js main.ts",
    ),
    by(
      "terraform-account",
      "npm run -s synth && terraform -chdir=cdktf.out/stacks/account-dev init -migrate-state -force-copy",
      'init "$stack" -migrate-state -force-copy',
    ),
    by("terraform-account", "npx cdktf diff account-dev", 'tf "$stack" plan -input=false -detailed-exitcode'),
    by("terraform-first-deployment", "npx cdktf deploy records-dev", "cdktf deploy records-dev"),
    by("terraform-first-deployment", "npx cdktf diff records-dev", "cdktf diff records-dev"),
    by("terraform-first-deployment", "npx cdktf destroy records-dev", "cdktf destroy records-dev"),
    {
      command: "npm run acceptance -- records --environment dev",
      by: "__tests__/end-to-end/acceptance.test.ts",
      words: 'deployed(["records", "dev"]',
    },
    {
      command: "npm run logs -- records-dev --request <id>",
      by: "__tests__/end-to-end/pages/alarms.test.ts",
      words: "npm run logs -- records-prod --request",
    },
    by(
      "terraform-first-deployment",
      "npx cdktf deploy records-dev --outputs-file outputs.json",
      '--outputs-file "$work/outputs.json"',
    ),
  ],
);

walk(
  "docs/runbooks/deployment-faults.md",
  () => operator.shell,
  [
    {
      command: "npm run terraform -- <stack> force-unlock <ID>",
      fault: "an apply was killed, and its lock stays",
      filled: { "<stack>": "records-dev", "<ID>": "8b0f5b6c-1c7e-4f0a-9d7a-2f3c1a9e5b44" },
      typed: "yes\n",
      needs: "terraform",
      before: async () => {
        await operator.keep("records-dev", releasedState("records-dev"));
        const credentials = { accessKeyId: "test", secretAccessKey: "test" };
        const client = new DynamoDBClient({ endpoint: operator.account.url, region: "us-east-1", credentials });
        const Info = JSON.stringify({ ID: "8b0f5b6c-1c7e-4f0a-9d7a-2f3c1a9e5b44", Who: "ada@laptop", Path: state });
        const Item = { LockID: state, Info };
        await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: "terrace-state-lock", Item }));
        client.destroy();
        const locked = await operator.shell.run("npm run terraform -- records-dev plan");
        expect(locked.printed).toContain("Error acquiring the state lock");
      },
      shows: /successfully unlocked/,
    },
    {
      command: "npm run terraform -- records-dev import aws_dynamodb_table.records records-dev-records",
      fault: "a table was made that is in no state",
      needs: "terraform",
      before: async () =>
        void (await operator.shell.run("npm run terraform -- records-dev state rm aws_dynamodb_table.records")),
      shows: /Import successful/,
      leaves: () => expect(isInState("aws_dynamodb_table", "records")).toBe(true),
    },
    {
      command:
        "npm run terraform -- records-dev import aws_iam_role.create-record_role_F3240D03 <name of the role, from the console>",
      fault: "a role was made that is in no state",
      filled: { "<name of the role, from the console>": "records-dev-create-record" },
      needs: "terraform",
      before: async () =>
        void (await operator.shell.run(
          "npm run terraform -- records-dev state rm aws_iam_role.create-record_role_F3240D03",
        )),
      shows: /Import successful/,
      leaves: () => expect(isInState("aws_iam_role", "create-record_role_F3240D03")).toBe(true),
    },
    {
      command: "npm run terraform -- <stack> state push errored.tfstate",
      fault: "the last write of the state failed",
      filled: { "<stack>": "records-dev" },
      needs: "terraform",
      before: async () => {
        const errored = { ...releasedState("records-dev"), serial: 1000 };
        await operator.shell.run(`cat >cdktf.out/stacks/records-dev/errored.tfstate`, JSON.stringify(errored));
      },
      leaves: () => expect(operator.kept("records-dev")?.["serial"]).toBeGreaterThanOrEqual(1000),
    },
    {
      command: "aws s3api list-object-versions --bucket <bucket> --prefix <stack>/terraform.tfstate",
      fault: "somebody has copied over the state",
      filled: { "<bucket>": bucket, "<stack>": "records-qa" },
      needs: "aws",
      before: () => {
        const versions = ['{"serial":7}', '{"serial":71}'].map((text, index) => ({
          id: `v${index + 1}`,
          body: Buffer.from(text),
        }));
        operator.account.objects.set(`${bucket}/records-qa/terraform.tfstate`, versions);
      },
      shows: /"VersionId": "v2".*"VersionId": "v1"/s,
    },
    {
      command:
        "aws s3api get-object --bucket <bucket> --key <stack>/terraform.tfstate --version-id <id> state && openssl md5 state",
      fault: "which version the checksum is of",
      filled: { "<bucket>": bucket, "<stack>": "records-qa", "<id>": "v1" },
      needs: "aws",
      shows: /= 6e864c68a585eb0a16e41aaf37397b0c/,
      leaves: () => expect(readFileSync(join(operator.project.folder, "state"), "utf8")).toBe('{"serial":7}'),
    },
    {
      command: "aws s3 cp state s3://<bucket>/<stack>/terraform.tfstate",
      fault: "it is not what Terraform reads",
      filled: { "<bucket>": bucket, "<stack>": "records-qa" },
      needs: "aws",
      leaves: () => expect(operator.kept("records-qa")?.["serial"]).toBe(7),
    },
    {
      command: "aws deploy list-deployments --region <region> --include-only-statuses InProgress Queued Created Ready",
      fault: "a release was cut off, and goes on",
      filled: { "<region>": "us-east-1" },
      needs: "aws",
      before: () => {
        operator.account.deployments.set("d-open", "InProgress");
        operator.account.deployments.set("d-over", "Succeeded");
      },
      shows: /^(?!.*d-over).*"d-open"/s,
    },
    {
      command: "npm run release -- <stack>",
      fault: "one of the functions serves its old version still",
      filled: { "<stack>": "records-prod" },
      needs: "terraform",
      before: () => void operator.account.functions.set("records-prod-get-record", { live: "0" }),
      shows: /records-prod-get-record: 0 → .*the newest versions serve/s,
    },
    {
      command: "aws sts get-caller-identity",
      fault: "the credentials are another account's",
      needs: "aws",
      before: async () => void (await operator.shell.run("export AWS_ACCESS_KEY_ID=another")),
      shows: /"Account": "111122223333"/,
    },
  ],
  [
    by(
      "terraform-delivery",
      "AWS_PROFILE=<another> npx cdktf diff records-dev",
      "env AWS_ACCESS_KEY_ID=another .ci/plan-deployment dev",
    ),
  ],
);

walk("docs/runbooks/leave.md", () => operator.shell, [
  {
    command: "npm run -s terraform -- records-prod output -json resources",
    fault: "which id each resource has",
    needs: "terraform",
    before: async () => void (await operator.shell.run("export AWS_ACCESS_KEY_ID=test")),
    shows: /"aws_dynamodb_table\.records": ?"records-prod-records"/,
  },
  {
    command: "ENVIRONMENT=prod npm run synth",
    fault: "the JSON is to go on without this project",
    leaves: () => {
      const json = readFileSync(join(operator.project.folder, "cdktf.out/stacks/records-prod/cdk.tf.json"), "utf8");
      expect(JSON.parse(json).terraform.backend.s3.key).toBe("records-prod/terraform.tfstate");
    },
  },
  {
    command: "terraform plan -generate-config-out=generated.tf",
    fault: "resources are to stand in another configuration",
    needs: "terraform",
    before: async () => {
      const block = 'import {\n  to = aws_dynamodb_table.records\n  id = "records-prod-records"\n}\n';
      const provider = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n';
      await operator.shell.run('cd "$(mktemp -d)" && cat >main.tf', provider + block);
      expect((await operator.shell.run("terraform init")).printed).toContain("successfully initialized");
    },
    shows: /1 to import/,
    leaves: async () => {
      const { printed } = await operator.shell.run("cat generated.tf");
      expect(printed).toContain('resource "aws_dynamodb_table" "records" {');
    },
  },
]);

walk(
  "docs/state.md",
  () => operator.shell,
  [
    {
      command: "npm run synth",
      fault: "state is to go into another bucket",
      needs: "terraform",
      before: async () => {
        const afresh = "git checkout --quiet environments && rm -rf cdktf.out";
        await operator.shell.run(`cd "${operator.project.folder}" && ${afresh}`);
        operator.account.objects.delete(state);
        await operator.keep("records-dev", releasedState("records-dev"));
        const { status } = await operator.shell.run("npm run deploy -- records-dev --yes && rm -rf cdktf.out");
        expect(status).toBe(0);
      },
    },
    {
      command: "cd cdktf.out/stacks/records-dev && terraform init && cd -",
      fault: "Terraform has to know where it is",
      needs: "terraform",
      shows: /successfully initialized/,
    },
    {
      command: "cd cdktf.out/stacks/records-dev && terraform init -migrate-state && terraform plan",
      fault: "it is in the old place still",
      typed: "yes\n",
      needs: "terraform",
      before: async () => {
        operator.project.edit("environments/dev.ts", (text) =>
          text.replace(/^ {2}state: .*$/m, '  state: { s3: { bucket: "another-bucket", lock: "table" } },'),
        );
        expect((await operator.shell.run("npm run synth")).status).toBe(0);
      },
      shows: /No changes/,
      leaves: () => expect(operator.account.objects.has("another-bucket/records-dev/terraform.tfstate")).toBe(true),
    },
  ],
  [
    // The registry is asked for the locks; what the file is for, once it is there, is tried.
    ...[
      "npm run -s synth && cd cdktf.out/stacks/records-dev",
      "terraform providers lock -platform=linux_amd64 -platform=darwin_arm64 -platform=windows_amd64",
      "cp .terraform.lock.hcl ../../.. && cd -",
    ].map((command) => ({
      ...{ command, by: "__tests__/constructs/versions.test.ts" },
      words: 'synthesizedIn({ ".terraform.lock.hcl": lock })',
    })),
    by("terraform-cloud", "terraform init && terraform plan", 'echo yes | tf "$moved" init\ntf "$moved" plan'),
    by("terraform-cloud", "terraform state pull >state", 'tf "$stack" state pull'),
    by(
      "terraform-cloud",
      "terraform init -reconfigure && terraform state push state && terraform plan",
      'tf "$moved" init -input=false -reconfigure\ntf "$moved" state push "$work/pulled"\ntf "$moved" plan',
    ),
  ],
);
