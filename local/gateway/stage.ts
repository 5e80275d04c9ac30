import { compileAccessLog } from "./access-log";
import { type CachePlace, compileCache, type MethodCache, StageCache } from "./cache";
import type { GatewayDefinition, StageResource } from "./definition";
import type { ApiDocument } from "./document";
import type { Exchange } from "./exchange";
import { type Keys, readKeys } from "./keys";
import type { LambdaService } from "./lambda-call";
import { type Integration, lambdaIntegration } from "./lambda-integration";
import { binaryMatcher, firstAccepted } from "./media-type";
import { StageSettings } from "./method-settings";
import { mockIntegration } from "./mock";
import { Models } from "./models";
import type { QuotaStore } from "./quota";
import type { RouteDefinition } from "./route-definition";
import { Router } from "./router";
import type { StageFacts } from "./stage-facts";
import type { Substitution } from "./substitution";
import { bucketFor, type TokenBucket } from "./token-bucket";
import { compileValidator, type Validator } from "./validator";

/** A method of the API as one stage serves it. */
export interface StageRoute {
  readonly definition: RouteDefinition;
  /** `/path/METHOD`. */
  readonly name: string;
  readonly throttle: TokenBucket | undefined;
  readonly validate: Validator | undefined;
  readonly cache: MethodCache | undefined;
  readonly integration: Integration;
}

/** A stage, ready to serve. */
export interface Stage extends StageFacts {
  readonly keys: Keys;
  readonly accessLog: Substitution | undefined;
  readonly router: Router<StageRoute>;
}

/** What stages are made of. */
interface StageParts {
  readonly definition: GatewayDefinition;
  readonly document: ApiDocument;
  readonly service: LambdaService;
  readonly quotaStore: QuotaStore;
}

/** Compiles a stage: all that can be decided before a request comes. */
export function compileStage(resource: StageResource, parts: StageParts): Stage {
  const { definition, document, quotaStore } = parts;
  // No prototype: a variable that is missing may be named like a member of all objects.
  const variables: Record<string, string> = Object.assign(Object.create(null), resource.variables);
  const stage: Stage = {
    name: resource.stage_name,
    apiId: definition.restApi.id,
    accountId: definition.accountId,
    deploymentId: resource.deployment_id ?? definition.restApi.id,
    variables,
    eventVariables: Object.keys(variables).length > 0 ? variables : null,
    tracing: resource.xray_tracing_enabled === true,
    isBinary: binaryMatcher(document.binaryMediaTypes),
    keys: readKeys(definition, resource.stage_name, quotaStore),
    accessLog: compileAccessLog(resource),
    router: new Router(),
  };
  const cache = resource.cache_cluster_enabled ? new StageCache() : undefined;
  for (const route of compileRoutes(stage, parts, cache)) {
    stage.router.add(route.definition.method, route.definition.path, route);
  }
  return stage;
}

function compileRoutes(stage: Stage, { definition, document, service }: StageParts, cache: StageCache | undefined) {
  const { region, accountId, restApi } = definition;
  const models = new Models(document.schemas, restApi.name);
  const settings = new StageSettings(definition, stage.name, document.routes);
  const variant = (exchange: Exchange) =>
    stage.isBinary(firstAccepted(exchange.headers.get("accept"))) ? "binary" : "text";
  return document.routes.map((route): StageRoute => {
    const name = `${route.path}/${route.method}`;
    const effective = settings.of(name, route.method);
    const stageArn = `arn:aws:execute-api:${region}:${accountId}:${restApi.id}/${stage.name}`;
    const methodArn = (method: string) => `${stageArn}/${method}${route.path}`;
    const place: CachePlace | undefined = cache && { cache, methodArn, variant };
    const { integration } = route;
    return {
      definition: route,
      name,
      // "Applied at the API method level for a stage", says AWS's manual: each method has its own bucket.
      throttle: bucketFor(effective.throttlingRateLimit, effective.throttlingBurstLimit),
      validate: compileValidator(route, models, `${restApi.name}: ${route.method} ${route.path}`),
      cache: place && compileCache(route, effective, place),
      integration:
        integration.type === "MOCK"
          ? mockIntegration(integration, stage, `${restApi.name}: ${route.method} ${route.path}`)
          : lambdaIntegration({ definition: route, integration, methodArn }, stage, service),
    };
  });
}
