import type { JsonObject } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import { withApiResources } from "./api-resources";
import type { ApiPolicy, GatewayDefinition } from "./gateway-resources";
import type { Graph, Resource } from "./graph";
import { readOpenApi } from "./openapi-document";

/** Arguments, and the computed attributes that a gateway reads. */
const withComputed = (resource: Resource, ...computed: string[]): Record<string, unknown> => ({
  ...resource.attributes,
  ...Object.fromEntries(computed.map((name) => [name, resource.computed(name)])),
});

/** The document that an API is imported from; without one it has what resources beside it make. */
function documentOf(restApi: Resource): JsonObject {
  if (!restApi.has("body")) return { openapi: "3.0.1", paths: {} };
  return readOpenApi(restApi.text("body")) ?? {};
}

/** The definition of a gateway: the resources of the stack's one REST API. */
export function gatewayDefinition(graph: Graph): GatewayDefinition | undefined {
  const [restApi, second] = graph.all("aws_api_gateway_rest_api");
  if (!restApi) return undefined;
  if (second) throw new UserError(`${graph.file.name}: ${second.address} is a second REST API, one is emulated`);
  const all = <T>(type: string, ...computed: string[]) =>
    graph.all(type).map((resource) => withComputed(resource, ...computed)) as readonly unknown[] as readonly T[];
  return {
    region: graph.file.region,
    accountId: graph.file.accountId,
    restApi: {
      ...withComputed(restApi, "id", "execution_arn"),
      body: withApiResources(graph, restApi, documentOf(restApi)),
    } as unknown as GatewayDefinition["restApi"],
    policy: policyOf(graph, restApi),
    stages: all("aws_api_gateway_stage"),
    methodSettings: all("aws_api_gateway_method_settings"),
    usagePlans: all("aws_api_gateway_usage_plan", "id"),
    apiKeys: all("aws_api_gateway_api_key", "id", "value"),
    usagePlanKeys: all("aws_api_gateway_usage_plan_key"),
  };
}

/** The API's resource policy: its argument, a resource beside it, or a member of the document, of which one may be there. */
function policyOf(graph: Graph, restApi: Resource): ApiPolicy | undefined {
  const beside = graph
    .all("aws_api_gateway_rest_api_policy")
    .filter((policy) => policy.text("rest_api_id") === restApi.id);
  const document = restApi.has("body") ? readOpenApi(restApi.text("body"))?.["x-amazon-apigateway-policy"] : undefined;
  const inside =
    document === undefined ? [] : [{ json: JSON.stringify(document), address: `${restApi.address}: body` }];
  const named = [...(restApi.has("policy") ? [restApi] : []), ...beside].map((resource) => ({
    json: resource.text("policy"),
    address: resource.address,
  }));
  const [policy, second] = [...inside, ...named];
  if (second) throw new UserError(`${second.address}: ${restApi.address} has a policy already, which it would replace`);
  return policy;
}
