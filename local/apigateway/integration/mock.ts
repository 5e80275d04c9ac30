import { DefinitionError } from "../definition/definition-error";
import type { IntegrationResponseDefinition, MockIntegrationDefinition } from "../definition/integration-definition";
import type { StageFacts } from "../definition/stage-facts";
import { compileMapping, type Mapping } from "../mapping-template/mapping";
import { newOverrides, type Overrides } from "../mapping-template/overrides";
import { compileTemplate } from "../mapping-template/vtl";
import type { Template } from "../mapping-template/vtl-rendering";
import { isMap, TemplateError, written } from "../mapping-template/vtl-values";
import type { Exchange } from "../request/exchange";
import { sentName } from "../request/header-rules";
import { firstAccepted, mediaType } from "../request/media-type";
import type { Answer } from "../response/answer";
import { sendable } from "../response/answer";
import { internalError, refusal } from "../response/refusal";
import type { Integration, IntegrationResult } from "./lambda-integration";
import { mockStatus } from "./mock-status";

interface MockResponse {
  readonly matches: (status: string) => boolean;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: Mapping])[];
  readonly templates: ReadonlyMap<string, Template>;
}

/** Compiles an integration that answers by itself: a template gives a number, the number picks an answer. */
export function mockIntegration(definition: MockIntegrationDefinition, stage: StageFacts, place: string): Integration {
  const templates = compileTemplates(definition.requestTemplates, `${place}: requestTemplates`);
  const pick = compileResponses(definition.responses, place);
  const serve = (exchange: Exchange): IntegrationResult => {
    const type = mediaType(exchange.headers.get("content-type")) ?? "application/json";
    const template = templates.get(type) ?? templates.get("$default");
    if (!template && !passes(definition, templates.size)) return unsupported(type);
    const overrides = newOverrides();
    const body = exchange.text();
    const rendered = template ? template({ exchange, stage, overrides, body }) : body;
    const status = mockStatus(rendered);
    if (status === undefined) return broken(`a mock's template must give a statusCode, got ${rendered.slice(0, 80)}`);
    const response = pick(String(status));
    if (!response) return broken(`no integration response for ${status}`);
    return { answer: answerOf(response, { exchange, stage, overrides, body: "" }) };
  };
  return (exchange) => attempt(() => serve(exchange));
}

function attempt(serve: () => IntegrationResult): IntegrationResult {
  try {
    return serve();
  } catch (error) {
    if (error instanceof TemplateError) return broken(error.message);
    throw error;
  }
}

const broken = (reason: string): IntegrationResult => ({
  refusal: internalError("API_CONFIGURATION_ERROR", 500, reason),
});

const unsupported = (type: string): IntegrationResult => ({
  refusal: refusal("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type", { reason: `no template for ${type}` }),
});

/** The integration response whose pattern matches a status, or else the default one. */
function compileResponses(definitions: readonly IntegrationResponseDefinition[], place: string) {
  const responses = definitions.map((definition) => compileResponse(definition, place));
  const fallback = responses[definitions.findIndex(({ selectionPattern }) => selectionPattern === undefined)];
  return (status: string): MockResponse | undefined => responses.find(({ matches }) => matches(status)) ?? fallback;
}

function passes({ passthroughBehavior }: MockIntegrationDefinition, templates: number): boolean {
  if (passthroughBehavior === "WHEN_NO_TEMPLATES") return templates === 0;
  return passthroughBehavior === "WHEN_NO_MATCH";
}

function compileTemplates(sources: Readonly<Record<string, string>>, place: string): Map<string, Template> {
  return new Map(
    Object.entries(sources).map(([type, source]) => [type.toLowerCase(), compileTemplate(source, `${place}.${type}`)]),
  );
}

function compileResponse(definition: IntegrationResponseDefinition, place: string): MockResponse {
  const { selectionPattern, statusCode, responseParameters, responseTemplates } = definition;
  const at = `${place}: responses.${selectionPattern ?? "default"}`;
  return {
    matches: selectionPattern === undefined ? () => false : matcher(selectionPattern, at),
    status: statusCode,
    headers: Object.entries(responseParameters).map(([target, source]) => {
      const [, name] = /^method\.response\.header\.(.+)$/.exec(target) ?? [];
      if (!name) throw new DefinitionError(at, `a parameter must be method.response.header.<name>, got ${target}`);
      return [name, compileMapping(source, at)];
    }),
    templates: compileTemplates(responseTemplates, at),
  };
}

function matcher(pattern: string, place: string): (status: string) => boolean {
  try {
    const whole = new RegExp(`^(?:${pattern})$`);
    return (status) => whole.test(status);
  } catch {
    throw new DefinitionError(place, "is no regular expression");
  }
}

type Scope = Parameters<Template>[0];

function answerOf({ status, headers, templates }: MockResponse, scope: Scope): Answer {
  const { exchange, overrides } = scope;
  const [first] = templates.keys();
  const accepted = firstAccepted(exchange.headers.get("accept")) ?? "";
  const type = [accepted, "application/json", first ?? ""].find((candidate) => templates.has(candidate));
  const body = templates.get(type ?? "")?.(scope) ?? "";
  const values = new Map<string, [name: string, value: string]>([
    ["content-type", ["Content-Type", type ?? "application/json"]],
  ]);
  for (const [name, mapping] of headers) {
    const value = mapping(exchange);
    if (value !== undefined) values.set(name.toLowerCase(), [name, value]);
  }
  const override = overridesOf(overrides);
  for (const [name, value] of override.header) values.set(name.toLowerCase(), [name, written(value)]);
  const sent = [...values.values()].flatMap(([name, value]) => {
    const sendAs = sentName(name);
    return sendAs !== undefined && sendable(name, value) ? [sendAs, value] : [];
  });
  return { status: override.status ?? status, headers: sent, body, traced: false };
}

/**
 * The answer's status and headers as templates override them. An invalid status is ignored (an emulator says that AWS
 * does so).
 */
function overridesOf({ responseOverride }: Overrides): {
  readonly status: number | undefined;
  readonly header: ReadonlyMap<string, unknown>;
} {
  const status = responseOverride.get("status");
  const header = responseOverride.get("header");
  return {
    status: typeof status === "bigint" && status >= 200n && status <= 599n ? Number(status) : undefined,
    header: isMap(header) ? header : new Map(),
  };
}
