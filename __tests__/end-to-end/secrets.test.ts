import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { readStacks, type StackJson } from "../../stack-json/document";
import { filesBelow } from "../support/files-below";
import { synthesized, synthesizedWith } from "../support/synthesized";

const marker = "marker-5f1d6c1e-planted";

/** The variables that nobody but a person gives a value. */
const secretsOf = ({ variable = {} }: StackJson): string[] =>
  Object.entries(variable)
    .filter(([, one]) => !("default" in one))
    .map(([name]) => name);

const secrets = [...new Set([...readStacks(synthesized()).values()].flatMap(secretsOf))].sort();

/** Every file below a folder; what is in archives, too. */
function writtenTo(folder: string): [path: string, text: string][] {
  return filesBelow(folder).flatMap((path): [string, string][] => {
    if (!path.endsWith(".zip")) return [[path, readFileSync(path, "utf8")]];
    return Object.entries(unzipSync(readFileSync(path))).map(([name, bytes]) => [
      `${path}/${name}`,
      Buffer.from(bytes).toString(),
    ]);
  });
}

it("writes no secret on synth that is in the environment", () => {
  const folder = synthesizedWith(Object.fromEntries(secrets.map((name) => [`TF_VAR_${name}`, marker])));
  const files = writtenTo(folder);

  expect(files.length).toBeGreaterThan(secrets.length);
  expect(files.filter(([, text]) => text.includes(marker)).map(([path]) => path)).toEqual([]);
});

const workflow = readFileSync(".github/workflows/deploy-environment.yml", "utf8");
const [, planning = "", applying = ""] = workflow.split(/^ {2}(?:plan|apply):$/m);

it.each(secrets)("says how to set and rotate %s, and names it in no workflow", (name) => {
  expect(readFileSync("docs/secrets.md", "utf8")).toContain(`| \`${name}\` |`);
  expect(workflow.toLowerCase()).not.toContain(name);
});

it("gives the secrets of the environment to the scripts of both jobs, which take what their stacks have variables for", () => {
  const given = "SECRETS: ${{ toJSON(secrets) }}";

  expect([planning, applying].map((job) => job.split(given).length - 1)).toEqual([1, 1]);
});

describe("what CI's scripts take of its secrets", () => {
  const stack = { variable: { kept: { sensitive: true }, passing: { sensitive: true, ephemeral: true }, free: {} } };
  const folder = join(mkdtempSync(join(tmpdir(), "terrace-secrets-")), "repository");
  beforeAll(() => {
    mkdirSync(join(folder, "cdktf.out/stacks/a-dev"), { recursive: true });
    mkdirSync(join(folder, ".ci"));
    cpSync(".ci/delivery.sh", join(folder, ".ci/delivery.sh"));
    writeFileSync(join(folder, "cdktf.out/stacks/a-dev/cdk.tf.json"), JSON.stringify(stack));
    const script = `source "$(dirname "$0")/delivery.sh"\nfrom_ci a-dev "$CONDITION"\nenv\n`;
    writeFileSync(join(folder, ".ci/trial"), script);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The variables that a command has which is run after the script took what fits a condition. */
  function taken(CONDITION: string, SECRETS: string, given: Record<string, string> = {}) {
    const env = { PATH: process.env["PATH"], HOME: folder, CONDITION, SECRETS, ...given };
    const { status, stdout } = spawnSync("bash", [join(folder, ".ci/trial"), "dev"], { env, encoding: "utf8" });
    return { status, secrets: stdout.split("\n").filter((line) => /^TF_VAR|SECRET|MARK/.test(line)) };
  }
  const all = JSON.stringify({ KEPT: "a", PASSING: "b $(c) 'd'", PLAN_KEY: "MARK", FREE: "MARK", __proto__: null });

  it.each([
    ["!v.ephemeral && v.sensitive", ["TF_VAR_kept=a"]],
    ["v.ephemeral", ["TF_VAR_passing=b $(c) 'd'"]],
  ])("is, where %s, %j and nothing else", (condition, secrets) => {
    expect(taken(condition, all)).toEqual({ status: 0, secrets });
  });

  it("leaves what somebody has set, and what CI has not", () => {
    expect(taken("v.sensitive", '{"KEPT": ""}', { TF_VAR_passing: "own" }).secrets).toEqual(["TF_VAR_passing=own"]);
    expect(taken("v.sensitive", "").secrets).toEqual([]);
  });
});

it("has a deployment apply what was planned by another identity, after the approval, and gives the key to nobody else", () => {
  expect(planning).toMatch(/^ {4}environment: \$\{\{ inputs.environment \}\}-plan$/m);
  expect(planning).toContain("vars[format('PLAN_ROLE_{0}', inputs.environment)]");
  expect(applying).toMatch(/^ {4}environment: \$\{\{ inputs.environment \}\}$/m);
  expect(applying).toMatch(/^ {4}needs: plan$/m);
  expect(applying).toContain("PLAN_SHA256: ${{ needs.plan.outputs.sha256 }}");
  expect([...workflow.matchAll(/^ +- run: .*secrets|^.*secrets\.PLAN_KEY.*$/gm)].map(([line]) => line.trim())).toEqual([
    "PLAN_KEY: ${{ secrets.PLAN_KEY }}",
    "PLAN_KEY: ${{ secrets.PLAN_KEY }}",
  ]);
});

it.each([
  ["deploy-environment", "inputs.environment"],
  ["drift", "matrix.environment"],
  ["plan", "matrix.environment"],
])("gives the versions of all secrets to %s, so that one which was replaced is no change", (workflow, environment) => {
  expect(readFileSync(`.github/workflows/${workflow}.yml`, "utf8")).toContain(
    `TF_VAR_secret_versions: \${{ vars[format('SECRET_VERSIONS_{0}', ${environment})] || '{}' }}`,
  );
});

describe("the versions of secrets", () => {
  const all =
    "data_processor_api_key, data_processor_database_connection_string, records_cursor_secret, user_directory_cursor_secret, user_management_origin_secret";
  const check = (versions: string) => {
    const env = { ...process.env, TF_VAR_secret_versions: versions };
    const { status, stderr } = spawnSync(process.execPath, ["run.js", "tools/secret-versions.ts", synthesized()], {
      env,
      encoding: "utf8",
    });
    return { status, stderr };
  };

  it.each(["", "{}", '{"records_cursor_secret": 2, "data_processor_api_key": 3}'])("may be %j", (versions) => {
    expect(check(versions)).toEqual({ status: 0, stderr: "" });
  });

  it.each([
    ['{"cursr_secret": 2}', `there is no secret cursr_secret; there is ${all}`],
    ['{"cursor_secret": 2}', `there is no secret cursor_secret; there is ${all}`],
    ['{"constructor": 2}', `there is no secret constructor; there is ${all}`],
    ['{"records_cursor_secret": 0}', "records_cursor_secret must be a whole number from 1, got 0; correct it"],
    ['{"records_cursor_secret": "2"}', 'records_cursor_secret must be a whole number from 1, got "2"; correct it'],
    ["cursor_secret=2", 'must be JSON like {"records_cursor_secret": 2}, got cursor_secret=2; correct it'],
    ["[2]", 'must be JSON like {"records_cursor_secret": 2}, got [2]; correct it'],
  ])("may not be %s", (versions, message) => {
    expect(check(versions)).toEqual({ status: 1, stderr: `TF_VAR_secret_versions: ${message}\n` });
  });
});
