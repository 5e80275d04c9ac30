import { parseArn } from "../../aws/arn";
import { readPolicyDocument, type StatementElements } from "../../aws/policy-document";
import { UserError } from "../lib/user-error";
import { type Conditions, unknownIn } from "./conditions";
import { type Principals, principalsIn } from "./principals";

/** A statement of a policy, with every list written out. */
export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Conditions;
}

/** Texts without policy variables, whose values nobody knows here. */
function plain(values: readonly string[], element: string): readonly string[] {
  const variable = values.find((value) => value.includes("${"));
  if (variable !== undefined) throw new UserError(`${element}: policy variable ${variable} is not known`);
  return values;
}

/** Texts of an element that a statement has to have. */
function needed(values: readonly string[] | undefined, element: string): readonly string[] {
  if (values === undefined) throw new UserError(`${element} must be text or a list of texts`);
  return plain(values, element);
}

const conditionsOf = (condition: StatementElements["Condition"] = {}): Conditions =>
  Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const unknown = unknownIn(operator, key);
      if (unknown) throw new UserError(`${unknown} is not known`);
      return { operator, key, values: plain(values, `Condition ${operator} ${key}`) };
    }),
  );

/** @param allowed elements besides those of every statement */
function statementOf(elements: StatementElements, allowed: readonly string[] = []): Statement {
  const known = ["Effect", "Action", "Resource", "Condition", ...allowed];
  const unknown = Object.keys(elements).find((element) => !known.includes(element));
  if (unknown) throw new UserError(`element ${unknown} is not known`);
  const actions = needed(elements.Action, "Action");
  const malformed = actions.find((action) => action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(action));
  if (malformed !== undefined) throw new UserError(`Action ${malformed} is no action`);
  const resources = needed(elements.Resource, "Resource");
  const strange = resources.find((resource) => resource !== "*" && !parseArn(resource)?.resource);
  if (strange !== undefined) throw new UserError(`Resource ${strange} is no ARN`);
  return { effect: elements.Effect, actions, resources, conditions: conditionsOf(elements.Condition) };
}

/** Says whom it is about, by one of two elements. */
function resourceStatementOf(elements: StatementElements): Statement & { readonly principals: Principals } {
  const statement = statementOf(elements, ["Principal", "NotPrincipal"]);
  const { Principal, NotPrincipal } = elements;
  if ((Principal === undefined) === (NotPrincipal === undefined))
    throw new UserError("it needs either Principal or NotPrincipal");
  if (NotPrincipal !== undefined && statement.effect === "Allow")
    throw new UserError("NotPrincipal with Allow would let in everybody else; name principals");
  const principals = Principal
    ? principalsIn("Principal", Principal)
    : principalsIn("NotPrincipal", NotPrincipal ?? {});
  return { ...statement, principals };
}

function readStatements<Read>(json: string, where: string, read: (statement: StatementElements) => Read): Read[] {
  try {
    const { version, statements } = readPolicyDocument(json);
    if (version !== "2012-10-17") throw new UserError(`Version must be 2012-10-17, got ${String(version)}`);
    return statements.map(read);
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
  readStatements(json, where, (statement) => statementOf(statement));

/**
 * Reads the policy that a resource itself has: each statement says whom it is about.
 *
 * @throws UserError as for a role's
 */
export const readResourcePolicy = (json: string, where: string) => readStatements(json, where, resourceStatementOf);
