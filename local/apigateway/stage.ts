import { arnOf } from "../../aws/arn";
import type { GatewayDefinition, StageResource } from "../read/gateway-resources";
import type { ApiDocument } from "./definition/document";
import { StageSettings } from "./definition/method-settings";
import type { RouteDefinition } from "./definition/route-definition";
import type { StageFacts } from "./definition/stage-facts";
import type { Backends } from "./integration/backends";
import { functionArnOn } from "./integration/function-call";
import type { Integration } from "./integration/integration";
import { compileIntegration, functionOf } from "./integration/integrations";
import { type ApiKeys, readApiKeys } from "./limits/api-keys";
import { type CachePlace, compileCache, type MethodCache, StageCache } from "./limits/cache";
import type { QuotaStore } from "./limits/quota";
import { bucketFor, type TokenBucket } from "./limits/token-bucket";
import type { Substitution } from "./mapping-template/substitution";
import type { Exchange } from "./request/exchange";
import { binaryMatcher, firstAccepted } from "./request/media-type";
import { Router } from "./request/router";
import { compileAccessLog } from "./response/access-log";
import { Models } from "./validation/models";
import { compileValidator, type Validator } from "./validation/validator";

/** A method of the API as one stage serves it. */
export interface StageMethod {
  readonly definition: RouteDefinition;
  /** `/path/METHOD`. */
  readonly name: string;
  readonly throttle: TokenBucket | undefined;
  readonly validate: Validator | undefined;
  readonly cache: MethodCache | undefined;
  readonly integration: Integration;
  /** ARN of the integration's function, with its version or alias. */
  readonly functionArn: string | undefined;
}

/** A stage, ready to serve. */
export interface Stage extends StageFacts {
  readonly apiKeys: ApiKeys;
  readonly accessLog: Substitution | undefined;
  readonly router: Router<StageMethod>;
  readonly methods: readonly StageMethod[];
}

/** Parameters of a stage. */
interface StageParts {
  readonly definition: GatewayDefinition;
  readonly document: ApiDocument;
  readonly backends: Backends;
  readonly quotaStore: QuotaStore;
}

/** Compiles a stage: all that can be decided before a request comes. */
export function compileStage(resource: StageResource, parts: StageParts): Stage {
  const { definition, document, quotaStore } = parts;
  // No prototype: a variable that is missing may be named like a member of all objects.
  const variables: Record<string, string> = Object.assign(Object.create(null), resource.variables);
  const facts = {
    name: resource.stage_name,
    apiId: definition.restApi.id,
    accountId: definition.accountId,
    deploymentId: resource.deployment_id ?? definition.restApi.id,
    isCanary: false,
    variables,
    eventVariables: Object.keys(variables).length > 0 ? variables : null,
    tracing: resource.xray_tracing_enabled === true,
    isBinary: binaryMatcher(document.binaryMediaTypes),
    apiKeys: readApiKeys(definition, resource.stage_name, quotaStore),
    accessLog: compileAccessLog(resource),
  };
  const cache = resource.cache_cluster_enabled ? new StageCache() : undefined;
  const methods = compileMethods(facts, parts, cache);
  const router = new Router<StageMethod>();
  for (const method of methods) router.add(method.definition.method, method.definition.path, method);
  return { ...facts, router, methods };
}

function compileMethods(
  stage: StageFacts,
  { definition, document, backends }: StageParts,
  cache: StageCache | undefined,
) {
  const { region, accountId, restApi } = definition;
  const models = new Models(document.schemas, restApi.name);
  const settings = new StageSettings(definition, stage.name, document.routes);
  const variant = (exchange: Exchange) =>
    stage.isBinary(firstAccepted(exchange.headers.get("accept"))) ? "binary" : "text";
  return document.routes.map((route): StageMethod => {
    const name = `${route.path}/${route.method}`;
    const effective = settings.of(name, route.method);
    const stageArn = arnOf("execute-api", `${restApi.id}/${stage.name}`, { region, accountId });
    const methodArn = (method: string) => `${stageArn}/${method}${route.path}`;
    const cachePlace: CachePlace | undefined = cache && { cache, methodArn, variant };
    const place = `${restApi.name}: ${route.method} ${route.path}`;
    const functionArn = functionOf(route.integration);
    return {
      definition: route,
      name,
      // Each method has its own bucket (developer guide, "Throttle requests to your REST APIs for better throughput in API
      // Gateway": How throttling limit settings are applied in API Gateway).
      throttle: bucketFor(effective.throttlingRateLimit, effective.throttlingBurstLimit),
      validate: compileValidator(route, models, place),
      cache: cachePlace && compileCache(route, effective, cachePlace),
      integration: compileIntegration({ definition: route, stage, place, methodArn }, backends),
      functionArn: functionArn === undefined ? undefined : functionArnOn(stage, functionArn),
    };
  });
}
