import type { Variable } from "./context-variables";

/** Compiles `<location>.<name>` as in `method.request.header.Origin`; undefined for a location that is not there. */
export function requestParameter(parameter: string): Variable | undefined {
  const dot = parameter.indexOf(".");
  const [location, name] = [parameter.slice(0, dot), parameter.slice(dot + 1)];
  const lower = name.toLowerCase();
  switch (location) {
    case "header":
      return ({ headers }) => headers.get(lower);
    case "multivalueheader":
      return ({ headers }) => headers.all(lower)?.join(",");
    case "path":
      return ({ pathParameters }) => pathParameters?.[name];
    case "querystring":
      return ({ query }) => query?.[name]?.at(-1);
    case "multivaluequerystring":
      return ({ query }) => query?.[name]?.join(",");
    default:
      return undefined;
  }
}
