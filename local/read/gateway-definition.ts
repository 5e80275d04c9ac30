import { UserError } from "../../lib/user-error";
import type { GatewayDefinition } from "./gateway-resources";
import type { Graph, Resource } from "./graph";
import { readOpenApi } from "./openapi-document";

/** Arguments, and the computed attributes that a gateway reads. */
const withComputed = (resource: Resource, ...computed: string[]): Record<string, unknown> => ({
  ...resource.attributes,
  ...Object.fromEntries(computed.map((name) => [name, resource.computed(name)])),
});

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
      body: readOpenApi(restApi.text("body")),
    } as unknown as GatewayDefinition["restApi"],
    stages: all("aws_api_gateway_stage"),
    methodSettings: all("aws_api_gateway_method_settings"),
    usagePlans: all("aws_api_gateway_usage_plan", "id"),
    apiKeys: all("aws_api_gateway_api_key", "id", "value"),
    usagePlanKeys: all("aws_api_gateway_usage_plan_key"),
  };
}
