import { UserError } from "../../lib/user-error";
import type { DeployedStack, Versions } from "./cli";

/** The versions that served from a time on. */
export interface Served {
  readonly since: Date;
  readonly versions: Versions;
}

interface Parameter {
  readonly Value: string;
  readonly LastModifiedDate: string | number;
}

/** The AWS CLI prints times as ISO 8601, or, where it is configured so, as seconds. */
const instant = (printed: string | number): Date => new Date(typeof printed === "number" ? printed * 1000 : printed);

/**
 * Served versions with their times, the newest last: Parameter Store keeps a hundred values of a parameter. Terraform
 * writes the first, and, where versions take over at once, all others; `npm run release` writes one for each release
 * that was not rolled back, so that a version which alarms reversed is not among them.
 */
export function servedVersions({ aws, name, serving }: DeployedStack): Served[] {
  const { Parameters } = aws("ssm", "get-parameter-history", "--name", serving) as { Parameters: Parameter[] };
  const served = Parameters.map(({ Value, LastModifiedDate }) => ({
    since: instant(LastModifiedDate),
    versions: JSON.parse(Value) as Versions,
  }));
  if (served.length === 0) throw new UserError(`${name}: nothing is recorded of what served; deploy it once`);
  return served.sort((a, b) => a.since.getTime() - b.since.getTime());
}

/** Writes down what serves from now on. */
export function recordServing({ aws, serving }: DeployedStack, versions: Versions): void {
  aws("ssm", "put-parameter", "--overwrite", "--name", serving, "--value", JSON.stringify(versions));
}
