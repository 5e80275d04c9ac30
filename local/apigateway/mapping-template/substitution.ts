import { contextVariable, type Variable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import { requestParameter } from "../request/request-parameter";

/** A text with variables, compiled. */
export type Substitution = (exchange: Exchange) => string;

const variable =
  /\$(?:\{(context|stageVariables|method\.request)\.([A-Za-z0-9_.-]+)\}|(context|stageVariables)\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)|(method\.request)\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*))/g;

/** Rendering of a value, and of a missing one. */
interface Writing {
  readonly escaped: boolean;
  readonly missing: string;
}

/**
 * Compiles a text in which `$context.…`, `$stageVariables.…` and `$method.request.…` stand for values: gateway
 * responses and access logs know no more than that.
 */
export function compileSubstitution(text: string, { escaped, missing }: Writing): Substitution {
  const literals: string[] = [];
  const variables: Variable[] = [];
  let from = 0;
  for (const match of text.matchAll(variable)) {
    literals.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const root = match[1] ?? match[3] ?? match[5] ?? "";
    variables.push(compileVariable(root, match[2] ?? match[4] ?? match[6] ?? "", escaped));
  }
  const last = text.slice(from);
  if (variables.length === 0) return () => last;
  return (exchange) => {
    let written = "";
    for (let at = 0; at < variables.length; at++) {
      const value = variables[at]?.(exchange);
      written += (literals[at] as string) + (value === undefined || value === null || value === "" ? missing : value);
    }
    return written + last;
  };
}

function compileVariable(root: string, name: string, escaped: boolean): Variable {
  const value = namedValue(root, name);
  // The only one that is made to stand without quotes around it.
  if (!escaped || name === "error.messageString") return value;
  return (exchange) => {
    const found = value(exchange);
    return typeof found === "string" && special.test(found) ? JSON.stringify(found).slice(1, -1) : found;
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not break a line or a JSON text.
const special = /["\\\u0000-\u001f]/;

function namedValue(root: string, name: string): Variable {
  if (root === "context") return contextVariable(name);
  if (root === "stageVariables") return ({ stage }) => stage?.variables[name];
  return requestParameter(name) ?? (() => undefined);
}
