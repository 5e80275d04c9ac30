import { Testing } from "cdktf";
import type { StateSettings } from "../../environments/environment";
import { emptyStack, problemsOf } from "../support/stack";

const terraformOf = (state: StateSettings) => JSON.parse(Testing.synth(emptyStack({ state }))).terraform;

const bucket = {
  bucket: "terrace-state-000000000000-us-east-1",
  key: "test-dev/terraform.tfstate",
  region: "us-east-1",
  encrypt: true,
};
const table = { dynamodb_table: "terrace-state-lock" };
const organization = "example";

it.each<[string, StateSettings, object]>([
  ["a bucket, locked by a table unless something else is said", { s3: {} }, { ...bucket, ...table }],
  ["a bucket, locked by a file", { s3: { lock: "file" } }, { ...bucket, use_lockfile: true }],
  ["a bucket, locked by both", { s3: { lock: "both" } }, { ...bucket, ...table, use_lockfile: true }],
  [
    "a bucket and a table of other names",
    { s3: { bucket: "my-state", lockTable: "my-locks" } },
    { ...bucket, bucket: "my-state", dynamodb_table: "my-locks" },
  ],
])("keeps state in %s", (_, state, backend) => {
  expect(terraformOf(state)).toMatchObject({ backend: { s3: backend } });
  expect(Object.keys(terraformOf(state).backend.s3).sort()).toEqual(Object.keys(backend).sort());
});

it.each<[string, StateSettings, object]>([
  [
    "the workspace named like the stack",
    { terraformCloud: { organization } },
    { organization, workspaces: { name: "test-dev" } },
  ],
  [
    "workspaces found by tags, one of them the stack's id",
    { terraformCloud: { organization, tags: ["terrace"], project: "backends" } },
    { organization, workspaces: { tags: ["terrace", "test-dev"], project: "backends" } },
  ],
  [
    "workspaces of a Terraform Enterprise",
    { terraformCloud: { organization, hostname: "terraform.example.com" } },
    { organization, hostname: "terraform.example.com", workspaces: { name: "test-dev" } },
  ],
])("keeps state in %s", (_, state, cloud) => {
  const terraform = terraformOf(state);

  expect(terraform.cloud).toEqual(cloud);
  expect(terraform).not.toHaveProperty("backend");
});

it("keeps the state of systems of every region in the account's own", () => {
  const state = { s3: {} };
  const stack = emptyStack({ state, account: { region: "eu-west-1", repository: "example/terrace", branch: "main" } });

  expect(JSON.parse(Testing.synth(stack)).terraform.backend.s3).toMatchObject({
    bucket: "terrace-state-000000000000-eu-west-1",
    region: "eu-west-1",
  });
});

it.each<[string, unknown, string]>([
  [
    "a bucket without a name",
    { s3: { bucket: "" } },
    'state.s3.bucket must be a bucket\'s name (3–63 lower-case letters, digits, dots, hyphens), got ""; correct it, or leave it out for terrace-state-000000000000-us-east-1',
  ],
  [
    "a lock that there is not",
    { s3: { lock: "none" } },
    "state.s3.lock must be one of table, file, both, got none; choose one of these",
  ],
  [
    "a table that cannot be",
    { s3: { lockTable: "my locks" } },
    'state.s3.lockTable must be a table\'s name (3–255 letters, digits, dots, hyphens, underscores), got "my locks"; correct it, or leave it out',
  ],
  [
    "a workspace without organization",
    { terraformCloud: {} },
    'state.terraformCloud.organization must be an organization\'s name (3–40 letters, digits, hyphens, underscores), got ""; set it to the one that has the workspaces',
  ],
  [
    "a URL for a hostname",
    { terraformCloud: { organization, hostname: "https://terraform.example.com" } },
    'state.terraformCloud.hostname must be a host\'s name without scheme and path (terraform.example.com), got "https://terraform.example.com"; correct it, or leave it out for app.terraform.io',
  ],
  [
    "a tag that Terraform Cloud does not take",
    { terraformCloud: { organization, tags: ["Two words"] } },
    'state.terraformCloud.tags must be of lower-case letters, digits, colons, hyphens and underscores, got "Two words"; correct it',
  ],
  [
    "both at once",
    { s3: {}, terraformCloud: { organization } },
    "state must be in one of s3 and terraformCloud, got both; leave one out",
  ],
  ["neither", {}, "state must be in one of s3 and terraformCloud, got neither; choose one"],
])("refuses %s in one line", (_, state, problem) => {
  expect(problemsOf(emptyStack({ state: state as StateSettings }))).toEqual([`test-dev/state: ${problem}`]);
});
