import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../lib/user-error";
import { anyApi } from "./any-api";
import { type Address, type Ask, type Asked, Client, type Scenario, type Step } from "./client";
import { differences } from "./observation";

/** The systems that have a scenario. */
export const systemsTried: readonly string[] = readdirSync(join(__dirname, "scenarios"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length))
  .sort();

/** @throws UserError when the system has no scenario */
function askedOf(system: string): Asked {
  if (!systemsTried.includes(system))
    throw new UserError(`system: must be one of ${systemsTried.join(", ")}, got ${system || "none"}; name one`);
  // Esbuild knows the folder in this path, and bundles its files.
  const { asked }: { asked: Asked } = require(`./scenarios/${system}.ts`);
  return asked;
}

function scenarioOf(system: string, entrance: string): Scenario {
  const { scenario, path, byEntrance = {} } = askedOf(system);
  const own = new Map(Object.entries(byEntrance)).get(entrance);
  if (own) return own;
  return async (client) => {
    await scenario(client);
    await anyApi(client, path);
  };
}

/** A request to a system that API Gateway refuses by itself, for nothing. */
export const refusedBy = (system: string): Ask => ({ method: "POST", path: askedOf(system).path, body: {} });

/** A request, how it was answered by the target and by the local run, and what is wrong with that. */
export interface Row {
  readonly target: Step;
  readonly local: Step | undefined;
  readonly problems: readonly string[];
}

/** The requests of one way into a system. */
export interface Behaviours {
  /** A stage's name, or `distribution`. */
  readonly entrance: string;
  readonly rows: readonly Row[];
  /** Resources that the run created and could not delete. */
  readonly left: readonly string[];
}

function problemsOf(target: Step, local: Step | undefined): string[] {
  const { expected, observation, failure } = target;
  const problems = failure === undefined ? [] : [failure];
  if (observation && observation.status !== expected)
    problems.push(`status: ${expected} expected, got ${observation.status}`);
  if (!local) return [...problems, "the local run was not asked"];
  if (local.failure !== undefined) problems.push(`locally: ${local.failure}`);
  if (!observation || !local.observation) return problems;
  return [...problems, ...differences(observation, local.observation)];
}

async function outcome(address: Address, scenario: Scenario): Promise<Client> {
  const client = new Client(address, randomBytes(6).toString("hex"));
  await scenario(client);
  return client;
}

/** Asks the target and the local run the same, and compares. */
export async function compare(system: string, target: Address, local: Address): Promise<Behaviours> {
  const scenario = scenarioOf(system, target.name);
  const here = await outcome(local, scenario);
  const there = await outcome(target, scenario);
  const left = await there.end();
  const rows = there.steps.map((step, index): Row => {
    const same = here.steps[index];
    return { target: step, local: same, problems: problemsOf(step, same) };
  });
  return { entrance: target.name, rows, left };
}
