import { dev } from "./dev";
import type { Environment } from "./environment";
import { prod } from "./prod";
import { qa } from "./qa";
import { SettingsError } from "./settings-error";

const environments: readonly Environment[] = [dev, qa, prod];

/** Account id in the settings until one is named: it is nobody's. */
const placeholder = "000000000000";

/** The others that are deployed to the account of one. An account an environment is what there should be: then none. */
export const sharingAccount = ({ name, accountId }: Environment): readonly Environment[] =>
  accountId === placeholder ? [] : environments.filter((other) => other.accountId === accountId && other.name !== name);

/**
 * The environment of that name.
 *
 * @throws SettingsError when there is none
 */
export function environmentNamed(name: string): Environment {
  const environment = environments.find((candidate) => candidate.name === name);
  if (environment) return environment;
  const known = environments.map((candidate) => candidate.name).join(", ");
  throw new SettingsError([
    `ENVIRONMENT: must be one of ${known}, got "${name}"; set it to one of these, or add environments/${name}.ts and list it in environments/index.ts`,
  ]);
}
