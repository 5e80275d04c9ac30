import { arnOf } from "../../aws/arn";
import { type GatewayDefinition, only, type StageResource } from "../read/gateway-resources";
import { type AccessCheck, compileAccess, requestArn } from "./access";
import type { Authorizer } from "./authorizers/authorizer";
import { StageAuthorizers } from "./authorizers/authorizers";
import type { ApiDocument } from "./definition/document";
import { StageSettings } from "./definition/method-settings";
import type { RouteDefinition } from "./definition/route-definition";
import type { StageFacts } from "./definition/stage-facts";
import type { Backends } from "./integration/backends";
import { functionArnOn } from "./integration/function-call";
import type { Integration } from "./integration/integration";
import { compileIntegration, functionOf, streams } from "./integration/integrations";
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
  readonly authorize: Authorizer | undefined;
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
  readonly checkAccess: AccessCheck | undefined;
  /** The ARN of a request. */
  readonly arnOf: (exchange: Exchange) => string;
  readonly canary: Canary | undefined;
}

/** The part of a stage's requests that another deployment, or other variables, answer. */
interface Canary {
  readonly percent: number;
  readonly stage: Stage;
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
  const { definition, quotaStore } = parts;
  const canary = only(resource.canary_settings);
  const cache = resource.cache_cluster_enabled ? new StageCache() : undefined;
  const facts = {
    ...factsOf(resource, parts, { variables: {}, isCanary: canary && false }),
    apiKeys: readApiKeys(definition, resource.stage_name, quotaStore),
    accessLog: compileAccessLog(resource),
    checkAccess: compileAccess(definition),
    arnOf: (exchange: Exchange) => requestArn(definition, exchange),
  };
  const methods = compileMethods(facts, parts, cache);
  const stage = { ...facts, methods, router: routerOf(methods), canary: undefined };
  return canary ? { ...stage, canary: compileCanary(resource, parts, { stage, cache }) } : stage;
}

/** Compiles a stage's canary: the same limits, but variables of its own (developer guide, "Create a canary release deployment"). */
function compileCanary(
  resource: StageResource,
  parts: StageParts,
  { stage, cache }: { readonly stage: Stage; readonly cache: StageCache | undefined },
): Canary {
  const { percent_traffic: percent = 0, use_stage_cache, ...settings } = only(resource.canary_settings) ?? {};
  const own = { ...resource, deployment_id: settings.deployment_id ?? stage.deploymentId };
  const facts = factsOf(own, parts, { variables: settings.stage_variable_overrides ?? {}, isCanary: true });
  const methods = compileMethods(facts, parts, use_stage_cache ? cache : undefined).map((method, index) => ({
    ...method,
    throttle: stage.methods[index]?.throttle,
  }));
  return { percent, stage: { ...stage, ...facts, methods, router: routerOf(methods) } };
}

function routerOf(methods: readonly StageMethod[]): Router<StageMethod> {
  const router = new Router<StageMethod>();
  for (const method of methods) router.add(method.definition.method, method.definition.path, method);
  return router;
}

function factsOf(
  resource: StageResource,
  { definition, document }: StageParts,
  canary: Pick<StageFacts, "variables" | "isCanary">,
): StageFacts {
  // No prototype: a variable that is missing may be named like a member of all objects.
  const variables: Record<string, string> = Object.assign(Object.create(null), resource.variables, canary.variables);
  return {
    name: resource.stage_name,
    apiId: definition.restApi.id,
    accountId: definition.accountId,
    deploymentId: resource.deployment_id ?? definition.restApi.id,
    isCanary: canary.isCanary,
    variables,
    eventVariables: Object.keys(variables).length > 0 ? variables : null,
    tracing: resource.xray_tracing_enabled === true,
    isBinary: binaryMatcher(document.binaryMediaTypes),
  };
}

function compileMethods(
  stage: StageFacts,
  { definition, document, backends }: StageParts,
  cache: StageCache | undefined,
) {
  const { region, accountId, restApi } = definition;
  const authorizers = new StageAuthorizers(definition, backends);
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
      authorize: authorizers.of(route, stage),
      // Each method has its own bucket (developer guide, "Throttle requests to your REST APIs for better throughput in API
      // Gateway": How throttling limit settings are applied in API Gateway).
      throttle: bucketFor(effective.throttlingRateLimit, effective.throttlingBurstLimit),
      validate: compileValidator(route, models, place),
      // Nothing is kept of what is passed on as it comes (developer guide, "Stream the integration response for your proxy
      // integrations in API Gateway": endpoint caching).
      cache: cachePlace && !streams(route.integration) ? compileCache(route, effective, cachePlace) : undefined,
      integration: compileIntegration({ definition: route, stage, place, methodArn }, backends),
      functionArn: functionArn === undefined ? undefined : functionArnOn(stage, functionArn),
    };
  });
}
