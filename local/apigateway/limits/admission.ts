import type { Exchange } from "../request/exchange";
import { type Refusal, refusal } from "../response/refusal";
import type { Stage, StageRoute } from "../stage";
import { useKey } from "./keys";

/** The route that a request is let through to, or why it is not. */
type Admission = { readonly route: StageRoute } | { readonly refusal: Refusal } | "unknown stage";

/** Everything that can keep a request from its integration, in the order in which API Gateway looks. */
export function admit(exchange: Exchange, stages: ReadonlyMap<string, Stage>): Admission {
  const { contextPath, method } = exchange;
  const end = contextPath.indexOf("/", 1);
  const stage = stages.get(end < 0 ? contextPath.slice(1) : contextPath.slice(1, end));
  if (!stage) return "unknown stage";
  exchange.stage = stage;
  exchange.path = end < 0 ? "/" : contextPath.slice(end).replace(/^\/+/, "/");
  const match = stage.router.find(method, exchange.path);
  if (!match) {
    const reason = `no route ${method} ${exchange.path}`;
    return { refusal: refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", { reason }) };
  }
  const { route, parameters } = match;
  exchange.route = route.definition;
  exchange.pathParameters = parameters;
  const why = identify(exchange, stage, route) ?? slow(route, exchange.steadyStart) ?? route.validate?.(exchange);
  return why ? { refusal: why } : { route };
}

function slow({ throttle }: StageRoute, now: number): Refusal | undefined {
  if (!throttle || throttle.take(now)) return undefined;
  return refusal("THROTTLED", "Too Many Requests", { reason: "the stage's throttle for this method" });
}

function identify(exchange: Exchange, stage: Stage, route: StageRoute): Refusal | undefined {
  if (!route.definition.apiKeyRequired) return undefined;
  const value = exchange.headers.get("x-api-key");
  const key = value === undefined ? undefined : stage.keys.get(value);
  if (!key) {
    const reason = value === undefined ? "no x-api-key header" : "no enabled key of this stage's usage plans";
    return refusal("INVALID_API_KEY", "Forbidden", { reason });
  }
  exchange.apiKey = key;
  return useKey(key, route.name, exchange);
}
