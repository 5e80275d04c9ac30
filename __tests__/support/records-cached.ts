import type fc from "fast-check";
import type { OperationId, RouteCache } from "../../contracts/api";
import { gatewayBody } from "../../contracts/gateway-body";
import { recordsApi } from "../../contracts/records";
import { type ApiSetup, functionArn } from "../local/apigateway/support/api";
import { apiKey } from "../local/apigateway/support/records";
import { type Behaviour, type Event, type Served, serve } from "../local/apigateway/support/serve";
import type { RecordsSystem } from "./records";

type Routes = typeof recordsApi.routes;

/** The route that reads a record, or the same with another cache. */
export type ReadRoute = Omit<Routes["getRecord"], "cache"> & { readonly cache: RouteCache };

/** The records API as it is deployed, its cache included. */
function deployed(getRecord: ReadRoute): ApiSetup {
  const api = { ...recordsApi, routes: { ...recordsApi.routes, getRecord } };
  const operations = Object.keys(api.routes) as OperationId<typeof recordsApi>[];
  const integrations = Object.fromEntries(
    operations.map((operation) => [operation, { functionArn: `${functionArn}-${operation}`, timeoutMs: 29_000 }]),
  );
  const body = gatewayBody(api, { region: "us-east-1", integrations, corsOrigins: ["https://app.example"] });
  return {
    stage: "dev",
    routes: {},
    text: JSON.stringify(body),
    keys: [{ name: "k", value: apiKey }],
    stageAttributes: { cache_cluster_enabled: true, cache_cluster_size: "0.5" },
    methodSettings: {
      "*/*": { caching_enabled: false },
      "~1records~1{recordId}/GET": { caching_enabled: true, cache_ttl_in_seconds: getRecord.cache.ttlSeconds },
    },
  };
}

function operationOf({ httpMethod, resource }: Event): OperationId<typeof recordsApi> {
  const routes = Object.entries(recordsApi.routes);
  const [operation] = routes.find(([, { method, path }]) => method === httpMethod && path === resource)!;
  return operation as OperationId<typeof recordsApi>;
}

/** The gateway with its cache in front of the deployed functions. */
export interface CachedRecords {
  readonly served: Served;
  /** From now on calls begin and answers arrive in the order of a scheduler, or at once. */
  schedule(scheduler: fc.Scheduler | undefined): void;
}

/** Serves records through the gateway. A function works on one event at a time; its answer may be long on the way. */
export async function serveCached(records: RecordsSystem, getRecord: ReadRoute): Promise<CachedRecords> {
  let turn = async (_label: string): Promise<void> => undefined;
  let working: Promise<unknown> = Promise.resolve();
  const behaviour: Behaviour = async (event) => {
    const operation = operationOf(event);
    await turn(`call ${operation}`);
    const answer = working.then(() => records[operation].answer(event));
    working = answer.catch(() => undefined);
    const payload = JSON.stringify(await answer);
    await turn(`answer of ${operation}`);
    return { payload };
  };
  const served = await serve(deployed(getRecord), behaviour);
  return {
    served,
    schedule(scheduler) {
      turn = async (label) => scheduler?.schedule(Promise.resolve(), label);
    },
  };
}
