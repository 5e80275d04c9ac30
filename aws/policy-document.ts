import { isObject, type JsonObject } from "../lib/json";
import { messageOf, UserError } from "../lib/user-error";

/** Kind → names: `{ Service: ["lambda.amazonaws.com"] }`; or `*` for everybody. */
export type PrincipalElement = "*" | Readonly<Record<string, readonly string[]>>;

/** Operator → key → values. */
export type ConditionElement = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * A statement of a policy document by the names of its elements; a single value is a list of one. (IAM user guide:
 * "Grammar of the IAM JSON policy language", "Grammar of the policy language")
 */
export interface StatementElements {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: ConditionElement;
}

export interface PolicyDocument {
  /** `2012-10-17`, if it says so. */
  readonly version: unknown;
  readonly statements: readonly StatementElements[];
}

function onlyKnown(value: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UserError(`element ${unknown} is not known`);
}

function texts(value: unknown, element: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new UserError(`${element} must not be empty`);
  return list.map((item) => {
    if (typeof item === "string" || typeof item === "boolean" || typeof item === "number") return String(item);
    throw new UserError(`${element} must be text or a list of texts`);
  });
}

const mapped = <T>(value: unknown, element: string, read: (value: unknown, element: string) => T) => {
  if (!isObject(value)) throw new UserError(`${element} must be an object`);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, read(part, `${element} ${name}`)]));
};

function principal(value: unknown, element: string): PrincipalElement {
  if (value === "*") return value;
  if (!isObject(value)) throw new UserError(`${element} must be * or an object`);
  if (Object.keys(value).length === 0) throw new UserError(`${element} must not be empty`);
  return mapped(value, element, texts);
}

const condition = (value: unknown, element: string): ConditionElement =>
  mapped(value, element, (keys, operator) => mapped(keys, operator, texts));

function identifier(value: unknown, element: string): string {
  if (typeof value === "string") return value;
  throw new UserError(`${element} must be text`);
}

const readers = {
  Sid: identifier,
  Principal: principal,
  NotPrincipal: principal,
  Action: texts,
  NotAction: texts,
  Resource: texts,
  NotResource: texts,
  Condition: condition,
} as const;

function statement(value: unknown): StatementElements {
  if (!isObject(value)) throw new UserError("Statement must contain objects");
  onlyKnown(value, ["Effect", ...Object.keys(readers)]);
  const { Effect } = value;
  if (Effect !== "Allow" && Effect !== "Deny")
    throw new UserError(`Effect must be Allow or Deny, got ${String(Effect)}`);
  const elements = Object.entries(readers)
    .filter(([name]) => value[name] !== undefined)
    .map(([name, read]) => [name, read(value[name], name)] as const);
  return { Effect, ...Object.fromEntries(elements) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}

/** Reads a policy document. @throws UserError naming what of it IAM's grammar does not have */
export function readPolicyDocument(json: string): PolicyDocument {
  const document = parsed(json);
  if (!isObject(document)) throw new UserError("must be an object");
  onlyKnown(document, ["Version", "Id", "Statement"]);
  const { Version: version, Statement: statements } = document;
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  return { version, statements: list.map(statement) };
}
