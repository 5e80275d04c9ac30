import { join, relative } from "node:path";
import { App, TerraformResource, TerraformStack } from "cdktf";
import { problemsOf } from "../../compile";
import type { Environment } from "../../environments/environment";
import { sharingAccount } from "../../environments/index";
import { SettingsError } from "../../environments/settings-error";
import { quotaWarnings } from "../network/quotas";
import { Alarms } from "../observability/alarms";
import { isWanted, planWithoutAccount, wantedSystems } from "./command-line";
import { earlyBundles } from "./early-bundles";
import { withoutTokenStacks } from "./token-stacks";

function problemsIn(app: App): string[] {
  return app.node.findAll().flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));
}

/** Whether the error's message says all that a person needs: a wrong setting, or a handler that does not build. */
const isExplained = (error: unknown): error is Error =>
  error instanceof SettingsError || (error instanceof Error && "errors" in error && "warnings" in error);

/** Says where alarms reach nobody: nothing else would, until one has fired. */
function warnOfMissingAlarmEmails(app: App, { name, alarmEmails }: Environment): void {
  const alarms = app.node.findAll().filter((construct) => construct instanceof Alarms);
  if (alarms.length === 0 || alarmEmails.length > 0) return;
  console.error(`${name}: alarms reach nobody; list who gets them as alarmEmails in environments/${name}.ts`);
}

/** A line a stack: where it lies, how much it is, and how long it took, without the bundles, which all build at once. */
function printSummary(app: App, took: ReadonlyMap<string, number>): void {
  for (const stack of app.node.children.filter((child) => TerraformStack.isStack(child))) {
    const resources = stack.node.findAll().filter((child) => TerraformResource.isTerraformResource(child)).length;
    const path = relative(process.cwd(), join(app.outdir, "stacks", stack.node.id, "cdk.tf.json"));
    const seconds = ((took.get(stack.node.id) ?? 0) / 1000).toFixed(2);
    console.log(`${stack.node.id}: ${resources} resources in ${path}, in ${seconds} s`);
  }
}

/** Times of each stack, by id, in milliseconds: of its construction, and of writing it. */
class StackClock {
  readonly took = new Map<string, number>();

  build(make: () => TerraformStack): void {
    const startedAt = performance.now();
    const stack = make();
    this.add(stack, startedAt);
    const { synthesizer } = stack;
    stack.synthesizer = {
      synthesize: (session) => {
        const writtenFrom = performance.now();
        synthesizer.synthesize(session);
        this.add(stack, writtenFrom);
      },
    };
  }

  private add({ node: { id } }: TerraformStack, since: number): void {
    this.took.set(id, (this.took.get(id) ?? 0) + performance.now() - since);
  }
}

/** Terraform remembers in the stack's folder where state was to be, and would ask what to do about the other place. */
const forAPlanAlone = "ACCOUNT=none: for a plan alone; delete cdktf.out before you deploy";

/** A system's stack. */
type Stack = new (app: App, environment: Environment) => TerraformStack;

/**
 * Synthesizes stacks into `cdktf.out`. Nothing is written when a setting is wrong: the problems are printed, a line
 * each, and the process ends with code 1.
 *
 * @param environmentOf finds the environment, or throws a SettingsError
 * @param stacks each under its system's name; those that are not wanted (`SYSTEMS`) are left out
 */
export async function synth(environmentOf: () => Environment, stacks: Readonly<Record<string, Stack>>): Promise<void> {
  try {
    const app = new App({ stackTraces: false });
    const environment = environmentOf();
    const unknown = wantedSystems.find((system) => !Object.hasOwn(stacks, system));
    const known = Object.keys(stacks).sort().join(", ");
    if (unknown !== undefined) throw new SettingsError([`there is no system ${unknown}; there is ${known}`]);
    const wanted = Object.entries(stacks).filter(([system]) => isWanted(system));
    const clock = new StackClock();
    withoutTokenStacks(() => {
      for (const [, Stack] of wanted) clock.build(() => new Stack(app, environment));
    });
    const problems = problemsIn(app);
    if (problems.length > 0) throw new SettingsError(problems);
    await earlyBundles(join(app.outdir, "bundles"));
    // CDKTF, which is archived, calls what Node 24 warns of.
    process.noDeprecation = true;
    withoutTokenStacks(() => app.synth());
    printSummary(app, clock.took);
    warnOfMissingAlarmEmails(app, environment);
    if (planWithoutAccount) console.error(forAPlanAlone);
    withoutTokenStacks(() => {
      const others = sharingAccount(environment).map((other) => {
        const apart = new App({ stackTraces: false });
        for (const [, Stack] of wanted) new Stack(apart, other);
        return { environment: other, app: apart };
      });
      for (const warning of quotaWarnings([{ environment, app }, ...others])) console.error(warning);
    });
  } catch (error) {
    if (!isExplained(error)) throw error;
    console.error(problemsOf(error));
    process.exitCode = 1;
  }
}
