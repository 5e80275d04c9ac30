import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackJson } from "../../stack-json/document";
import { Architecture } from "../../tools/diagram/architecture";
import { Stack } from "../../tools/diagram/stack";

const root = join(__dirname, "../..");
const read = (file: string): string => readFileSync(file, "utf8");

/** The picture of a system that is committed. */
export const committedPicture = (system: string): string => read(join(root, `docs/pictures/${system}.svg`));

/** The provider of the stacks that are drawn. */
export const provider: NonNullable<StackJson["provider"]> = { aws: [{ region: "us-east-1" }] };

/** Runs the command in a folder with these stacks. */
export function draw(stacks: Record<string, StackJson>, environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "terrace "));
  for (const [name, json] of Object.entries(stacks)) {
    mkdirSync(join(folder, "cdktf.out/stacks", name), { recursive: true });
    writeFileSync(join(folder, "cdktf.out/stacks", name, "cdk.tf.json"), JSON.stringify(json));
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "run.js"), join(root, "tools/diagram.ts")],
    {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment },
    },
  );
  return { status, stdout, stderr, picture: (system: string) => read(join(folder, `docs/pictures/${system}.svg`)) };
}

export const allow = (action: string, resource: string): string =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action: [action], Resource: [resource] }] });

/** A function with a role that may do one thing. */
export const functionThat = (
  action: string,
  resource: string,
  settings: object = {},
): NonNullable<StackJson["resource"]> => ({
  aws_lambda_function: { worker: { function_name: "worker", role: "${aws_iam_role.worker.arn}", ...settings } },
  aws_iam_role: { worker: {} },
  aws_iam_role_policy: { worker: { role: "${aws_iam_role.worker.name}", policy: allow(action, resource) } },
});

/** The arrows of a picture: from, to, and what they say. */
export const edgesOf = (resource: NonNullable<StackJson["resource"]>): string[] =>
  new Architecture(new Stack({ provider, resource })).edges.map(({ from, to, labels }) =>
    [from, to, ...labels].join(" "),
  );
