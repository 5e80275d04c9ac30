import { parameterArn } from "../../../aws/arn";
import { ssmLimits } from "../../../aws/limits";
import { type Input, textIn } from "../json-protocol";
import { ServiceError, type ServiceRequest } from "../service";
import type { Parameters } from "./parameters";
import type { Versioned } from "./version";

/** A parameter that is asked for: by its name or ARN, and perhaps one version, by its number or a label. */
export interface Asked {
  readonly given: string;
  /** The name, or an ARN. */
  readonly name: string;
  readonly arn: string;
  readonly selector?: string;
}

export const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

export const constraint = (member: string, rule: string): ServiceError =>
  invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`);

const form =
  "If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_";

const malformed = (): ServiceError =>
  invalid(`Parameter name: can't be prefixed with "ssm" (case-insensitive). ${form}`);

/** @throws ServiceError unless it is a name as parameters have them (Systems Manager API reference, PutParameter, Name) */
function checkForm(name: string): void {
  if (name.length > ssmLimits.nameCharacters) {
    throw constraint("name", `Member must have length less than or equal to ${ssmLimits.nameCharacters}`);
  }
  if (!/^[\w./-]+$/.test(name)) throw malformed();
  // A name that has levels begins with a slash.
  if (name.includes("/") && !name.startsWith("/")) throw invalid("Parameter name must be a fully qualified name.");
}

/** `/a/b` is `…:parameter/a/b`, `b` is `…:parameter/b`; `b:3` is its third version. Spaces around it are removed. */
export function askedFor(given: string, { caller }: ServiceRequest): Asked {
  const trimmed = given.trim();
  const [, whole = trimmed, selector] = /^(arn:(?:[^:]*:){4}[^:]*|[^:]*):([^:/]*)$/.exec(trimmed) ?? [];
  const isArn = whole.startsWith("arn:");
  if (selector === "" || (!isArn && whole.includes(":")))
    throw invalid(
      "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>",
    );
  if (!isArn) checkForm(whole);
  const arn = isArn ? whole : parameterArn(whole, caller);
  return { given, name: whole, arn, ...(selector === undefined ? {} : { selector }) };
}

/** What changes a parameter takes its name alone: no ARN, and no version of it. @throws ServiceError */
export function nameToChange(given: string, { caller }: ServiceRequest): Pick<Asked, "given" | "name" | "arn"> {
  const name = given.trim();
  checkForm(name);
  return { given, name, arn: parameterArn(name, caller) };
}

/** @throws ServiceError for a name that no new parameter has, though one may be asked for by it */
export function checkNew({ name, arn }: Pick<Asked, "name" | "arn">): void {
  const [isPath, plain] = [name.startsWith("/"), name.replace(/^\//, "")];
  if (/^aws/i.test(plain) && isPath) {
    throw new ServiceError("AccessDeniedException", `No access to reserved parameter name: ${plain}.`);
  }
  if (/^(aws|ssm)/i.test(plain)) {
    if (isPath) throw malformed();
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.endsWith("/")) throw invalid("Parameter name must not end with slash.");
  if (name.includes("//")) throw malformed();
  if (plain.split("/").length > ssmLimits.levels) {
    const message = `A hierarchy can have a maximum of ${ssmLimits.levels} levels, and ${name} has more.`;
    throw new ServiceError("HierarchyLevelLimitExceededException", message);
  }
  if (arn.length > ssmLimits.arnCharacters) {
    throw invalid(`Parameter name: its ARN can have a maximum of ${ssmLimits.arnCharacters} characters.`);
  }
}

/** The names in a request for one or several. @throws ServiceError when Parameter Store would refuse them */
export function namesIn(input: Input, member: "Name" | "Names"): readonly string[] {
  const names: unknown = member === "Names" ? input["Names"] : [textIn(input, "Name")];
  const isList = Array.isArray(names) && names.every((name): name is string => typeof name === "string" && name !== "");
  if (!isList || names.length === 0 || names.length > ssmLimits.namesPerRequest) {
    throw constraint("names", `Member must have length between 1 and ${ssmLimits.namesPerRequest}`);
  }
  return [...new Set(names)];
}

/** The parameter itself: `/p` and `p` are two, whose ARNs are the same. */
export const named = (parameters: Parameters, { name, arn }: Pick<Asked, "name" | "arn">): Versioned | undefined =>
  parameters.byName(name) ?? (name.startsWith("arn:") ? parameters.byArn(arn) : undefined);

export const notFound = (): ServiceError => new ServiceError("ParameterNotFound", "");

export const noVersion = ({ name, selector = "" }: Pick<Asked, "name" | "selector">): ServiceError =>
  new ServiceError(
    "ParameterVersionNotFound",
    /^\d+$/.test(selector)
      ? `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`
      : `Systems Manager could not find label ${selector} for parameter ${name}. Verify the label and try again.`,
  );
