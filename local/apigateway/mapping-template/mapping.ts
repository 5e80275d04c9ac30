import { notEmulated } from "../definition/definition-error";
import { contextVariable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import { requestParameter } from "../request/request-parameter";

/** The value of a header; undefined where there is none to send. */
export type Mapping = (exchange: Exchange) => string | undefined;

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
