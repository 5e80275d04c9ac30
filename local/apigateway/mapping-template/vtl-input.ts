import { DefinitionError, notEmulated } from "../definition/definition-error";
import { type Expression, type TemplateScope, walk, written } from "./vtl-scope";

const step = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\['([^']*)'\]/y;

/** The members that a simple JSONPath names: `$`, `$.a.b[0]`, `$['a']`. Undefined for one that is not so simple. */
function jsonPath(path: string): string[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const names: string[] = [];
  step.lastIndex = 1;
  for (let at = 1; at < path.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(path);
    if (!found) return undefined;
    names.push(found[1] ?? found[2] ?? found[3] ?? "");
  }
  return names;
}

/** Compiles a call on `$input`. */
export function inputMethod(name: string, argument: Expression | undefined, place: string): Expression {
  switch (name) {
    case "params":
      return argument ? (scope) => parameter(scope, written(argument(scope))) : allParameters;
    case "path":
      return fromBody(argument, place);
    case "json": {
      const value = fromBody(argument, place);
      return (scope) => {
        const found = value(scope);
        return found === undefined ? "" : JSON.stringify(found);
      };
    }
    default:
      throw notEmulated(place, `$input.${name}()`);
  }
}

/** Path, query string and headers are searched in this order (AWS's manual). Missing is an empty text. */
function parameter({ exchange }: TemplateScope, name: string): string {
  return (
    exchange.pathParameters?.[name] ?? exchange.query?.[name]?.at(-1) ?? exchange.headers.get(name.toLowerCase()) ?? ""
  );
}

function allParameters({ exchange }: TemplateScope): unknown {
  const header: Record<string, string> = Object.create(null);
  const { raw } = exchange.headers;
  for (let at = 0; at + 1 < raw.length; at += 2) header[raw[at] as string] = raw[at + 1] as string;
  const query = Object.entries(exchange.query ?? {}).map(([name, values]) => [name, values.at(-1)]);
  return { path: { ...exchange.pathParameters }, querystring: Object.fromEntries(query), header };
}

function fromBody(argument: Expression | undefined, place: string): Expression {
  if (!argument) throw new DefinitionError(place, "$input.json() and $input.path() need a JSONPath");
  return (scope) => {
    const names = jsonPath(written(argument(scope)));
    try {
      return names && walk(JSON.parse(scope.body || "{}"), names);
    } catch {
      return undefined;
    }
  };
}
