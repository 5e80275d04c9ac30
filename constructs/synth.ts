import { rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { SettingsError } from "../environments/settings-error";
import { bundlePlanned } from "./bundle";
import { withoutTokenStacks } from "./token-stacks";

function problemsIn(app: App): string[] {
  return app.node.findAll().flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));
}

/** Whether the error's message says all that a person needs: a wrong setting, or a handler that does not build. */
const isExplained = (error: unknown): error is Error =>
  error instanceof SettingsError || (error instanceof Error && "errors" in error && "warnings" in error);

function synthesize(addStacks: (app: App) => void): void {
  const app = new App({ stackTraces: false });
  addStacks(app);
  const problems = problemsIn(app);
  if (problems.length > 0) throw new SettingsError(problems);
  const bundles = join(app.outdir, "bundles");
  rmSync(bundles, { recursive: true, force: true });
  bundlePlanned(bundles);
  app.synth();
}

/**
 * Adds stacks to an app and synthesizes it into `cdktf.out`. Nothing is written when a setting is wrong: the problems
 * are printed, a line each, and the process ends with code 1.
 */
export function synth(addStacks: (app: App) => void): void {
  try {
    withoutTokenStacks(() => synthesize(addStacks));
  } catch (error) {
    if (!isExplained(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
