import { isUtf8 } from "node:buffer";
import { DefinitionError } from "../definition/definition-error";
import type { ContentHandling, IntegrationResponseDefinition } from "../definition/integration-response-definition";
import type { StageFacts } from "../definition/stage-facts";
import { compileResponseMapping, type ResponseMapping } from "../mapping-template/mapping";
import type { Overrides } from "../mapping-template/overrides";
import type { Template } from "../mapping-template/vtl-rendering";
import { isList, isMap, written } from "../mapping-template/vtl-values";
import type { Exchange } from "../request/exchange";
import { sentName } from "../request/header-rules";
import { firstAccepted, mediaType } from "../request/media-type";
import { sendable } from "../response/answer";
import { convertResponse } from "./content-handling";
import { type BackendResponse, type IntegrationResult, misconfigured } from "./integration";
import { compileTemplates } from "./integration-request";

interface IntegrationResponse {
  readonly matches: (selected: string) => boolean;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: ResponseMapping])[];
  readonly templates: ReadonlyMap<string, Template>;
  readonly contentHandling: ContentHandling;
}

/** The input of an integration response. */
interface Given {
  readonly exchange: Exchange;
  readonly overrides: Overrides;
  /** The text that selection patterns are matched with: a status, or a function's error message. */
  readonly selected: string;
  /** Nothing, of a mock. */
  readonly response?: BackendResponse;
}

/** The facts that all responses of an integration share. */
interface IntegrationFacts {
  readonly stage: StageFacts;
  readonly place: string;
  /** Whether its answers tell the trace: those of mocks do not (recorded). */
  readonly traced: boolean;
}

/** Compiles the integration responses: the first whose pattern matches what selects, or else the default one. */
export function compileIntegrationResponses(
  definitions: readonly IntegrationResponseDefinition[],
  { stage, place, traced }: IntegrationFacts,
): (given: Given) => IntegrationResult {
  const responses = definitions.map((definition) => compileResponse(definition, place));
  const fallback = responses[definitions.findIndex(({ selectionPattern }) => selectionPattern === undefined)];
  return (given) => {
    const response = responses.find(({ matches }) => matches(given.selected)) ?? fallback;
    if (!response) return misconfigured(`no integration response for ${given.selected || "an answer"}`);
    return answerOf(response, given, { stage, traced });
  };
}

function compileResponse(definition: IntegrationResponseDefinition, place: string): IntegrationResponse {
  const { selectionPattern, statusCode, responseParameters, responseTemplates, contentHandling } = definition;
  const at = `${place}: responses.${selectionPattern ?? "default"}`;
  return {
    matches: selectionPattern === undefined ? () => false : matcher(selectionPattern, at),
    status: statusCode,
    headers: Object.entries(responseParameters).map(([target, source]) => {
      const [, name] = /^method\.response\.header\.(.+)$/.exec(target) ?? [];
      if (!name) throw new DefinitionError(at, `a parameter must be method.response.header.<name>, got ${target}`);
      return [name, compileResponseMapping(source, at)];
    }),
    templates: compileTemplates(responseTemplates, at),
    contentHandling,
  };
}

/** A pattern has to match the whole, as Java's `matches` does; Java writes its flags in front. */
function matcher(pattern: string, place: string): (selected: string) => boolean {
  const [, flags = "", rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  try {
    const whole = new RegExp(`^(?:${rest})$`, flags);
    return (selected) => whole.test(selected);
  } catch {
    throw new DefinitionError(place, "is no regular expression");
  }
}

function answerOf(
  { status, headers, templates, contentHandling }: IntegrationResponse,
  { exchange, overrides, response }: Given,
  { stage, traced }: Pick<IntegrationFacts, "stage" | "traced">,
): IntegrationResult {
  const [first] = templates.keys();
  const accepted = firstAccepted(exchange.headers.get("accept")) ?? "";
  const type = [accepted, "application/json", first ?? ""].find((candidate) => templates.has(candidate));
  const converted =
    response &&
    convertResponse(response.body, contentHandling, {
      isBinary: stage.isBinary(mediaType(response.headers.get("content-type"))),
      acceptsBinary: stage.isBinary(accepted),
    });
  if (response && !converted) return misconfigured("the integration's answer is to be binary, and is no base64");
  const template = templates.get(type ?? "");
  if (template && converted && !isUtf8(converted)) return misconfigured("a template can't be applied to a binary body");
  const body = template?.({ exchange, stage, overrides, body: converted?.toString("utf8") ?? "" }) ?? converted ?? "";
  const sent = new SentHeaders();
  sent.set("Content-Type", [type ?? "application/json"]);
  for (const [name, mapping] of headers) {
    const value = mapping(exchange, response);
    if (value !== undefined) sent.set(name, [value]);
  }
  const override = overridesOf(overrides);
  for (const [name, value] of override.header) {
    sent.set(name, isList(value) ? value.map((item) => written(item)) : [written(value)]);
  }
  return { answer: { status: override.status ?? status, headers: sent.all(), body, traced } };
}

/** The headers of an answer: of each name the last ones that were set, as far as they can be sent. */
class SentHeaders {
  private readonly values = new Map<string, readonly [name: string, values: readonly string[]]>();

  set(name: string, values: readonly string[]): void {
    this.values.set(name.toLowerCase(), [name, values]);
  }

  /** Names and values in turn. */
  all(): string[] {
    return [...this.values.values()].flatMap(([name, values]) => {
      const sendAs = sentName(name);
      if (sendAs === undefined) return [];
      return values.flatMap((value) => (sendable(name, value) ? [sendAs, value] : []));
    });
  }
}

/** The answer's status and headers as templates override them. An invalid status is ignored (an emulator says that AWS does so). */
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
