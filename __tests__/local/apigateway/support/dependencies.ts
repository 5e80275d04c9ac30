import type { GatewayDependencies } from "../../../../local/apigateway/gateway";

/** Dependencies of a gateway, none of which does anything. */
export const idle: GatewayDependencies = {
  invoke: async () => ({ payload: "null" }),
  invokeAsynchronously: () => false,
  permitted: () => true,
  services: { endpointUrl: async () => "http://127.0.0.1:9", credentials: () => undefined },
  quotaStore: { get: () => undefined, set: () => undefined },
};
