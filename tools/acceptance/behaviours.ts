import { randomBytes } from "node:crypto";
import { UserError } from "../../lib/user-error";
import { type Address, type Ask, Client, type Scenario, type Step } from "./client";
import { differences } from "./observation";
import { anyApi } from "./scenarios/any-api";
import { dataProcessor } from "./scenarios/data-processor";
import { items } from "./scenarios/items";
import { records } from "./scenarios/records";
import { userDirectory } from "./scenarios/user-directory";
import { onlyByDistribution, userManagement } from "./scenarios/user-management";

/** A scenario at one of the system's entrances. */
interface Asked {
  readonly scenario: Scenario;
  /** A path of its API. */
  readonly path: string;
}

const scenarios: Readonly<Record<string, Asked>> = {
  records: { scenario: records, path: "/records" },
  "user-directory": { scenario: userDirectory, path: "/users" },
  "data-processor": { scenario: dataProcessor, path: "/data" },
  "user-management": { scenario: userManagement, path: "/users" },
  items: { scenario: items, path: "/api/items" },
};

export const systemsTried: readonly string[] = Object.keys(scenarios);

/** The stage that answers nobody but its distribution. */
const behindDistribution = "prod";

function scenarioOf(system: string, entrance: string): Scenario {
  if (system === "user-management" && entrance === behindDistribution) return onlyByDistribution;
  const asked = new Map(Object.entries(scenarios)).get(system);
  if (!asked)
    throw new UserError(`system: must be one of ${systemsTried.join(", ")}, got ${system || "none"}; name one`);
  return async (client) => {
    await asked.scenario(client);
    await anyApi(client, asked.path);
  };
}

/** A request to a system that API Gateway refuses by itself, for nothing. */
export const refusedBy = (system: string): Ask => ({
  method: "POST",
  path: new Map(Object.entries(scenarios)).get(system)?.path ?? "/",
  body: {},
});

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

async function asked(address: Address, scenario: Scenario): Promise<Client> {
  const client = new Client(address, randomBytes(6).toString("hex"));
  await scenario(client);
  return client;
}

/** Asks the target and the local run the same, and compares. */
export async function compare(system: string, target: Address, local: Address): Promise<Behaviours> {
  const scenario = scenarioOf(system, target.name);
  const here = await asked(local, scenario);
  const there = await asked(target, scenario);
  const left = await there.end();
  const rows = there.steps.map((step, index): Row => {
    const same = here.steps[index];
    return { target: step, local: same, problems: problemsOf(step, same) };
  });
  return { entrance: target.name, rows, left };
}
