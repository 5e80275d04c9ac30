import type { IntegrationDefinition } from "../definition/integration-definition";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import { serviceIntegration } from "./aws-integration";
import type { Backends } from "./backends";
import { httpIntegration } from "./http-integration";
import type { Integration } from "./integration";
import { customLambdaIntegration } from "./lambda-custom-integration";
import { lambdaIntegration } from "./lambda-integration";
import { mockIntegration } from "./mock";

/** A method of a stage, and how permissions name it. */
interface MethodPlace {
  readonly definition: RouteDefinition;
  readonly stage: StageFacts;
  readonly place: string;
  readonly methodArn: (method: string) => string;
}

/** Compiles the integration of a method for a stage. */
export function compileIntegration(method: MethodPlace, backends: Backends): Integration {
  const { definition, stage, place, methodArn } = method;
  const { integration } = definition;
  switch (integration.type) {
    case "MOCK":
      return mockIntegration(integration, stage, place);
    case "AWS_PROXY":
      return lambdaIntegration({ definition, integration, methodArn }, stage, backends);
    case "HTTP":
    case "HTTP_PROXY":
      return httpIntegration(integration, { stage, place, context: backends });
    case "AWS": {
      const route = { definition: integration, stage, place, methodArn };
      return "functionArn" in integration.target
        ? customLambdaIntegration(route, backends)
        : serviceIntegration(route, backends);
    }
  }
}

/** Whether an integration's answer is passed on as it comes. */
export const streams = (integration: IntegrationDefinition): boolean =>
  integration.type === "AWS_PROXY" && integration.streams;

/** The function behind an integration, its ARN as it is written. */
export function functionOf(integration: IntegrationDefinition): string | undefined {
  if (integration.type === "AWS_PROXY") return integration.functionArn;
  if (integration.type !== "AWS" || !("functionArn" in integration.target)) return undefined;
  return integration.target.functionArn;
}
