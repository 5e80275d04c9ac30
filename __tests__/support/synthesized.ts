import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { madeOnce } from "./made-once";

/** An environment of `environments/`. */
export type EnvironmentName = "dev" | "prod" | "qa";

function synthesize(variables: Readonly<Record<string, string>>, folder: string, main = "main.ts"): void {
  const env = { ...process.env, ...variables, CDKTF_OUTDIR: folder };
  const { status, stderr } = spawnSync(process.execPath, ["run.js", main], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Where `npm run synth` has put every system of an environment: to be read, not to be written to. */
export const synthesized = (ENVIRONMENT: EnvironmentName = "dev"): string =>
  madeOnce(`synthesized-${ENVIRONMENT}`, (folder) =>
    synthesize({ ENVIRONMENT, SYSTEMS: "", ACCOUNT_STATE: "", ACCOUNT: "" }, folder),
  );

/** Systems that the project does not have. */
const fixtures = ["things", "notes", "pool-notes"];

/** The stacks of these in dev: `things-dev`, which is of no system of the project: `__tests__/fixtures/main.ts`. */
const synthesizedFixture = (): string =>
  madeOnce("synthesized-fixture", (folder) =>
    synthesize({ SYSTEMS: "", ACCOUNT_STATE: "", ACCOUNT: "" }, folder, "__tests__/fixtures/main.ts"),
  );

/** Where a system of dev was put. */
export const synthesizedWhere = (system: string): string =>
  fixtures.includes(system) ? synthesizedFixture() : synthesized();

/** The same with other environment variables, in a folder of its own. */
export function synthesizedWith(variables: Readonly<Record<string, string>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "terrace-synth-")), "out");
  synthesize(variables, folder);
  return folder;
}

/** A folder with one system of dev alone, and is the caller's own. */
export function synthesizedAlone(system: string): string {
  const folder = mkdtempSync(join(tmpdir(), "terrace-synth-"));
  const stack = join("stacks", `${system}-dev`);
  cpSync(join(synthesized(), stack), join(folder, stack), { recursive: true });
  return folder;
}

/** The JSON of a system, as text. */
export const stackText = (system: string, environment: EnvironmentName = "dev"): string =>
  readFileSync(
    join(
      environment === "dev" ? synthesizedWhere(system) : synthesized(environment),
      "stacks",
      `${system}-${environment}`,
      "cdk.tf.json",
    ),
    "utf8",
  );
