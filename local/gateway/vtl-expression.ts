import { contextVariable } from "./context-variables";
import { DefinitionError, notRead } from "./definition-error";
import { inputMethod } from "./vtl-input";
import type { Scanner, Target } from "./vtl-scanner";
import { type Expression, TemplateError, type TemplateScope, truthy, walk, written } from "./vtl-scope";

const comparisons: readonly (readonly [sign: string, compare: (left: unknown, right: unknown) => boolean])[] = [
  ["==", same],
  ["!=", (left, right) => !same(left, right)],
  ["<=", (left, right) => Number(left) <= Number(right)],
  [">=", (left, right) => Number(left) >= Number(right)],
  ["<", (left, right) => Number(left) < Number(right)],
  [">", (left, right) => Number(left) > Number(right)],
];

/** Values of different types are compared as texts. */
function same(left: unknown, right: unknown): boolean {
  return typeof left === typeof right ? left === right : written(left) === written(right);
}

/** Compiles `a || b`, down to single values. */
export function compileCondition(scanner: Scanner): Expression {
  let left = conjunction(scanner);
  for (scanner.space(); scanner.take("||"); scanner.space()) {
    const [first, second] = [left, conjunction(scanner)];
    left = (scope) => truthy(first(scope)) || truthy(second(scope));
  }
  return left;
}

function conjunction(scanner: Scanner): Expression {
  let left = comparison(scanner);
  for (scanner.space(); scanner.take("&&"); scanner.space()) {
    const [first, second] = [left, comparison(scanner)];
    left = (scope) => truthy(first(scope)) && truthy(second(scope));
  }
  return left;
}

function comparison(scanner: Scanner): Expression {
  const left = operand(scanner);
  scanner.space();
  const [, compare] = comparisons.find(([sign]) => scanner.take(sign)) ?? [];
  if (!compare) return left;
  const right = operand(scanner);
  return (scope) => compare(left(scope), right(scope));
}

function operand(scanner: Scanner): Expression {
  scanner.space();
  if (scanner.take("!")) {
    const value = operand(scanner);
    return (scope) => !truthy(value(scope));
  }
  if (scanner.take("(")) {
    const inner = compileCondition(scanner);
    scanner.expect(")");
    return inner;
  }
  return scanner.at("$") ? compileExpression(scanner) : literal(scanner);
}

function literal(scanner: Scanner): Expression {
  const single = scanner.match(/'([^']*)'/y)?.[1];
  if (single !== undefined) return () => single;
  const double = scanner.match(/"([^"]*)"/y)?.[1];
  // Texts in double quotes are templates themselves.
  if (double !== undefined) return scanner.interpolate(double);
  const number = scanner.match(/-?\d+(?:\.\d+)?/y)?.[0];
  if (number !== undefined) return () => Number(number);
  const word = scanner.match(/(true|false)\b/y)?.[0];
  if (word !== undefined) return () => word === "true";
  throw scanner.unexpected();
}

/** Compiles a reference: `$name`, `${name.member}`, `$input.params("name")`. */
export function compileExpression(scanner: Scanner): Expression {
  const [opening = "", root = ""] = scanner.match(/\$!?\{?([A-Za-z_][\w-]*)/y) ?? [];
  const value = rooted(root, scanner);
  if (opening.includes("{")) scanner.expect("}");
  return value;
}

function rooted(root: string, scanner: Scanner): Expression {
  if (root === "input") return input(scanner);
  if (root === "util") throw notRead(scanner.place, `$util.${scanner.member() ?? ""}`);
  const path = members(scanner);
  switch (root) {
    case "context":
      return contextMember(path);
    case "stageVariables":
      return ({ stage }) => stage.variables[path[0] ?? ""];
    default:
      return ({ variables }) => walk(variables?.get(root), path);
  }
}

function members(scanner: Scanner): string[] {
  const path: string[] = [];
  for (let name = scanner.member(); name !== undefined; name = scanner.member()) path.push(name);
  if (path.length > 0 && scanner.at("(")) throw notRead(scanner.place, `the method ${path.at(-1)}()`);
  // A full stop or so that ends a sentence has been left where it was.
  return path;
}

function input(scanner: Scanner): Expression {
  const name = scanner.member();
  if (name === undefined) throw notRead(scanner.place, "$input by itself");
  if (!scanner.take("(")) {
    // The body is text, which has no members (recorded).
    if (name === "body") return members(scanner).length === 0 ? ({ body }) => body || "{}" : () => undefined;
    throw notRead(scanner.place, `$input.${name}`);
  }
  scanner.space();
  const argument = scanner.at(")") ? undefined : compileCondition(scanner);
  scanner.expect(")");
  const value = inputMethod(name, argument, scanner.place);
  const path = members(scanner);
  return path.length === 0 ? value : (scope) => walk(value(scope), path);
}

function contextMember(path: readonly string[]): Expression {
  if (path[0] === "responseOverride") {
    const [, kind, name = ""] = path;
    return ({ overrides }) => (kind === "status" ? overrides.status : overrides.headers.get(name));
  }
  const variable = contextVariable(path.join("."));
  return ({ exchange }) => variable(exchange);
}

/** Compiles the left side of a #set. */
export function assign({ root, path }: Target, place: string): (scope: TemplateScope, value: unknown) => void {
  if (root !== "context" && path.length === 0) return ({ variables }, value) => void variables?.set(root, value);
  const [area, kind, name] = root === "context" ? path : [];
  if (area !== "responseOverride") throw notRead(place, `#set for $${[root, ...path].join(".")}`);
  if (kind === "status" && name === undefined) return ({ overrides }, value) => setStatus(overrides, value);
  if (kind === "header" && name !== undefined && path.length === 3) {
    return ({ overrides }, value) => {
      // An override may be applied once only; a second one is an error (AWS's manual).
      if (overrides.headers.has(name)) throw new TemplateError(`${name} is overridden twice`);
      overrides.headers.set(name, written(value));
    };
  }
  throw new DefinitionError(
    place,
    `$${[root, ...path].join(".")} is neither responseOverride.status nor .header.<name>`,
  );
}

function setStatus(overrides: TemplateScope["overrides"], value: unknown): void {
  const status = Number(value);
  if (!Number.isInteger(status) || status < 200 || status > 599 || overrides.status !== undefined) {
    throw new TemplateError(`responseOverride.status ${value}`);
  }
  overrides.status = status;
}
