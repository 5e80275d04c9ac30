import { functionArn, parseFunctionName, unqualifiedArn } from "../../../aws/arn";
import { type FunctionDefinition, qualifiedVersion } from "../../read/function-definition";
import { type Caller, ServiceError } from "../service";

/** Members of each error of a caller's. */
export const byUser = { Type: "User" };

/** Lambda's error for a member that violates a constraint. */
export function violation(member: string, given: string | null, rule: string): ServiceError {
  const message = `1 validation error detected: Value '${given}' at '${member}' failed to satisfy constraint: ${rule}`;
  return new ServiceError("ValidationException", message, { members: byUser });
}

/** Of names and qualifiers (Lambda API reference, Invoke, "URI Request Parameters"; GetAlias, Name). */
const patterns = {
  functionName:
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
  qualifier: "(|[a-zA-Z0-9$_-]+)",
  name: "(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
  functionVersion: "(\\$LATEST|[0-9]+)",
} as const;

export function checkPattern(member: keyof typeof patterns, given: string): void {
  const pattern = patterns[member];
  if (new RegExp(`^${pattern}$`).test(given)) return;
  throw violation(member, given, `Member must satisfy regular expression pattern: ${pattern}`);
}

/** The ARN of the function that a name (with or without a qualifier), a part of an ARN, or an ARN means. */
export function invokedArn(text: string, asked: string | null, { region, accountId }: Caller): string {
  checkPattern("functionName", text);
  checkPattern("qualifier", asked ?? "");
  const { name, qualifier: named, ...place } = parseFunctionName(text);
  // An empty one names none.
  return functionArn(name, { region, accountId, ...place }, named ?? (asked || undefined));
}

export type Functions = () => readonly FunctionDefinition[];

/** The version of a function that an ARN means. An alias means its own here, whatever weights it has. */
export function versionIn(fn: FunctionDefinition, arn: string): string | undefined {
  return qualifiedVersion(fn, parseFunctionName(arn).qualifier, 1);
}

/** The function of an ARN. @throws ServiceError where it, or the version or alias that it names, is not there */
export function found(functions: Functions, arn: string): FunctionDefinition {
  const fn = functions().find((one) => one.arn === unqualifiedArn(arn));
  if (!fn || versionIn(fn, arn) === undefined) throw notFound(arn);
  return fn;
}

export function notFound(arn: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404, members: byUser });
}
