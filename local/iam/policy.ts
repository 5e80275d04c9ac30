import { parseArn } from "../../aws/arn";
import { readPolicyDocument, type StatementElements } from "../../aws/policy-document";
import { UserError } from "../../lib/user-error";
import { type Conditions, type KnowsKey, knowsOfCalls, unknownIn } from "./conditions";
import { type Principals, principalsIn } from "./principals";

/** A statement of a policy, with every list written out. */
export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Set where it applies to all but the listed ones: `NotAction`, `NotResource`. */
  readonly except?: { readonly actions: boolean; readonly resources: boolean };
  readonly conditions: Conditions;
}

/** Texts without policy variables, whose values nobody knows here. */
function plain(values: readonly string[], element: string): readonly string[] {
  const variable = values.find((value) => value.includes("${"));
  if (variable !== undefined) throw new UserError(`${element}: policy variable ${variable} is not known`);
  return values;
}

/** The texts of an element, or of its opposite: a statement has one of the two. */
function oneOf(elements: StatementElements, element: "Action" | "Resource") {
  const opposite = `Not${element}` as const;
  const [listed, others] = [elements[element], elements[opposite]];
  if (listed !== undefined && others !== undefined)
    throw new UserError(`${element} and ${opposite} exclude each other`);
  const values = listed ?? others;
  if (values === undefined) throw new UserError(`${element} must be text or a list of texts`);
  return { values: plain(values, element), except: others !== undefined };
}

const conditionsOf = (condition: StatementElements["Condition"] = {}, knows: KnowsKey): Conditions =>
  Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => {
      const unknown = unknownIn(operator, key, knows);
      if (unknown) throw new UserError(`${unknown} is not known`);
      return { operator, key, values: plain(values, `Condition ${operator} ${key}`) };
    }),
  );

/** @param allowed elements besides those of every statement */
function statementOf(elements: StatementElements, knows: KnowsKey, allowed: readonly string[] = []): Statement {
  const unknown = ["Principal", "NotPrincipal"].find((element) => element in elements && !allowed.includes(element));
  if (unknown) throw new UserError(`element ${unknown} is not known`);
  const { values: actions, except: exceptActions } = oneOf(elements, "Action");
  const malformed = actions.find((action) => action !== "*" && !/^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(action));
  if (malformed !== undefined) throw new UserError(`Action ${malformed} is no action`);
  const { values: resources, except: exceptResources } = oneOf(elements, "Resource");
  const strange = resources.find((resource) => resource !== "*" && !parseArn(resource)?.resource);
  if (strange !== undefined) throw new UserError(`Resource ${strange} is no ARN`);
  const { Sid: sid, Effect: effect } = elements;
  return {
    ...(sid === undefined ? {} : { sid }),
    effect,
    actions,
    resources,
    ...(exceptActions || exceptResources ? { except: { actions: exceptActions, resources: exceptResources } } : {}),
    conditions: conditionsOf(elements.Condition, knows),
  };
}

/** Says whom it is about, by one of two elements. */
function resourceStatementOf(
  elements: StatementElements,
  knows: KnowsKey,
): Statement & { readonly principals: Principals } {
  const statement = statementOf(elements, knows, ["Principal", "NotPrincipal"]);
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
 * Reads a policy that is attached to a role, or is its permissions boundary.
 *
 * @param knows the condition keys that an attempt will have a value for. @default those that calls of functions have
 * @throws UserError naming what in it is not known: it is refused, since guessing could allow what AWS does not
 */
export const readPolicy = (json: string, where: string, knows: KnowsKey = knowsOfCalls): readonly Statement[] =>
  readStatements(json, where, (statement) => statementOf(statement, knows));

/**
 * Reads the policy that a resource itself has: each statement says whom it is about.
 *
 * @throws UserError as for a role's
 */
export const readResourcePolicy = (json: string, where: string, knows: KnowsKey = knowsOfCalls) =>
  readStatements(json, where, (statement) => resourceStatementOf(statement, knows));
