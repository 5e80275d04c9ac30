import type { MockIntegrationDefinition } from "../definition/integration-definition";
import type { StageFacts } from "../definition/stage-facts";
import { type Integration, misconfigured } from "./integration";
import { compileIntegrationRequest } from "./integration-request";
import { compileIntegrationResponses } from "./integration-response";
import { mockStatus } from "./mock-status";
import { renderedSafely } from "./rendered-safely";

/** Compiles an integration that answers by itself: a template gives a number, the number picks an answer. */
export function mockIntegration(definition: MockIntegrationDefinition, stage: StageFacts, place: string): Integration {
  const makeRequest = compileIntegrationRequest(definition, stage, place);
  const makeAnswer = compileIntegrationResponses(definition.responses, { stage, place, traced: false });
  return (exchange) =>
    renderedSafely(() => {
      const request = makeRequest(exchange);
      if ("refusal" in request) return request;
      const rendered = request.body.toString("utf8");
      const status = mockStatus(rendered);
      if (status === undefined) {
        return misconfigured(`a mock's template must give a statusCode, got ${rendered.slice(0, 80)}`);
      }
      return makeAnswer({ exchange, overrides: request.overrides, selected: String(status) });
    });
}
