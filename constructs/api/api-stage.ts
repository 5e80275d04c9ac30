import { ApiGatewayMethodSettings } from "@cdktf/provider-aws/lib/api-gateway-method-settings";
import { ApiGatewayStage } from "@cdktf/provider-aws/lib/api-gateway-stage";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { apiGatewayLimits } from "../../aws/limits";
import type { Route, Throttle } from "../../contracts/api";
import { LogGroup } from "../observability/log-group";
import type { Metric, Statistic } from "../observability/metric";
import { StackContext } from "../synth/stack-context";
import { between, oneOf, type Rule, validate } from "../synth/validation";
import type { RestApi } from "./rest-api";

export interface ApiStageProps {
  /** The API of which it serves a deployment. */
  readonly api: RestApi;
  /** The last part of the URL. @default the environment's name */
  readonly name?: string;
  /** For all callers together. */
  readonly throttle: Throttle;
  /** In GB, as API Gateway spells it. @default no cache */
  readonly cacheClusterSize?: string;
  /** Level of API Gateway's execution logs. @default "ERROR" */
  readonly logLevel?: "ERROR" | "INFO";
  /** Metrics for each method too, billed by metric. @default false */
  readonly detailedMetrics?: boolean;
}

/** The cache sizes in GB that API Gateway offers (API reference, CacheClusterSize). */
const cacheClusterSizes = ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

/**
 * One JSON line a request. Numbers are quoted too: a missing one is written as `-`. Never a body, header, key or token.
 *
 * @param user the variable that says whose token came with it
 */
const accessLogFormat = (user: string | undefined): string =>
  JSON.stringify({
    requestId: "$context.requestId",
    traceId: "$context.xrayTraceId",
    time: "$context.requestTime",
    ip: "$context.identity.sourceIp",
    userAgent: "$context.identity.userAgent",
    protocol: "$context.protocol",
    // The principal of a signed request; `-` for one that comes with a key.
    caller: "$context.identity.caller",
    apiKeyId: "$context.identity.apiKeyId",
    ...(user === undefined ? {} : { user }),
    method: "$context.httpMethod",
    resourcePath: "$context.resourcePath",
    status: "$context.status",
    responseLength: "$context.responseLength",
    latencyMs: "$context.responseLatency",
    integrationLatencyMs: "$context.integrationLatency",
    integrationStatus: "$context.integrationStatus",
    errorType: "$context.error.responseType",
  });

/** The path of a route in method settings: every slash as `~1`, then the method (API reference, UpdateStage). */
const methodPath = ({ path, method }: Route): string => `${path.replaceAll("/", "~1")}/${method}`;

/**
 * An API under a URL: logs, traces, throttles, and the cache for routes that ask for it.
 *
 * @example
 * new ApiStage(this, "stage", { api, throttle: { rateLimit: 50, burstLimit: 100 }, cacheClusterSize: "0.5" });
 */
export class ApiStage extends Construct {
  readonly url: string;
  readonly resource: ApiGatewayStage;
  readonly accessLogs: LogGroup;
  /** Whether it has a cache. */
  readonly isCached: boolean;
  private readonly dimensions: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, props: ApiStageProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const { api, throttle, cacheClusterSize, name: stageName = stack.environment.name } = props;
    const variables = api.variablesOf(stageName);
    this.isCached = cacheClusterSize !== undefined;
    this.dimensions = { ApiName: api.name, Stage: stageName };
    this.accessLogs = new LogGroup(this, "access-logs", { name: `/aws/apigateway/${stack.nameOf(this)}/access` });
    // API Gateway fixes this name; made here, because the group it would make itself never forgets.
    const executionLogs = new LogGroup(this, "execution-logs", {
      name: `API-Gateway-Execution-Logs_${api.resource.id}/${stageName}`,
    });
    this.resource = new ApiGatewayStage(this, "Default", {
      restApiId: api.resource.id,
      deploymentId: api.deployment.id,
      stageName,
      xrayTracingEnabled: true,
      accessLogSettings: { destinationArn: this.accessLogs.arn, format: accessLogFormat(api.userVariable) },
      ...(Object.keys(variables).length > 0 ? { variables } : {}),
      ...(cacheClusterSize ? { cacheClusterEnabled: true, cacheClusterSize } : {}),
      // Nothing is served before it can be.
      dependsOn: [executionLogs.resource, ...api.dependenciesOf(stageName)],
    });
    this.url = this.resource.invokeUrl;
    this.addMethodSettings(props);
    const routes = Object.entries(api.contract.routes);
    validate(this, () => [
      ...(cacheClusterSize === undefined ? [] : [oneOf("cacheClusterSize", cacheClusterSize, cacheClusterSizes)]),
      ...routes.map(
        ([operationId, { cache }]): Rule => [
          cache === undefined || cacheClusterSize !== undefined,
          `cacheClusterSize must be set where a route is cached, got none for ${operationId}; set it, or remove the route's cache`,
        ],
      ),
      ...throttleRules("throttle", throttle),
      ...routes.flatMap(([id, route]) => (route.throttle ? throttleRules(`${id}: throttle`, route.throttle) : [])),
    ]);
  }

  /** One of API Gateway's metrics for this stage (AWS/ApiGateway). */
  metric(
    name: "Count" | "4XXError" | "5XXError" | "Latency" | "IntegrationLatency" | "CacheHitCount" | "CacheMissCount",
    statistic: Statistic,
  ): Metric {
    return { namespace: "AWS/ApiGateway", name, dimensions: this.dimensions, statistic, label: name };
  }

  /**
   * The strictest settings for all methods, then what single routes add to them: the provider never sends a setting
   * that is off, so nothing could be switched off for one route. One after the other, since they change one stage.
   */
  private addMethodSettings(props: ApiStageProps): void {
    const { api, throttle, logLevel = "ERROR", detailedMetrics = false } = props;
    const common = (limit: Throttle) => ({
      metricsEnabled: detailedMetrics,
      dataTraceEnabled: false,
      loggingLevel: logLevel,
      throttlingRateLimit: limit.rateLimit,
      throttlingBurstLimit: limit.burstLimit,
    });
    const add = (id: string, path: string, settings: object, dependsOn: ITerraformDependable[]) =>
      new ApiGatewayMethodSettings(this, id, {
        restApiId: api.resource.id,
        stageName: this.resource.stageName,
        methodPath: path,
        settings,
        dependsOn,
      });
    let last = add("settings", "*/*", { ...common(throttle), cachingEnabled: false }, []);
    for (const [operationId, route] of Object.entries<Route>(api.contract.routes)) {
      if (!route.cache && !route.throttle) continue;
      const settings = { ...common(route.throttle ?? throttle), ...cacheSettings(route) };
      last = add(`settings-${operationId}`, methodPath(route), settings, [last]);
    }
  }
}

function cacheSettings({ cache }: Route): object {
  if (!cache) return { cachingEnabled: false };
  return {
    cachingEnabled: true,
    cacheTtlInSeconds: cache.ttlSeconds,
    cacheDataEncrypted: true,
    // Browsers send Cache-Control on every reload: they are served from the cache with a warning header, not refused.
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
  };
}

/** A stage can't have more than the account, unless AWS raises its limits. */
const throttleRules = (setting: string, { rateLimit, burstLimit }: Throttle): Rule[] => [
  between(`${setting}.rateLimit`, rateLimit, [1, apiGatewayLimits.requestsPerSecond]),
  between(`${setting}.burstLimit`, burstLimit, [1, apiGatewayLimits.burst]),
];
