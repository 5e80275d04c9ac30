import { parseArn } from "../../aws/arn";
import { isObject, type JsonObject } from "../../lib/json";
import { messageOf, UserError } from "../lib/user-error";
import { type Conditions, unknownIn } from "./conditions";
import { type Principals, readPrincipals } from "./principals";

/** A statement of a policy, with every list written out. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Conditions;
}

const known = ["Sid", "Effect", "Action", "Resource", "Condition"];

function texts(value: unknown, what: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new UserError(`${what} must not be empty`);
  return list.map((item) => {
    if (typeof item !== "string" && typeof item !== "boolean" && typeof item !== "number") {
      throw new UserError(`${what} must be text or a list of texts`);
    }
    const text = String(item);
    if (text.includes("${")) throw new UserError(`${what}: policy variable ${text} is not known`);
    return text;
  });
}

function readConditions(value: unknown): Conditions {
  if (value === undefined) return [];
  if (!isObject(value)) throw new UserError("Condition must be an object");
  return Object.entries(value).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw new UserError(`Condition ${operator} must be an object`);
    return Object.entries(keys).map(([key, values]) => {
      const unknown = unknownIn(operator, key);
      if (unknown) throw new UserError(`${unknown} is not known`);
      return { operator, key, values: texts(values, `Condition ${operator} ${key}`) };
    });
  });
}

function readStatement(statement: unknown, more: readonly string[] = []): Statement {
  if (!isObject(statement)) throw new UserError("Statement must hold objects");
  const unknown = Object.keys(statement).find((element) => ![...known, ...more].includes(element));
  if (unknown) throw new UserError(`element ${unknown} is not known`);
  const { Effect: effect } = statement;
  if (effect !== "Allow" && effect !== "Deny")
    throw new UserError(`Effect must be Allow or Deny, got ${String(effect)}`);
  const actions = texts(statement["Action"], "Action");
  const malformed = actions.find((action) => action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(action));
  if (malformed !== undefined) throw new UserError(`Action ${malformed} is no action`);
  const resources = texts(statement["Resource"], "Resource");
  const strange = resources.find((resource) => resource !== "*" && !parseArn(resource)?.resource);
  if (strange !== undefined) throw new UserError(`Resource ${strange} is no ARN`);
  return { effect, actions, resources, conditions: readConditions(statement["Condition"]) };
}

/** Says whom it is about, by one of two elements. */
function readResourceStatement(statement: unknown): Statement & { readonly principals: Principals } {
  const read = readStatement(statement, ["Principal", "NotPrincipal"]);
  const { Principal: named, NotPrincipal: others } = statement as JsonObject;
  if ((named === undefined) === (others === undefined))
    throw new UserError("it needs either Principal or NotPrincipal");
  if (named !== undefined) return { ...read, principals: readPrincipals("Principal", named, texts) };
  if (read.effect === "Allow")
    throw new UserError("NotPrincipal with Allow would let in everybody else; name principals");
  return { ...read, principals: readPrincipals("NotPrincipal", others, texts) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}

function readDocument<Read>(json: string, where: string, read: (statement: unknown) => Read): readonly Read[] {
  try {
    const document = parsed(json);
    if (!isObject(document)) throw new UserError("must be an object");
    const { Version: version, Statement: statements, Id: _, ...others } = document;
    const [unknown] = Object.keys(others);
    if (unknown) throw new UserError(`element ${unknown} is not known`);
    if (version !== "2012-10-17") throw new UserError(`Version must be 2012-10-17, got ${String(version)}`);
    const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
    return list.map(read);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${where}: policy: ${error.message}`);
  }
}

/**
 * Reads a policy that is attached to a role.
 *
 * @throws UserError naming what in it is not known: it is refused, since guessing could allow what AWS does not
 */
export const readPolicy = (json: string, where: string): readonly Statement[] =>
  readDocument(json, where, (statement) => readStatement(statement));

/**
 * Reads the policy that a resource itself has: each statement says whom it is about.
 *
 * @throws UserError as for a role's
 */
export const readResourcePolicy = (json: string, where: string) => readDocument(json, where, readResourceStatement);
