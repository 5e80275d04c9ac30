import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { all, type Call, newId, notFound, one, type Resource, type Routes, sent } from "./api";
import { currentState } from "./state-versions";
import { type Workspace, workspaceOf } from "./workspaces";

/** Where configurations are unpacked, each into a folder named by its id. */
const folder = process.argv[4] ?? "";

/** Configuration versions' id → whether it has come. */
const configurations = new Map<string, boolean>();

/** A plan, made here. Its log begins and ends with the characters that mark the start and the end of a text. */
interface Run {
  readonly id: string;
  readonly workspace: string;
  status: "planning" | "planned_and_finished" | "errored";
  log: string;
}

const runs = new Map<string, Run>();

const configuration = (id: string, origin: string): Resource => ({
  type: "configuration-versions",
  id,
  attributes: {
    status: configurations.get(id) ? "uploaded" : "pending",
    "upload-url": `${origin}/api/v2/configuration-versions/${id}/contents`,
  },
});

/** Unpacks an archive into an empty folder: what a run has is what was sent. */
function unpack(id: string, archive: Buffer): void {
  mkdirSync(join(folder, id), { recursive: true });
  const { status, stderr } = spawnSync("tar", ["-xz", "-C", join(folder, id)], { input: archive });
  if (status !== 0) throw new Error(`${id}: ${stderr}`);
  configurations.set(id, true);
}

/** Has Terraform plan in a configuration's folder, with the workspace's state and variables, and nothing else of anybody's. */
function plan(run: Run, directory: string, { id, variables }: Workspace): void {
  writeFileSync(join(directory, "backend_override.tf.json"), '{"terraform":{"backend":{"local":{}}}}');
  const state = currentState(id);
  if (state) writeFileSync(join(directory, "terraform.tfstate"), state);
  const given = [...variables].map(([name, value]) => [`TF_VAR_${name}`, value]);
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("TF_VAR_"));
  const command = "terraform init -input=false && terraform plan -input=false";
  const child = spawn("sh", ["-c", command], {
    cwd: directory,
    env: Object.fromEntries([...others, ...given]),
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (run.log += text));
  child.on("close", (code) => {
    run.log += "\x03";
    run.status = code === 0 ? "planned_and_finished" : "errored";
  });
}

function start(call: Call) {
  const { relationships } = sent(call);
  const idOf = (name: string) => (relationships?.[name]?.data as Resource | undefined)?.id ?? "";
  const workspace = workspaceOf(idOf("workspace"));
  if (!workspace) return notFound;
  const run: Run = { id: newId("run"), workspace: workspace.id, status: "planning", log: "\x02" };
  runs.set(run.id, run);
  plan(run, join(folder, idOf("configuration-version")), workspace);
  return one(shown(run), 201);
}

const shown = ({ id, workspace, status, log }: Run): Resource => ({
  type: "runs",
  id,
  attributes: { status, "has-changes": /^Plan:/m.test(log) },
  relationships: {
    plan: { data: { type: "plans", id, attributes: {} } },
    workspace: { data: { type: "workspaces", id: workspace, attributes: {} } },
  },
});

const planOf = ({ id, status }: Run, origin: string): Resource => ({
  type: "plans",
  id,
  attributes: {
    status: status === "planning" ? "running" : status === "errored" ? "errored" : "finished",
    "log-read-url": `${origin}/api/v2/plans/${id}/log`,
  },
});

function logOf({ ids: [id = ""], query }: Call) {
  const [offset, limit] = ["offset", "limit"].map((name) => Number(query.get(name)));
  return { bytes: Buffer.from(runs.get(id)?.log ?? "").subarray(offset, Number(offset) + Number(limit)) };
}

/** Remote execution: a configuration is sent as an archive, then a run plans with it, and its log is read. */
export const runRoutes: Routes = {
  "POST /workspaces/:id/configuration-versions": ({ origin }) => one(configuration(newId("cv"), origin), 201),
  "GET /configuration-versions/:id": ({ ids: [id = ""], origin }) => one(configuration(id, origin)),
  "PUT /configuration-versions/:id/contents": ({ ids: [id = ""], body }) => {
    unpack(id, body);
    return {};
  },
  "POST /runs": start,
  "GET /runs/:id": ({ ids: [id = ""] }) => {
    const run = runs.get(id);
    return one(run && shown(run));
  },
  "GET /runs/:id/run-events": () => all([]),
  "GET /plans/:id": ({ ids: [id = ""], origin }) => {
    const run = runs.get(id);
    return one(run && planOf(run, origin));
  },
  "GET /plans/:id/log": logOf,
};
