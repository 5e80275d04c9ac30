import { notEmulated } from "../definition/definition-error";
import { compileCondition, compileExpression, compileTarget } from "./vtl-expression";
import { Scanner } from "./vtl-scanner";
import { type Expression, type Template, truthy, written } from "./vtl-scope";

type Part = string | Template;

/**
 * Compiles the part of the Velocity language that mocks are written in: text, references, `#set`, `#if` and comments.
 * Anything else is refused here, not skipped when a request comes.
 */
export function compileTemplate(source: string, place: string): Template {
  const template = compileInner(source, place);
  return (scope) => template({ ...scope, variables: new Map() });
}

function compileInner(source: string, place: string): Template {
  const scanner = new Scanner(source, place, (inner) => compileInner(inner, place));
  const template = block(scanner);
  if (!scanner.done) throw notEmulated(place, `#${scanner.directive()} without an #if before it`);
  return template;
}

/** Reads up to the end, or to a directive that ends a block. */
function block(scanner: Scanner): Template {
  const parts: Part[] = [];
  while (!scanner.done) {
    const text = scanner.text();
    if (text) parts.push(text);
    if (scanner.done) break;
    if (scanner.skipComment()) continue;
    if (scanner.at("$")) {
      parts.push(reference(scanner));
      continue;
    }
    const name = scanner.directive();
    if (["else", "elseif", "end"].includes(name)) break;
    if (name === "set") parts.push(set(scanner));
    else if (name === "if") parts.push(condition(scanner));
    else throw notEmulated(scanner.place, `#${name}`);
  }
  return join(parts);
}

function join(parts: readonly Part[]): Template {
  const [only = ""] = parts;
  if (parts.length <= 1) return typeof only === "string" ? () => only : only;
  return (scope) => {
    let rendered = "";
    for (const part of parts) rendered += typeof part === "string" ? part : part(scope);
    return rendered;
  };
}

function reference(scanner: Scanner): Template {
  const value: Expression = compileExpression(scanner);
  return (scope) => written(value(scope));
}

function set(scanner: Scanner): Template {
  scanner.takeDirective();
  scanner.expect("(");
  const store = compileTarget(scanner);
  scanner.expect("=");
  const value = compileCondition(scanner);
  scanner.expect(")");
  scanner.skipLineEnd();
  return (scope) => {
    store(scope, value(scope));
    return "";
  };
}

function condition(scanner: Scanner): Template {
  const branches: { readonly test: Expression; readonly then: Template }[] = [];
  let otherwise: Template = () => "";
  for (let name = scanner.takeDirective(); name !== "end"; name = scanner.takeDirective()) {
    let test: Expression = () => true;
    if (name !== "else") {
      scanner.expect("(");
      test = compileCondition(scanner);
      scanner.expect(")");
    }
    scanner.skipLineEnd();
    const then = block(scanner);
    if (scanner.done) throw notEmulated(scanner.place, "an #if without its #end");
    if (name === "else") otherwise = then;
    else branches.push({ test, then });
  }
  scanner.skipLineEnd();
  return (scope) => (branches.find(({ test }) => truthy(test(scope)))?.then ?? otherwise)(scope);
}
