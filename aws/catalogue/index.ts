import { accountTypes } from "./account";
import { apiTypes } from "./api";
import { computeTypes } from "./compute";
import { dataTypes } from "./data";
import { eventsTypes } from "./events";
import { identityTypes } from "./identity";
import { networkTypes } from "./network";
import { observabilityTypes } from "./observability";
import type { ResourceActions, ResourceType } from "./resource-type";
import { s3Types } from "./s3";

/** Every type of resource that stacks may have. A new one is an entry here, its construct, and its emulator if it has one. */
export const catalogue: Readonly<Record<string, ResourceType>> = {
  ...accountTypes,
  ...apiTypes,
  ...computeTypes,
  ...dataTypes,
  ...eventsTypes,
  ...identityTypes,
  ...networkTypes,
  ...observabilityTypes,
  ...s3Types,
};

/** The entry of a type. @returns undefined for a type that is not in the catalogue */
export const resourceType = (type: string): ResourceType | undefined =>
  Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;

/** Whether the local run does what AWS does with resources of a type; one that nobody has thought of is not emulated. */
export const isEmulated = (type: string): boolean => resourceType(type)?.emulated === true;

/** The noun for resources of a type: `table`. A type without a catalogue entry is spelled out of its own name. */
export const nounOf = (type: string): string =>
  resourceType(type)?.noun ?? type.replace(/^aws_/, "").replaceAll("_", " ");

/** The same with the service where the noun alone could be another's: `DynamoDB table`. */
export function titleOf(type: string): string {
  const service = resourceType(type)?.of;
  return service === undefined ? nounOf(type) : `${service} ${nounOf(type)}`;
}

/** Whether a change of the argument replaces a resource; another region does, whatever it is (since version 6 of hashicorp/aws). */
export const replaces = (type: string, argument: string): boolean =>
  argument === "region" || (resourceType(type)?.replacing?.includes(argument) ?? false);

/** The IAM actions that a kind of change of a resource takes, each with its prefix: `dynamodb:CreateTable`. */
export function actionsOf(type: string, kind: keyof ResourceActions): readonly string[] {
  const { service = "", actions = {} } = resourceType(type) ?? {};
  const names = actions[kind]?.split(" ") ?? [];
  return names.map((name) => (name.includes(":") ? name : `${service}:${name}`));
}
