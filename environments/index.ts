import { dev } from "./dev";
import type { Environment } from "./environment";
import { prod } from "./prod";
import { qa } from "./qa";
import { SettingsError } from "./settings-error";

const environments: readonly Environment[] = [dev, qa, prod];

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
