import { randomUUID } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { strToU8, zipSync } from "fflate";
import type { PermissionUse } from "../../../local/iam/granted-permissions";
import type { Entrance, RunnerEvent } from "../../../local/run/events";
import type { Observer } from "../../../local/run/observer";
import type { OperatorAccess } from "../../../local/run/operator";
import { Runner } from "../../../local/run/runner";
import { Store } from "../../../local/store/store";
import { stackText, synthesizedWhere } from "../../support/synthesized";
import { temporaryFolder } from "./stack-file";

/** A response as a client receives it. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
  readonly body: any;
}

/** A way into a system: a stage, or the distribution. */
export interface LocalEntrance {
  readonly url: string;
  readonly apiKey: string;
  /** The keys of other clients. */
  readonly otherKeys: Entrance["otherKeys"];
  /** Asks with the key, unless the headers say otherwise. */
  ask(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answered>;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
export type PolicyStatement = any;

/** An observer of more than a terminal shows. */
export interface RecordingObserver extends Observer {
  record(event: RunnerEvent): void;
}

/** A system of dev on this machine, from what was synthesized; by itself, its first stage. */
export interface LocalSystem extends LocalEntrance {
  readonly runner: Runner;
  readonly events: readonly RunnerEvent[];
  /** Another way in, by name. */
  at(name: string): LocalEntrance;
  /** Settings of AWS's own tools. */
  readonly access: OperatorAccess;
  grants(): readonly PermissionUse[];
  /** Runs the stack as it was synthesized, but for a change to its text. */
  deployChanged(change: (text: string) => string): Promise<void>;
  /** Runs the stack as it was synthesized, but for one action that a role no longer allows. Its function starts anew. */
  deployWithout(permission: Pick<PermissionUse, "function" | "action" | "when">): Promise<void>;
  /** Runs the stack with other arguments of one function, and with other code if there is some. It starts anew. */
  deployFunction(name: string, changes: FunctionChanges): Promise<void>;
  /** Runs it with other statements in the policies that resources of a type have. Functions start anew. */
  deployWithPolicies(type: string, change: (statements: PolicyStatement[]) => readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

/** Replacements of a function's code and settings. */
export interface FunctionChanges {
  /** An ES module that exports `handler`. */
  readonly code?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

const root = process.cwd();

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
}

interface Template {
  readonly resource: {
    readonly [type: string]: Record<string, object>;
    readonly aws_lambda_function: Record<
      string,
      { function_name: string; filename?: string; environment: { variables: Record<string, string> } }
    >;
    readonly aws_iam_role: Record<string, { name: string }>;
    readonly aws_iam_role_policy: Record<string, { role: string; policy: string }>;
  };
}

/**
 * Takes an action out of what a function's role allows: of all its statements, or of the nth that has it. Roles are
 * named like their functions.
 */
function take({ resource }: Template, permission: Pick<PermissionUse, "function" | "action">, nth?: number): void {
  for (const attached of Object.values(resource.aws_iam_role_policy)) {
    const [, role = ""] = /aws_iam_role\.([\w-]+)\./.exec(attached.role) ?? [];
    if (resource.aws_iam_role[role]?.name !== permission.function) continue;
    const policy = JSON.parse(attached.policy) as { Statement: Statement[] };
    const concerned = policy.Statement.filter(
      ({ Effect, Action }) => Effect === "Allow" && Action.includes(permission.action),
    );
    const without = policy.Statement.map((statement) =>
      (nth === undefined ? concerned.includes(statement) : concerned[nth] === statement)
        ? { ...statement, Action: statement.Action.filter((action) => action !== permission.action) }
        : statement,
    );
    attached.policy = JSON.stringify({ ...policy, Statement: without.filter(({ Action }) => Action.length > 0) });
  }
}

/** Gives a function, or each, a variable that it did not have: what it has kept is gone with its environments. */
function startAnew({ resource }: Template, name?: string): void {
  for (const { function_name, environment } of Object.values(resource.aws_lambda_function)) {
    if (name === undefined || function_name === name) environment.variables["DEPLOYMENT"] = randomUUID();
  }
}

async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

function entranceOf({ url, apiKey = "", otherKeys }: Entrance): LocalEntrance {
  return {
    url,
    apiKey,
    otherKeys,
    ask: async (method, path, { body, headers = {} } = {}) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const all = { "x-api-key": apiKey, "content-type": "application/json", ...headers };
      return answered(await fetch(`${url}${path}`, { method, headers: all, ...sent }));
    },
  };
}

/** Statements that refuse everything, to everybody. */
export const denied = (statements: PolicyStatement[]): readonly object[] => [
  ...statements,
  { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" },
];

/**
 * Runs a system as it is synthesized, on a port and a folder of its own.
 *
 * @param base what of it is otherwise, whatever is deployed later
 * @param watcher receives all events
 */
export async function startLocally(
  system: string,
  base: (template: Template) => void = () => undefined,
  watcher?: RecordingObserver,
): Promise<LocalSystem> {
  const outdir = join(temporaryFolder(), "cdktf.out");
  cpSync(synthesizedWhere(system), outdir, { recursive: true });
  const template = JSON.parse(stackText(system)) as Template;
  base(template);
  const text = JSON.stringify(template);
  const file = join(outdir, "stacks", `${system}-dev`, "cdk.tf.json");
  writeFileSync(file, text);
  const events: RunnerEvent[] = [];
  const emit = (event: RunnerEvent) => {
    events.push(event);
    watcher?.record(event);
  };
  const problem = (message: string) => emit({ event: "problem", message });
  const store = new Store(temporaryFolder(), { fresh: true, problem });
  const runner = new Runner({
    root,
    store,
    systems: [system],
    environment: "dev",
    emit,
    accessLogs: false,
    hosts: [],
    speed: 1200,
    ...(watcher ? { observer: watcher } : {}),
  });
  await runner.listeners.open([system], 0);
  await runner.deploy(outdir);
  const granted = runner.grants();
  const entrances = runner.listeners.describe().flatMap((described) => described.entrances);
  const at = (name: string | undefined): LocalEntrance => {
    const entrance = entrances.find((candidate) => candidate.name === name);
    if (!entrance) throw new Error(`${system} has no entrance ${name}`);
    return entranceOf(entrance);
  };
  const deployChanged = async (change: (text: string) => string) => {
    writeFileSync(file, change(text));
    await runner.deploy(outdir);
  };
  const deployEdited = (edit: (template: Template) => void) =>
    deployChanged((text) => {
      const template = JSON.parse(text) as Template;
      edit(template);
      return JSON.stringify(template);
    });
  const deployFunction = (name: string, { code, variables = {}, ...changes }: FunctionChanges) =>
    deployEdited(({ resource }) => {
      for (const fn of Object.values(resource.aws_lambda_function)) {
        if (fn.function_name !== name) continue;
        Object.assign(fn.environment.variables, variables, { DEPLOYMENT: randomUUID() });
        Object.assign(fn, changes.arguments);
        if (code === undefined) continue;
        fn.filename = "functions/replaced.zip";
        const zip = zipSync({ "index.mjs": strToU8(code) });
        writeFileSync(join(outdir, "stacks", `${system}-dev`, fn.filename), zip);
      }
    });
  return {
    ...at(entrances[0]?.name),
    runner,
    events,
    at,
    access: await runner.access(),
    grants: () => runner.grants(),
    deployChanged,
    deployFunction,
    deployWithout: (permission) =>
      deployEdited((template) => {
        const similar = granted.filter(
          (other) => other.function === permission.function && other.action === permission.action,
        );
        take(
          template,
          permission,
          permission.when ? similar.findIndex(({ when }) => when === permission.when) : undefined,
        );
        startAnew(template, permission.function);
      }),
    deployWithPolicies: (type, change) =>
      deployEdited((template) => {
        for (const protecting of Object.values(template.resource[type] ?? {}) as { policy: string }[]) {
          const policy = JSON.parse(protecting.policy) as { Statement: PolicyStatement[] };
          protecting.policy = JSON.stringify({ ...policy, Statement: change(policy.Statement) });
        }
        startAnew(template);
      }),
    stop: async () => {
      await runner.stop();
      store.close();
      await stopEsbuild();
    },
  };
}
