import { randomText } from "../../lib/random";
import type { ServiceRequest } from "../service";
import { invalidArgument } from "./errors";
import { nullVersion } from "./object-file";

let latest = 0;

/** Now, in milliseconds since 1970; but later than it was said to be before, however coarse the clock is. */
export function laterNow(): number {
  latest = Math.max(latest + 1, Date.now());
  return latest;
}

/** 32 characters, of which those of a later version sort after. */
export const newVersionId = (): string => laterNow().toString(16).padStart(14, "0") + randomText(9, "hex");

export const isVersionId = (value: string): boolean => value === nullVersion || /^[0-9a-f]{32}$/.test(value);

/** @throws ServiceError for what is no id of a version */
export function checkedVersionId(name: string, value: string): string {
  if (value === "") throw invalidArgument(name, value, "Version id cannot be the empty string");
  if (isVersionId(value)) return value;
  throw invalidArgument(name, value, "Invalid version id specified");
}

/** The version that a request is about; none for the newest. */
export function versionIdIn({ query }: Pick<ServiceRequest, "query">): string | undefined {
  const value = query.get("versionId");
  return value === null ? undefined : checkedVersionId("versionId", value);
}
