import { notEmulated } from "../definition/definition-error";
import { contextVariable } from "../request/context-variables";
import { contextMap } from "./context-map";
import { inputMember } from "./vtl-input";
import { callMethod, isMethod, memberOf } from "./vtl-methods";
import type { Expression, Rendering } from "./vtl-rendering";
import type { Scanner } from "./vtl-scanner";
import { utilMethod } from "./vtl-util";
import { isList, isMap, TemplateError, type Value, written } from "./vtl-values";

/** Compiles an expression inside a reference: an argument, or what is in square brackets. */
type CompileExpression = () => Expression;

/** A member of a value, by a name that may depend on the request, or a call of one of its methods. */
type Step = { readonly member: Expression; readonly literal?: string } | Call;

interface Call {
  readonly method: string;
  readonly given: readonly Expression[];
}

/** The start of a reference: `$!{name`. */
const start = /\$!?(\{?)([A-Za-z_][\w-]*)/y;

/** Compiles a reference: `$name`, `${name.member}`, `$input.params("name")`. */
export function compileReference(scanner: Scanner, expression: CompileExpression): Expression {
  const [, brace = "", root = ""] = scanner.match(start) ?? [];
  const value = rooted(root, scanner, expression);
  if (brace !== "") scanner.expect("}");
  return value;
}

function rooted(root: string, scanner: Scanner, expression: CompileExpression): Expression {
  const { place } = scanner;
  const path = steps(scanner, expression, root === "input" || root === "util");
  switch (root) {
    case "input":
    case "util": {
      const [first, ...rest] = path;
      const name = first && ("method" in first ? first.method : first.literal);
      if (!first || name === undefined) throw notEmulated(place, `$${root} by itself`);
      const given = "method" in first ? first.given : undefined;
      return along(root === "input" ? inputMember(name, given, place) : utilMethod(name, given, place), rest);
    }
    case "context":
      return contextMember(path);
    case "stageVariables":
      return along(({ scope }) => new Map(Object.entries(scope.stage.variables)), path);
    default:
      return along(({ variables }) => variables.get(root), path);
  }
}

/**
 * The steps after the name: `.name`, `.method(…)`, `["name"]`, `[0]`, `[$name]`.
 *
 * @param own - whether the named value has methods of its own, and not those of texts, lists and maps
 */
function steps(scanner: Scanner, expression: CompileExpression, own = false): Step[] {
  const path: Step[] = [];
  for (;;) {
    const { place } = scanner;
    const named = scanner.match(/\.([A-Za-z_][\w-]*)|\[\s*(?:"([^"$#]*)"|'([^']*)')\s*\]/y);
    const name = named?.[1] ?? named?.[2] ?? named?.[3];
    if (name === undefined && !scanner.take("[")) return path;
    if (name === undefined) {
      const member = expression();
      scanner.expect("]");
      path.push({ member });
    } else if (!scanner.take("(")) path.push({ member: () => name, literal: name });
    else {
      if (!isMethod(name) && !(own && path.length === 0)) throw notEmulated(place, `the method ${name}()`);
      path.push({ method: name, given: argumentsOf(scanner, expression) });
    }
  }
}

/** The arguments of a call, up to its closing bracket. */
function argumentsOf(scanner: Scanner, expression: CompileExpression): Expression[] {
  const given: Expression[] = [];
  for (scanner.space(); !scanner.take(")"); scanner.space()) {
    if (given.length > 0) scanner.expect(",");
    given.push(expression());
  }
  return given;
}

/** Follows steps from a value. */
function along(value: Expression, path: readonly Step[]): Expression {
  return path.reduce<Expression>((before, step) => {
    if ("method" in step) {
      const { method, given } = step;
      return (rendering) =>
        callMethod(
          before(rendering),
          method,
          given.map((argument) => argument(rendering)),
        );
    }
    return (rendering) => stepInto(before(rendering), step.member(rendering));
  }, value);
}

/** A member by name, or an item of a list by its place, from the end if that is negative. */
function stepInto(value: Value, member: Value): Value {
  if (!isList(value) || typeof member !== "bigint") return memberOf(value, written(member));
  return value[member < 0n ? value.length + Number(member) : Number(member)];
}

/** `$context.identity.sourceIp` is known without making a map of all there is; the map is for what asks for more. */
function contextMember(path: readonly Step[]): Expression {
  const names = path.map((step) => ("method" in step ? undefined : step.literal));
  const [first] = names;
  const plain = names.every((name) => name !== undefined) && first !== undefined;
  if (!plain || ["identity", "authorizer", "requestOverride", "responseOverride"].includes(names.join("."))) {
    return along(({ scope }) => contextMap(scope), path);
  }
  if (first === "requestOverride" || first === "responseOverride") {
    return along(({ scope }) => scope.overrides[first], path.slice(1));
  }
  const variable = contextVariable(names.join("."));
  return ({ scope }) => {
    const value = variable(scope.exchange);
    return typeof value === "number" ? BigInt(value) : value;
  };
}

/** Compiles the left side of a `#set`: a variable of the template's own, or a member of what is in one. */
export function compileTarget(
  scanner: Scanner,
  expression: CompileExpression,
): (rendering: Rendering, value: Value) => void {
  scanner.space();
  const { place } = scanner;
  const [, brace = "", root = ""] = scanner.match(start) ?? [];
  if (!root) throw scanner.unexpected("#set needs a reference");
  const path = steps(scanner, expression);
  if (brace !== "") scanner.expect("}");
  const last = path.at(-1);
  if (last === undefined && !isGiven(root)) return ({ variables }, value) => void variables.set(root, value);
  const names = path.map((step) => ("method" in step ? `${step.method}()` : (step.literal ?? "[…]")));
  const isOverride = root === "context" && /^(request|response)Override$/.test(names[0] ?? "") && path.length > 1;
  if (last === undefined || "method" in last || (isGiven(root) && !isOverride)) {
    throw notEmulated(place, `#set for $${[root, ...names].join(".")}`);
  }
  const parent = along(
    root === "context" ? ({ scope }) => contextMap(scope) : ({ variables }) => variables.get(root),
    path.slice(0, -1),
  );
  return (rendering, value) => store(parent(rendering), last.member(rendering), value);
}

/** Whether API Gateway defines a variable. */
const isGiven = (root: string): boolean => ["input", "util", "context", "stageVariables"].includes(root);

function store(parent: Value, member: Value, value: Value): void {
  if (isMap(parent)) parent.set(written(member), value);
  else if (isList(parent) && typeof member === "bigint") callMethod(parent, "set", [member, value]);
  else throw new TemplateError(`${written(member)} is set in what is no map`);
}
