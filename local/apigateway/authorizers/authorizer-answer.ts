import { isObject } from "../../../lib/json";
import { UserError } from "../../../lib/user-error";
import { type ApiRequest, compileIdentityPolicy } from "../../iam/api-policy";
import type { PolicyDecision } from "../../iam/resource-policy";
import type { CallerOfFunction } from "./authorized-caller";

/** An answer of an authorizer's function, read once and asked for each request that it is cached for. */
export interface AuthorizerAnswer {
  readonly caller: Omit<CallerOfFunction, "latency">;
  readonly decide: (request: ApiRequest) => PolicyDecision;
}

/**
 * Reads what an authorizer's function returned. (developer guide, "Output from an API Gateway Lambda authorizer")
 *
 * @returns text that says what is wrong with it
 */
export function readAuthorizerAnswer(payload: string, name: string): AuthorizerAnswer | string {
  const answer = parsed(payload);
  if (!isObject(answer)) return `the function must return an object, got ${payload.slice(0, 80)}`;
  const { principalId, policyDocument, context = {}, usageIdentifierKey } = answer;
  if (typeof principalId !== "string" || principalId === "") return "principalId must be text that is not empty";
  if (!isObject(policyDocument)) return "policyDocument must be a policy";
  if (!isObject(context ?? {})) return "context must be an object";
  if (usageIdentifierKey !== undefined && usageIdentifierKey !== null && typeof usageIdentifierKey !== "string") {
    return "usageIdentifierKey must be text";
  }
  const values: Record<string, string> = Object.create(null);
  for (const [member, value] of Object.entries(context ?? {})) {
    if (value === null) continue;
    if (!["string", "number", "boolean"].includes(typeof value)) {
      return `context.${member} must be a string, a number or a boolean`;
    }
    values[member] = String(value);
  }
  try {
    const decide = compileIdentityPolicy(JSON.stringify(policyDocument), `authorizer ${name}`);
    return { caller: { principalId, context: values }, decide };
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
