import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { readStacks, type StackJson } from "../../tools/changes/stack-json";
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

it.each(secrets)("gives %s to CI's deployment, and says how to set and rotate it", (name) => {
  const workflow = readFileSync(".github/workflows/deploy-environment.yml", "utf8");
  const upper = name.toUpperCase();

  expect(workflow).toContain(`TF_VAR_${name}: \${{ secrets.${upper} }}`);
  expect(workflow).toContain(`TF_VAR_${name}_version: \${{ vars.${upper}_VERSION || '1' }}`);
  expect(readFileSync("docs/secrets.md", "utf8")).toContain(`| \`${name}\` |`);
});
