import { parseArn } from "../../../aws/arn";
import type { LogGroup } from "../../read/log-group-definition";
import { type Input, optionalTextIn } from "../json-protocol";
import { notEmulated, ServiceError } from "../service";

export const invalid = (message: string): ServiceError => new ServiceError("InvalidParameterException", message);

export const notFound = (what: string): ServiceError =>
  new ServiceError("ResourceNotFoundException", `The specified ${what} does not exist.`);

/** @throws ServiceError when a member asks for what is not emulated */
export function refuse(input: Input, ...names: readonly string[]): void {
  const asked = names.find((name) => (Array.isArray(input[name]) ? input[name].length > 0 : Boolean(input[name])));
  if (asked !== undefined) throw notEmulated("CloudWatch Logs", asked);
}

/** A whole number. @throws ServiceError when it is none, or out of its range */
export function numberIn(input: Input, name: string, [least, most]: readonly [number, number]): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value))
    throw new ServiceError("SerializationException", `${name} is no number`);
  if (value >= least && value <= most) return value;
  const rule = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  const failed = `Value '${value}' at '${name}' failed to satisfy constraint: Member must have value ${rule}`;
  throw invalid(`1 validation error detected: ${failed}`);
}

/** A group as it is asked for. */
export interface Asked {
  readonly name: string;
  /** ARN that permissions are on: the group's streams, named or not. */
  readonly resource: string;
}

/** Which group a request is about, by name or ARN, whether it is there or not. */
export function groupIn(input: Input, place: string): Asked {
  const [name, identifier] = [optionalTextIn(input, "logGroupName"), optionalTextIn(input, "logGroupIdentifier")];
  if (name !== undefined && identifier !== undefined) {
    throw invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  const asked = name ?? identifier;
  if (asked === undefined || asked === "")
    throw invalid("Either logGroupName or logGroupIdentifier must be specified.");
  const own = parseArn(asked)?.resource.replace(/^log-group:/, "") ?? asked;
  return { name: own, resource: `${place}${own}:log-stream:` };
}

/** @throws ServiceError when there is none */
export function known(groups: readonly LogGroup[], name: string): LogGroup {
  const group = groups.find((one) => one.name === name);
  if (!group) throw notFound("log group");
  return group;
}
