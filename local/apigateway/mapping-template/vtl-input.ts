import { DefinitionError, notEmulated } from "../definition/definition-error";
import { type JsonPath, readJsonPath } from "./json-path";
import type { Expression, TemplateScope } from "./vtl-rendering";
import { json, type Value, written } from "./vtl-values";

/** Compiles `$input.<name>`, or the call of it. @param given - the arguments, undefined for a member */
export function inputMember(name: string, given: readonly Expression[] | undefined, place: string): Expression {
  const [argument] = given ?? [];
  if (given === undefined && name === "body") return ({ scope }) => scope.body || "{}";
  if (given !== undefined && name === "params") {
    return argument ? (rendering) => parameter(rendering.scope, written(argument(rendering))) : allParameters;
  }
  if (given === undefined || (name !== "path" && name !== "json")) {
    throw notEmulated(place, `$input.${name}${given ? "()" : ""}`);
  }
  const found = fromBody(argument, place);
  if (name === "path") return found;
  return (rendering) => {
    const value = found(rendering);
    // What is not there is an empty text of JSON.
    return value === undefined ? '""' : json(value);
  };
}

/**
 * A parameter of the path, query string or headers, searched in this order (developer guide, "Variables for data
 * transformations for API Gateway": `$input.params(x)`); an empty text where it is missing.
 */
function parameter({ exchange }: TemplateScope, name: string): string {
  return (
    exchange.pathParameters?.[name] ?? exchange.query?.[name]?.at(-1) ?? exchange.headers.get(name.toLowerCase()) ?? ""
  );
}

const allParameters: Expression = ({ scope: { exchange } }) => {
  const header = new Map<string, Value>();
  const { raw } = exchange.headers;
  for (let at = 0; at + 1 < raw.length; at += 2) header.set(raw[at] as string, raw[at + 1]);
  const query = Object.entries(exchange.query ?? {}).map(([name, values]) => [name, values.at(-1)] as const);
  return new Map<string, Value>([
    ["path", new Map(Object.entries(exchange.pathParameters ?? {}))],
    ["querystring", new Map(query)],
    ["header", header],
  ]);
};

function fromBody(argument: Expression | undefined, place: string): Expression {
  if (!argument) throw new DefinitionError(place, "$input.json() and $input.path() need a JSONPath");
  const known = new Map<string, JsonPath | undefined>();
  return (rendering) => {
    const source = written(argument(rendering));
    // A path that is put together of a request's values is another one each time.
    if (!known.has(source)) {
      if (known.size > 0) known.clear();
      known.set(source, readJsonPath(source));
    }
    return known.get(source)?.(rendering.document);
  };
}
