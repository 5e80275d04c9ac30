import { type DeployedStack, liveVersion, RolloutError, serve, stopDeployment } from "./cli";

interface Version {
  readonly Version: string;
  /** When it was published. */
  readonly LastModified: string;
}

/** Deployments that still move traffic would move it forward again. */
function stopDeployments(stack: DeployedStack, functionName: string): void {
  const { aws, application } = stack;
  if (!application) return;
  const group = ["--application-name", application, "--deployment-group-name", functionName];
  const open = ["--include-only-statuses", "Created", "Queued", "InProgress", "Ready"];
  const { deployments } = aws("deploy", "list-deployments", ...group, ...open) as { deployments: string[] };
  for (const id of deployments) stopDeployment(stack, id);
}

/** The newest version that was published before a time. */
function versionBefore({ aws }: DeployedStack, functionName: string, time: Date): string | undefined {
  const { Versions } = aws("lambda", "list-versions-by-function", "--function-name", functionName) as {
    Versions: Version[];
  };
  return Versions.filter(({ Version, LastModified }) => Version !== "$LATEST" && new Date(LastModified) < time)
    .map(({ Version }) => Version)
    .sort((a, b) => Number(b) - Number(a))[0];
}

/**
 * Brings a stack's functions back to the versions that were the newest at a time. Nothing is built; what was not
 * changed since stays as it is.
 *
 * @throws RolloutError when a function did not exist then; the others are back
 */
export function rollback(stack: DeployedStack, time: Date): void {
  const missing: string[] = [];
  for (const name of Object.keys(stack.versions)) {
    stopDeployments(stack, name);
    const [live, before] = [liveVersion(stack, name), versionBefore(stack, name, time)];
    if (before === undefined) missing.push(name);
    if (before === undefined || before === live) continue;
    console.log(`${name}: ${live} → ${before}`);
    serve(stack, name, before);
  }
  if (missing.length > 0) {
    throw new RolloutError(`${stack.name}: no version from before ${time.toISOString()} of ${missing.join(", ")}`);
  }
}
