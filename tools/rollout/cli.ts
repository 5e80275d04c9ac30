import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A wrong call or a step that failed, in words for the terminal. */
export class RolloutError extends Error {}

/** Runs a command line tool and reads the JSON it prints; what it prints to complain goes to the terminal. */
export function run(command: string, ...args: readonly string[]): unknown {
  try {
    const output = execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    return output.trim() === "" ? undefined : JSON.parse(output);
  } catch (error) {
    const reason = (error as { code?: string }).code === "ENOENT" ? "is not on the PATH" : "failed";
    throw new RolloutError(`${[command, ...args.slice(0, 2)].join(" ")} ${reason}`);
  }
}

/** A synthesized and deployed stack. */
export interface DeployedStack {
  readonly name: string;
  /** Function → its newest version. */
  readonly versions: Readonly<Record<string, string>>;
  /** The CodeDeploy application; none where versions take over at once. */
  readonly application: string | undefined;
  /** The AWS CLI in the stack's region: `aws("lambda", "get-alias", …)`. */
  readonly aws: (...args: readonly string[]) => unknown;
}

/** @throws RolloutError when the stack is not synthesized, or its state can't be read */
export function deployedStack(name: string | undefined): DeployedStack {
  const folder = join("cdktf.out", "stacks", name ?? "");
  const file = join(folder, "cdk.tf.json");
  if (!name || !existsSync(file)) {
    throw new RolloutError(`stack: must be one that is synthesized, got ${name ?? "none"}; run npm run synth`);
  }
  const json = JSON.parse(readFileSync(file, "utf8"));
  const [application] = Object.values<{ name: string }>(json.resource.aws_codedeploy_app ?? {});
  const versions = run("terraform", `-chdir=${folder}`, "output", "-json", "versions") as Record<string, string>;
  const { region } = json.provider.aws[0];
  return {
    name,
    versions,
    application: application?.name,
    aws: (...args) => run("aws", ...args, "--region", region, "--output", "json"),
  };
}

/** The version that serves. */
export function liveVersion({ aws }: DeployedStack, functionName: string): string {
  const alias = aws("lambda", "get-alias", "--function-name", functionName, "--name", "live");
  return (alias as { FunctionVersion: string }).FunctionVersion;
}

/** Lets a version serve, all of the traffic. */
export function serve({ aws }: DeployedStack, functionName: string, version: string): void {
  const target = ["--function-version", version, "--routing-config", "AdditionalVersionWeights={}"];
  aws("lambda", "update-alias", "--function-name", functionName, "--name", "live", ...target);
}

/** Has CodeDeploy leave the alias alone: going back is this tool's work, and the two would race. One that is over stays so. */
export function stopDeployment({ aws }: DeployedStack, id: string): void {
  try {
    aws("deploy", "stop-deployment", "--deployment-id", id, "--no-auto-rollback-enabled");
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
  }
}
