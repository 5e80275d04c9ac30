import { isUtf8 } from "node:buffer";
import type { CustomIntegration } from "../definition/integration-definition";
import type { StageFacts } from "../definition/stage-facts";
import { compileRequestMapping, type RequestMapping } from "../mapping-template/mapping";
import { newOverrides, type Overrides } from "../mapping-template/overrides";
import { compileTemplate } from "../mapping-template/vtl";
import type { Template } from "../mapping-template/vtl-rendering";
import { isList, isMap, TemplateError, written } from "../mapping-template/vtl-values";
import type { Exchange } from "../request/exchange";
import { mediaType } from "../request/media-type";
import { type Refusal, refusal } from "../response/refusal";
import { convertRequest } from "./content-handling";
import { misconfigured } from "./integration";

/** An integration request: a method request after mappings and templates. */
export interface IntegrationRequest {
  readonly path: ReadonlyMap<string, string>;
  /** The values of each parameter. */
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** By the name in lower case: the name as it is mapped, and its values. */
  readonly headers: ReadonlyMap<string, readonly [name: string, values: readonly string[]]>;
  readonly body: Buffer;
  /** For the answer's template. */
  readonly overrides: Overrides;
}

type MakeRequest = (exchange: Exchange) => IntegrationRequest | { readonly refusal: Refusal };

/** Compiles an integration request: parameters, then the body, which its content type's template makes. */
export function compileIntegrationRequest(
  definition: CustomIntegration,
  stage: StageFacts,
  place: string,
): MakeRequest {
  const templates = compileTemplates(definition.requestTemplates, `${place}: requestTemplates`);
  const mappings = Object.entries(definition.requestParameters).map(([target, source]): [string, RequestMapping] => [
    target,
    compileRequestMapping(source, `${place}: requestParameters ${target}`),
  ]);
  return (exchange) => {
    const type = mediaType(exchange.headers.get("content-type")) ?? "application/json";
    const template = templates.get(type) ?? templates.get("$default");
    if (!template && !passes(definition, templates.size)) return unsupported(type);
    const body = convertRequest(exchange.body, definition.contentHandling, stage.isBinary(type));
    if (!body) return misconfigured("contentHandling is CONVERT_TO_BINARY, and the body is no base64");
    if (template && !isUtf8(body)) return misconfigured("a template can't be applied to a binary body");
    const overrides = newOverrides();
    const rendered = template && Buffer.from(template({ exchange, stage, overrides, body: body.toString("utf8") }));
    return { ...parametersOf(exchange, mappings, overrides), body: rendered ?? body, overrides };
  };
}

/** Templates by their media types, in lower case. */
export function compileTemplates(
  sources: Readonly<Record<string, string>>,
  place: string,
): ReadonlyMap<string, Template> {
  return new Map(
    Object.entries(sources).map(([type, source]) => [type.toLowerCase(), compileTemplate(source, `${place}.${type}`)]),
  );
}

const unsupported = (type: string): { readonly refusal: Refusal } => ({
  refusal: refusal("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type", { reason: `no template for ${type}` }),
});

function passes({ passthroughBehavior }: CustomIntegration, templates: number): boolean {
  if (passthroughBehavior === "WHEN_NO_TEMPLATES") return templates === 0;
  return passthroughBehavior === "WHEN_NO_MATCH";
}

/** The parameters that are mapped, and over them what the template has set in `$context.requestOverride`. */
function parametersOf(
  exchange: Exchange,
  mappings: readonly (readonly [target: string, value: RequestMapping])[],
  { requestOverride }: Overrides,
): Pick<IntegrationRequest, "path" | "query" | "headers"> {
  const path = new Map<string, string>();
  const query = new Map<string, readonly string[]>();
  const headers = new Map<string, readonly [string, readonly string[]]>();
  const add = (location: string, name: string, values: readonly string[]): void => {
    if (location === "path") path.set(name, values.join(","));
    else if (location === "querystring") query.set(name, values);
    else headers.set(name.toLowerCase(), [name, values]);
  };
  for (const [target, value] of mappings) {
    const found = value(exchange);
    const dot = target.indexOf(".");
    if (found !== undefined) add(target.slice(0, dot), target.slice(dot + 1), found);
  }
  for (const location of ["path", "querystring", "header"]) {
    const set = requestOverride.get(location);
    if (!isMap(set)) throw new TemplateError(`requestOverride.${location} is no map`);
    for (const [name, value] of set)
      add(location, name, isList(value) ? value.map((item) => written(item)) : [written(value)]);
  }
  return { path, query, headers };
}
