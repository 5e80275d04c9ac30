import { UserError, wordsOf } from "../../lib/user-error";
import { type DeployedStack, deploymentInfo, isOver, liveVersion, serve, stopDeployment } from "./cli";
import { recordServing, servedVersions } from "./record";

/** Options of a release that override the environment's. */
export interface ReleaseOptions {
  /** Whether all of the traffic goes over in one step. */
  readonly atOnce: boolean;
  /** Whether alarms that fire stop nothing: what is released is the remedy of what they fire about. */
  readonly duringAlarm: boolean;
}

/** CodeDeploy's AppSpec: shift this alias from one version to the other. */
const revision = (functionName: string, from: string, to: string): string =>
  JSON.stringify({
    revisionType: "AppSpecContent",
    appSpecContent: {
      content: JSON.stringify({
        version: 0.0,
        Resources: [
          {
            [functionName]: {
              Type: "AWS::Lambda::Function",
              Properties: { Name: functionName, Alias: "live", CurrentVersion: from, TargetVersion: to },
            },
          },
        ],
      }),
    },
  });

/** One function on its way to its newest version. */
interface Deployment {
  readonly id: string;
  readonly functionName: string;
  /** The version that served before. */
  readonly from: string;
}

/** Has CodeDeploy bring a function's newest version; nothing to do when that serves already. */
function start(
  stack: DeployedStack,
  [functionName, version]: readonly [string, string],
  { atOnce, duringAlarm }: ReleaseOptions,
): Deployment[] {
  const from = liveVersion(stack, functionName);
  if (from === version) return [];
  console.log(`${functionName}: ${from} → ${version}`);
  const group = ["--application-name", stack.application ?? "", "--deployment-group-name", functionName];
  const answer = stack.aws(
    ...["deploy", "create-deployment", ...group, "--revision", revision(functionName, from, version)],
    ...(atOnce ? ["--deployment-config-name", "CodeDeployDefault.LambdaAllAtOnce"] : []),
    ...(duringAlarm ? ["--override-alarm-configuration", "enabled=false"] : []),
  );
  return [{ id: (answer as { deploymentId: string }).deploymentId, functionName, from }];
}

/** Interval of polling CodeDeploy. */
const POLL_MS = Number(process.env["POLL_MS"] ?? 15_000);

const pause = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

/** @throws UserError when the deployment ends in anything but success */
function waitFor(stack: DeployedStack, { id, functionName }: Deployment): void {
  for (;;) {
    const info = deploymentInfo(stack, id);
    const { status, errorInformation } = info;
    if (status === "Succeeded") return;
    if (isOver(info)) {
      throw new UserError(`${functionName}: deployment ${id} ${status}: ${errorInformation?.message ?? "no reason"}`);
    }
    pause(POLL_MS);
  }
}

/** Writes down what serves, unless that is written already. */
function record(stack: DeployedStack): void {
  const last = servedVersions(stack).at(-1)?.versions ?? {};
  const isWritten = Object.entries(stack.versions).every(([name, version]) => last[name] === version);
  if (!isWritten) recordServing(stack, stack.versions);
}

/** Stops what may still move traffic, and lets what served before serve again. @returns what came of it, in words */
function takenBack(stack: DeployedStack, started: readonly Deployment[]): string[] {
  const goingOn = new Map<string, string>();
  for (const { id, functionName } of started) {
    try {
      stopDeployment(stack, id);
    } catch (error) {
      goingOn.set(id, `${functionName}: ${wordsOf(error)}`);
    }
  }
  for (const { id, functionName, from } of started) if (!goingOn.has(id)) serve(stack, functionName, from);
  const all = goingOn.size === 0;
  return [
    `${stack.name}: the release is taken back${all ? "" : ", but for what could not be stopped"}`,
    ...goingOn.values(),
  ];
}

/**
 * Brings the newest versions of a stack's functions in the steps that its environment says, and waits for them. When
 * one is stopped by an alarm, all others go back too: a system is of one release. What serves in the end is recorded, which
 * is what a rollback goes by.
 *
 * @throws UserError when the release was taken back
 */
export function release(stack: DeployedStack, options: ReleaseOptions): void {
  if (!stack.application) {
    console.log(`${stack.name}: versions take over at once, with terraform apply; nothing to release`);
    return;
  }
  const started: Deployment[] = [];
  try {
    for (const each of Object.entries(stack.versions)) started.push(...start(stack, each, options));
    for (const deployment of started) waitFor(stack, deployment);
  } catch (error) {
    throw new UserError([wordsOf(error), ...takenBack(stack, started)].join("\n"));
  }
  record(stack);
  console.log(`${stack.name}: the newest versions serve`);
}
