import { execFileSync } from "node:child_process";
import { UserError, wordsOf } from "../../lib/user-error";
import { providerOf } from "../../stack-json/document";
import { type NamedStack, stackJson } from "../stacks/named-stack";
import { outputsOf } from "../stacks/terraform";

/** Runs a command line tool and reads the JSON it prints; what it prints to complain goes to the terminal. */
function run(program: string, ...args: readonly string[]): unknown {
  try {
    const output = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    return output.trim() === "" ? undefined : JSON.parse(output);
  } catch (error) {
    const reason = (error as { code?: string }).code === "ENOENT" ? "is not on the PATH; install it" : "failed";
    throw new UserError(`${[program, ...args.slice(0, 2)].join(" ")} ${reason}`);
  }
}

/** Function → version. */
export type Versions = Readonly<Record<string, string>>;

/** A stack that is deployed. */
export interface DeployedStack {
  readonly name: string;
  /** The newest ones. */
  readonly versions: Versions;
  /** The CodeDeploy application; none where versions take over at once. */
  readonly application: string | undefined;
  /** The parameter that says which versions serve, and by its history since when. */
  readonly serving: string;
  /** The AWS CLI in the stack's region: `aws("lambda", "get-alias", …)`. */
  readonly aws: (...args: readonly string[]) => unknown;
}

/** @throws UserError when the stack can't be synthesized, its state can't be read, or it is not deployed */
export function deployedStack(stack: NamedStack): DeployedStack {
  const json = stackJson(stack);
  const versions = outputsOf(stack)["versions"] as Versions | undefined;
  if (!versions) throw new UserError(`${stack.name}: must be deployed, got no versions in its state; deploy it first`);
  const [application] = Object.values(json.resource?.["aws_codedeploy_app"] ?? {});
  const { region } = providerOf(json);
  return {
    name: stack.name,
    versions,
    application: application && String(application["name"]),
    serving: `/${stack.system}/${stack.environment}/serving`,
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

/** State of one of CodeDeploy's deployments. */
export interface DeploymentInfo {
  readonly status: string;
  readonly errorInformation?: { readonly message: string };
}

export function deploymentInfo({ aws }: DeployedStack, id: string): DeploymentInfo {
  const answer = aws("deploy", "get-deployment", "--deployment-id", id);
  return (answer as { deploymentInfo: DeploymentInfo }).deploymentInfo;
}

/** Whether a deployment shifts no traffic any more (CodeDeploy API reference, DeploymentInfo: status). */
export const isOver = ({ status }: DeploymentInfo): boolean => ["Succeeded", "Failed", "Stopped"].includes(status);

/**
 * Has CodeDeploy leave the alias alone: going back is this tool's work, and the two would race. One that is over stays so.
 *
 * @throws UserError when it may go on
 */
export function stopDeployment(stack: DeployedStack, id: string): void {
  if (isOver(deploymentInfo(stack, id))) return;
  try {
    stack.aws("deploy", "stop-deployment", "--deployment-id", id, "--no-auto-rollback-enabled");
  } catch (error) {
    // It may have ended meanwhile.
    if (isOver(deploymentInfo(stack, id))) return;
    throw new UserError(
      `deployment ${id} could not be stopped and may go on: ${wordsOf(error)}; stop it in CodeDeploy, then roll back`,
    );
  }
}
