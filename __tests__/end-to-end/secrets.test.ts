import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
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

/** Whether plan and state keep what a variable is given, in any of the stacks. */
const isKept = (name: string): boolean =>
  [...readStacks(synthesized()).values()].some(({ variable = {} }) => {
    const one = new Map(Object.entries(variable)).get(name);
    return one !== undefined && one.ephemeral !== true;
  });

it.each(secrets)(
  "gives %s to that job of CI's deployment which needs it, and says how to set and rotate it",
  (name) => {
    const given = `TF_VAR_${name}: \${{ secrets.${name.toUpperCase()} }}`;

    expect({ planning: planning.includes(given), applying: applying.includes(given) }).toEqual({
      planning: isKept(name),
      applying: !isKept(name),
    });
    expect(readFileSync("docs/secrets.md", "utf8")).toContain(`| \`${name}\` |`);
  },
);

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
  const check = (versions: string) => {
    const env = { ...process.env, TF_VAR_secret_versions: versions };
    const { status, stderr } = spawnSync(process.execPath, ["run.js", "tools/secret-versions.ts", synthesized()], {
      env,
      encoding: "utf8",
    });
    return { status, stderr };
  };

  it.each(["", "{}", '{"cursor_secret": 2, "api_key": 3}'])("may be %j", (versions) => {
    expect(check(versions)).toEqual({ status: 0, stderr: "" });
  });

  it.each([
    [
      '{"cursr_secret": 2}',
      "there is no secret cursr_secret; there is api_key, cursor_secret, database_connection_string, origin_secret",
    ],
    [
      '{"constructor": 2}',
      "there is no secret constructor; there is api_key, cursor_secret, database_connection_string, origin_secret",
    ],
    ['{"cursor_secret": 0}', "cursor_secret must be a whole number from 1, got 0; correct it"],
    ['{"cursor_secret": "2"}', 'cursor_secret must be a whole number from 1, got "2"; correct it'],
    ["cursor_secret=2", 'must be JSON like {"cursor_secret": 2}, got cursor_secret=2; correct it'],
    ["[2]", 'must be JSON like {"cursor_secret": 2}, got [2]; correct it'],
  ])("may not be %s", (versions, message) => {
    expect(check(versions)).toEqual({ status: 1, stderr: `TF_VAR_secret_versions: ${message}\n` });
  });
});
