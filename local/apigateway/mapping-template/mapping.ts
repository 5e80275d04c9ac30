import { DefinitionError, notEmulated } from "../definition/definition-error";
import { contextVariable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import type { RequestHeaders } from "../request/request-headers";
import { requestParameter } from "../request/request-parameter";
import { type JsonPath, readJsonPath } from "./json-path";
import { readJson } from "./vtl-json";
import { written } from "./vtl-values";

/** The value of a header; undefined where there is none to send. */
export type Mapping = (exchange: Exchange) => string | undefined;

/** The values of a parameter of the integration's request; undefined where there is none. */
export type RequestMapping = (exchange: Exchange) => readonly string[] | undefined;

/** The response of an integration. */
interface Response {
  readonly headers: RequestHeaders;
  readonly body: Buffer;
}

/** The value of a header of the answer; undefined where there is none to send. */
export type ResponseMapping = (exchange: Exchange, response: Response | undefined) => string | undefined;

/** Compiles the right side of a parameter mapping: `'text'`, `method.request.…`, `context.…` or `stageVariables.…`. */
export function compileMapping(source: string, place: string): Mapping {
  const [, literal] = /^'(.*)'$/s.exec(source) ?? [];
  if (literal !== undefined) return () => literal;
  const [, root, name = ""] = /^(method\.request|context|stageVariables)\.(.+)$/.exec(source) ?? [];
  const value =
    root === "method.request" ? requestParameter(name) : root === "context" ? contextVariable(name) : undefined;
  if (root === "stageVariables") return ({ stage }) => stage?.variables[name];
  if (!value) throw notEmulated(place, `the mapping ${source}`);
  return (exchange) => {
    const found = value(exchange);
    return found === undefined || found === null ? undefined : String(found);
  };
}

/** Compiles a mapping to a parameter of the integration's request, which may be of the body, too. */
export function compileRequestMapping(source: string, place: string): RequestMapping {
  const body = bodyMapping(source, "method.request.body", place);
  if (body) {
    return (exchange) => {
      const found = body(exchange.text());
      return found === undefined ? undefined : [found];
    };
  }
  const [, name] = /^method\.request\.multivaluequerystring\.(.+)$/.exec(source) ?? [];
  if (name !== undefined) return ({ query }) => query?.[name];
  const single = compileMapping(source, place);
  return (exchange) => {
    const found = single(exchange);
    return found === undefined ? undefined : [found];
  };
}

/** Compiles a mapping to a header of the answer: of what the integration gave, or as in gateway responses. */
export function compileResponseMapping(source: string, place: string): ResponseMapping {
  const body = bodyMapping(source, "integration.response.body", place);
  if (body) return (_exchange, response) => response && body(response.body.toString("utf8"));
  const [, kind, name] = /^integration\.response\.(header|multivalueheader)\.(.+)$/.exec(source) ?? [];
  if (name === undefined) return compileMapping(source, place);
  const lower = name.toLowerCase();
  if (kind === "header") return (_exchange, response) => response?.headers.get(lower);
  return (_exchange, response) => response?.headers.all(lower)?.join(",");
}

/** `….body`, or a member of it by a JSONPath. A body that is no JSON has no members. */
function bodyMapping(source: string, root: string, place: string): ((body: string) => string | undefined) | undefined {
  if (source === root) return (body) => body;
  if (!source.startsWith(`${root}.`)) return undefined;
  const path: JsonPath | undefined = readJsonPath(`$.${source.slice(root.length + 1)}`);
  if (!path) throw new DefinitionError(place, `${source} names no JSONPath`);
  return (body) => {
    const found = path(readJson(body || "{}"));
    return found === undefined || found === null ? undefined : written(found);
  };
}
