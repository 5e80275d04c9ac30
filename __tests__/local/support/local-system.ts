import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import type { RunnerEvent } from "../../../local/events";
import type { CellUse } from "../../../local/roles/cells";
import { Runner } from "../../../local/runner";
import { Store } from "../../../local/store/store";
import { temporaryFolder } from "./stack-file";

/** What a client sees. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it, and a wrong look fails them
  readonly body: any;
}

/** A system of dev on this machine, from what was synthesized. */
export interface LocalSystem {
  readonly url: string;
  readonly apiKey: string;
  readonly events: readonly RunnerEvent[];
  /** Asks with the key, unless the headers say otherwise. */
  ask(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answered>;
  grants(): readonly CellUse[];
  /** Runs the stack as it was synthesized, but for one action that a role no longer allows. Functions start anew. */
  deployWithout(cell: Pick<CellUse, "function" | "action" | "when">): Promise<void>;
  stop(): Promise<void>;
}

const root = process.cwd();

function synthesize(system: string): string {
  const outdir = join(temporaryFolder(), "cdktf.out");
  const env = { ...process.env, SYSTEMS: system, CDKTF_OUTDIR: outdir };
  const { status, stderr } = spawnSync(process.execPath, ["run.js", "main.ts"], { cwd: root, env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return outdir;
}

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
}

interface Template {
  readonly resource: {
    readonly aws_lambda_function: Record<string, { environment: { variables: Record<string, string> } }>;
    readonly aws_iam_role: Record<string, { name: string }>;
    readonly aws_iam_role_policy: Record<string, { role: string; policy: string }>;
  };
}

/**
 * Takes an action out of what a function's role allows: of all its statements, or of the nth that has it. Roles are
 * named like their functions.
 */
function take({ resource }: Template, cell: Pick<CellUse, "function" | "action">, nth?: number): void {
  for (const attached of Object.values(resource.aws_iam_role_policy)) {
    const [, role = ""] = /aws_iam_role\.([\w-]+)\./.exec(attached.role) ?? [];
    if (resource.aws_iam_role[role]?.name !== cell.function) continue;
    const policy = JSON.parse(attached.policy) as { Statement: Statement[] };
    const concerned = policy.Statement.filter(
      ({ Effect, Action }) => Effect === "Allow" && Action.includes(cell.action),
    );
    const without = policy.Statement.map((statement) =>
      (nth === undefined ? concerned.includes(statement) : concerned[nth] === statement)
        ? { ...statement, Action: statement.Action.filter((action) => action !== cell.action) }
        : statement,
    );
    attached.policy = JSON.stringify({ ...policy, Statement: without.filter(({ Action }) => Action.length > 0) });
  }
}

/** Gives every function a variable that it did not have, so that what it has kept is gone with its environments. */
function startAnew({ resource }: Template, deployment: string): void {
  for (const fn of Object.values(resource.aws_lambda_function)) fn.environment.variables["DEPLOYMENT"] = deployment;
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

/** Synthesizes a system and runs it, on a port and a folder of its own. */
export async function startLocally(system: string): Promise<LocalSystem> {
  const outdir = synthesize(system);
  const store = new Store(temporaryFolder(), { fresh: true });
  const events: RunnerEvent[] = [];
  const tell = (event: RunnerEvent) => void events.push(event);
  const runner = new Runner({ root, store, systems: [system], environment: "dev", tell, accessLogs: false });
  await runner.listeners.open([system], 0);
  await runner.deploy(outdir);
  const granted = runner.grants();
  const [{ url, apiKey = "" } = { url: "" }] = runner.listeners.describe();
  return {
    url,
    apiKey,
    events,
    ask: async (method, path, { body, headers = {} } = {}) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const all = { "x-api-key": apiKey, "content-type": "application/json", ...headers };
      return answered(await fetch(`${url}${path}`, { method, headers: all, ...sent }));
    },
    grants: () => runner.grants(),
    deployWithout: async (cell) => {
      const changed = join(temporaryFolder(), "cdktf.out");
      cpSync(outdir, changed, { recursive: true });
      const path = join(changed, "stacks", `${system}-dev`, "cdk.tf.json");
      const template = JSON.parse(readFileSync(path, "utf8")) as Template;
      const similar = granted.filter(({ function: name, action }) => name === cell.function && action === cell.action);
      take(template, cell, cell.when ? similar.findIndex(({ when }) => when === cell.when) : undefined);
      startAnew(template, changed);
      writeFileSync(path, JSON.stringify(template));
      await runner.deploy(changed);
    },
    stop: async () => {
      await runner.stop();
      store.close();
      await stopEsbuild();
    },
  };
}
