import { join } from "node:path";
import { App } from "cdktf";
import { SettingsError } from "../environments/settings-error";
import { earlyBundles } from "./early-bundles";
import { withoutTokenStacks } from "./token-stacks";

function problemsIn(app: App): string[] {
  return app.node.findAll().flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));
}

/** Whether the error's message says all that a person needs: a wrong setting, or a handler that does not build. */
const isExplained = (error: unknown): error is Error =>
  error instanceof SettingsError || (error instanceof Error && "errors" in error && "warnings" in error);

/**
 * Adds stacks to an app and synthesizes it into `cdktf.out`. Nothing is written when a setting is wrong: the problems
 * are printed, a line each, and the process ends with code 1.
 */
export async function synth(addStacks: (app: App) => void): Promise<void> {
  try {
    const app = new App({ stackTraces: false });
    withoutTokenStacks(() => addStacks(app));
    const problems = problemsIn(app);
    if (problems.length > 0) throw new SettingsError(problems);
    await earlyBundles(join(app.outdir, "bundles"));
    withoutTokenStacks(() => app.synth());
  } catch (error) {
    if (!isExplained(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
