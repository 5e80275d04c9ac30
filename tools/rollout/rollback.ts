import { UserError } from "../../lib/user-error";
import { type DeployedStack, liveVersion, serve, stopDeployment, type Versions } from "./cli";
import { recordServing, type Served, servedVersions } from "./record";

/** Deployments that still move traffic would move it forward again. */
function stopDeployments(stack: DeployedStack, functionName: string): void {
  const { aws, application } = stack;
  if (!application) return;
  const group = ["--application-name", application, "--deployment-group-name", functionName];
  const open = ["--include-only-statuses", "Created", "Queued", "InProgress", "Ready"];
  const { deployments } = aws("deploy", "list-deployments", ...group, ...open) as { deployments: string[] };
  for (const id of deployments) stopDeployment(stack, id);
}

/** The versions that served at a time. */
function servedAt(stack: DeployedStack, time: Date): Versions {
  const served = servedVersions(stack);
  const found = served.filter(({ since }) => since.getTime() <= time.getTime()).at(-1);
  if (found) return found.versions;
  const oldest = served[0]?.since.toISOString();
  throw new UserError(
    `${stack.name}: nothing is recorded from before ${time.toISOString()}; the oldest is of ${oldest}`,
  );
}

interface Move {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

function movesTo(stack: DeployedStack, versions: Versions): Move[] {
  return Object.keys(stack.versions).flatMap((name) => {
    const to = Object.hasOwn(versions, name) ? versions[name] : undefined;
    const from = liveVersion(stack, name);
    return to === undefined || to === from ? [] : [{ name, from, to }];
  });
}

interface RollbackOptions {
  /** Whether it is only said what would be done. */
  readonly dryRun: boolean;
}

/**
 * Brings a stack's functions back to the versions that served at a time. Nothing is built; what was not changed since
 * stays as it is.
 *
 * @throws UserError when a function did not serve then, or a version is gone; the others are back
 */
export function rollback(stack: DeployedStack, time: Date, { dryRun }: RollbackOptions): void {
  const versions = servedAt(stack, time);
  const moves = movesTo(stack, versions);
  const failed: string[] = [];
  const now: Record<string, string> = { ...stack.versions, ...versions };
  for (const { name, from, to } of moves) {
    console.log(`${name}: ${from} → ${to}${dryRun ? " (not done: --dry-run)" : ""}`);
    if (dryRun) continue;
    try {
      stopDeployments(stack, name);
      serve(stack, name, to);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed.push(`${name}: ${error.message}`);
      now[name] = from;
    }
  }
  if (moves.length === 0) console.log(`${stack.name}: what served then serves now`);
  else if (!dryRun) recordServing(stack, now);
  const missing = Object.keys(stack.versions).filter((name) => !Object.hasOwn(versions, name));
  if (missing.length > 0) failed.push(`${stack.name}: did not serve at ${time.toISOString()}: ${missing.join(", ")}`);
  if (failed.length > 0) throw new UserError(failed.join("\n"));
}

function changed({ versions }: Served, before: Served | undefined): string {
  const names = Object.keys(versions).filter((name) => versions[name] !== before?.versions[name]);
  if (!before) return `${names.length} functions, the first that is recorded`;
  return names.map((name) => `${name} ${before.versions[name] ?? "none"} → ${versions[name]}`).join(", ");
}

/** Releases with their times, the newest first. */
export function history(stack: DeployedStack): string[] {
  const served = servedVersions(stack);
  const lines = served.map((one, index) => `${one.since.toISOString()} ${changed(one, served[index - 1])}`);
  return lines.filter((line) => !line.endsWith("Z ")).reverse();
}
