import type { Context } from "aws-lambda";
import type { Api, OperationId } from "../../../../contracts/api";
import { gatewayBody } from "../../../../contracts/gateway-body";
import type { ProxyHandler } from "../../../../handlers/runtime/handle";
import { functionArn } from "./api";
import { type Served, serve } from "./serve";

const context = {
  awsRequestId: "id",
  functionName: "f",
  functionVersion: "1",
  memoryLimitInMB: "256",
  invokedFunctionArn: functionArn,
  getRemainingTimeInMillis: () => 60_000,
} as Context;

/** Serves a contract by the gateway, with handlers for its operations. */
export function serveContract<A extends Api>(
  api: A,
  handlers: Readonly<Record<OperationId<A>, ProxyHandler>>,
  key: string,
): Promise<Served> {
  const integrations = Object.fromEntries(
    Object.keys(api.routes).map((operation) => [
      operation,
      { functionArn: `${functionArn}-${operation}`, timeoutMs: 29_000 },
    ]),
  );
  const text = JSON.stringify(gatewayBody(api, { region: "us-east-1", integrations, corsOrigins: [] }));
  return serve({ stage: "dev", routes: {}, text, keys: [{ name: "k", value: key }] }, async (event) => {
    const [operation] =
      Object.entries(api.routes).find(
        ([, { method, path }]) => method === event.httpMethod && path === event.resource,
      ) ?? [];
    const result = await handlers[operation as OperationId<A>](event, context);
    return { payload: JSON.stringify(result) };
  });
}
