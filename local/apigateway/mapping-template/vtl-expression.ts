import { isObject } from "../../../lib/json";
import { notEmulated } from "../definition/definition-error";
import { contextVariable } from "../request/context-variables";
import { inputMethod } from "./vtl-input";
import type { Scanner } from "./vtl-scanner";
import {
  type Expression,
  follow,
  type Step,
  stepName,
  TemplateError,
  type TemplateScope,
  truthy,
  written,
} from "./vtl-scope";
import { utilMethod } from "./vtl-util";

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
  if (root === "util") {
    return membersOf(utilMethod(scanner.member() ?? "", callArguments(scanner)[0], scanner.place), scanner);
  }
  const path = steps(scanner);
  if (path.length > 0 && scanner.at("(")) return put({ root, path }, scanner);
  switch (root) {
    case "context":
      return contextMember(path, scanner.place);
    case "stageVariables":
      return (scope) => scope.stage.variables[stepName(path[0] ?? "", scope)];
    default:
      return (scope) => follow(scope.variables?.get(root), path, scope);
  }
}

/** The members that a reference names: `.name`, `["name"]`, `[0]`, `[$name]`. */
function steps(scanner: Scanner): Step[] {
  const path: Step[] = [];
  for (;;) {
    const name = scanner.member();
    if (name !== undefined) path.push(name);
    else if (scanner.at("[$")) {
      scanner.take("[");
      path.push(compileExpression(scanner));
      scanner.expect("]");
    } else return path;
  }
}

/** The arguments of a call; none if there is no call. */
function callArguments(scanner: Scanner): Expression[] {
  const found: Expression[] = [];
  if (!scanner.take("(")) return found;
  for (scanner.space(); !scanner.take(")"); scanner.space()) {
    if (found.length > 0) scanner.expect(",");
    found.push(compileCondition(scanner));
  }
  return found;
}

function input(scanner: Scanner): Expression {
  const name = scanner.member();
  if (name === undefined) throw notEmulated(scanner.place, "$input by itself");
  if (!scanner.at("(")) {
    // The body is text, which has no members (recorded).
    if (name === "body") return steps(scanner).length === 0 ? ({ body }) => body || "{}" : () => undefined;
    throw notEmulated(scanner.place, `$input.${name}`);
  }
  return membersOf(inputMethod(name, callArguments(scanner)[0], scanner.place), scanner);
}

/** What a call gives, or the members of it that are named behind the call. */
function membersOf(value: Expression, scanner: Scanner): Expression {
  const path = steps(scanner);
  if (path.length > 0 && scanner.at("(")) throw notEmulated(scanner.place, `the method ${path.at(-1)}()`);
  return path.length === 0 ? value : (scope) => follow(value(scope), path, scope);
}

/** What a template may set in `$context` (AWS's manual). */
const overridden = (path: readonly Step[]): boolean => path[0] === "requestOverride" || path[0] === "responseOverride";

function contextMember(path: readonly Step[], place: string): Expression {
  if (overridden(path)) return (scope) => follow(scope.overrides, path, scope);
  if (!path.every((step) => typeof step === "string")) throw notEmulated(place, "$context[…]");
  const variable = contextVariable(path.join("."));
  return ({ exchange }) => variable(exchange);
}

/** What is set: a variable of the template's own, or members of `$context`. */
interface Target {
  readonly root: string;
  readonly path: readonly Step[];
}

/** Compiles the left side of a #set. */
export function compileTarget(scanner: Scanner): (scope: TemplateScope, value: unknown) => void {
  scanner.space();
  const [, root = ""] = scanner.match(/\$!?\{?([A-Za-z_][\w-]*)/y) ?? [];
  if (!root) throw scanner.unexpected("#set needs a reference");
  const path = steps(scanner);
  scanner.take("}");
  const named = path.map((step) => (typeof step === "string" ? step : "[…]"));
  return assign({ root, path }, `#set for $${[root, ...named].join(".")}`, scanner.place);
}

/** `put(name, value)`, which sets like #set does. */
function put({ root, path }: Target, scanner: Scanner): Expression {
  const call = `the method ${path.at(-1)}()`;
  if (root !== "context" || path.at(-1) !== "put") throw notEmulated(scanner.place, call);
  const [name, value] = callArguments(scanner);
  if (!name || !value) throw scanner.unexpected("put() takes a name and a value");
  const store = assign({ root, path: [...path.slice(0, -1), name] }, call, scanner.place);
  return (scope) => store(scope, value(scope));
}

function assign({ root, path }: Target, what: string, place: string): (scope: TemplateScope, value: unknown) => void {
  if (root !== "context" && path.length === 0) return ({ variables }, value) => void variables?.set(root, value);
  const last = path.at(-1);
  if (root !== "context" || !overridden(path) || last === undefined || path.length < 2) throw notEmulated(place, what);
  const parents = path.slice(0, -1);
  return (scope, value) => {
    const [parent, name] = [follow(scope.overrides, parents, scope), stepName(last, scope)];
    if (!isObject(parent)) throw new TemplateError(`${name} is set in what is no map`);
    // An override may be applied once only; a second one is an error (AWS's manual).
    if (Object.hasOwn(parent, name)) throw new TemplateError(`${name} is overridden twice`);
    (parent as Record<string, unknown>)[name] = value;
  };
}
