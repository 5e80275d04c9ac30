import type { Server } from "node:http";
import type { ReadySystem, Tell } from "./events";
import type { Lambda } from "./functions/lambda";
import type { GatewayDefinition } from "./gateway/definition";
import { isObject } from "./gateway/definition-error";
import { createGateway, type Gateway } from "./gateway/gateway";
import { gatewayServer } from "./gateway/server";
import type { Counts } from "./store/store";
import { curlLine } from "./system/example-request";
import type { System } from "./system/system";
import { UserError } from "./user-error";

interface Served {
  readonly system: System;
  readonly definition: string;
  readonly gateway: Gateway;
}

/** Gateways that are ready to take over. */
export type Prepared = ReadonlyMap<string, Served>;

/** The key that a person starts with: of the first plan that has this stage. */
function firstKey({ usagePlanKeys, apiKeys }: GatewayDefinition): string | undefined {
  const ids = usagePlanKeys.map(({ key_id }) => key_id);
  return apiKeys.find(({ id, enabled }) => enabled !== false && ids.includes(id))?.value;
}

/** The ports that systems are served on, and the gateways behind them. */
export class Listeners {
  private served = new Map<string, Served>();
  private readonly early: (() => void)[] = [];
  private readonly servers = new Map<string, { server: Server; port: number }>();

  constructor(
    private readonly told: { readonly tell: Tell; readonly accessLogs: boolean },
    private readonly counts: Counts,
  ) {}

  /**
   * Makes the gateways of systems; one whose definition is the same keeps its cache and its buckets.
   *
   * @throws Error when a definition asks for what the gateway does not read
   */
  prepare(systems: readonly System[], lambda: Lambda): Prepared {
    return new Map(
      systems.flatMap((system) => {
        if (!system.gateway) return [];
        const definition = JSON.stringify([system.gateway, system.permissions]);
        const known = this.served.get(system.name);
        const gateway = known?.definition === definition ? known.gateway : this.gateway(system, system.gateway, lambda);
        return [[system.name, { system, definition, gateway }]];
      }),
    );
  }

  /** Has them answer from now on, those first who asked too early. */
  serve(prepared: Prepared): void {
    const before = this.served;
    this.served = new Map(prepared);
    for (const ask of this.early.splice(0)) ask();
    for (const [name, { gateway }] of before) if (prepared.get(name)?.gateway !== gateway) gateway.close();
  }

  /**
   * Opens a port for each system, the first on the given one. Requests wait for the first gateway.
   *
   * @throws UserError when a port is taken
   */
  async open(systems: readonly string[], firstPort: number): Promise<void> {
    for (const [index, name] of systems.entries()) await this.listen(name, firstPort === 0 ? 0 : firstPort + index);
  }

  describe(): readonly ReadySystem[] {
    return [...this.served.values()].flatMap(({ system }) => {
      const port = this.servers.get(system.name)?.port;
      const stage = system.gateway?.stages[0]?.stage_name;
      if (!system.gateway || port === undefined || stage === undefined) return [];
      const url = `http://localhost:${port}/${stage}`;
      const apiKey = firstKey(system.gateway);
      const { body } = system.gateway.restApi;
      const curl = isObject(body) ? curlLine(body, url, apiKey) : undefined;
      return [{ system: system.name, url, apiKey, curl, notPlayed: system.notPlayed }];
    });
  }

  async stop(): Promise<void> {
    for (const { gateway } of this.served.values()) gateway.close();
    for (const { server } of this.servers.values()) {
      server.close();
      server.closeAllConnections();
    }
  }

  private gateway({ name }: System, definition: GatewayDefinition, lambda: Lambda): Gateway {
    const { tell, accessLogs } = this.told;
    return createGateway(definition, {
      invoke: async (functionArn, payload, { traceId }) => {
        const result = await lambda.invoke(functionArn, payload, traceId);
        if (!result) throw new Error(`${functionArn} is not in the stack`);
        return result;
      },
      permitted: (functionArn, sourceArn) => lambda.permitted(functionArn, sourceArn),
      onRequest: (event) => tell({ event: "request", system: name, ...event }),
      ...(accessLogs ? { onAccessLog: (line) => tell({ event: "accessLog", system: name, line }) } : {}),
      quotaStore: this.counts,
    });
  }

  private async listen(name: string, port: number): Promise<void> {
    const handle: Gateway["handle"] = (request, response) => {
      const served = this.served.get(name);
      if (served) served.gateway.handle(request, response);
      else if (this.served.size === 0) this.early.push(() => handle(request, response));
      else response.destroy();
    };
    const server = gatewayServer({ handle, close: () => undefined });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        const taken = error.code === "EADDRINUSE";
        const reason = taken ? `port ${port} is in use; choose another with --port` : `port ${port}: ${error.message}`;
        reject(new UserError(reason));
      });
      server.listen(port, "127.0.0.1", resolve);
    });
    const address = server.address();
    this.servers.set(name, { server, port: typeof address === "object" && address ? address.port : port });
  }
}
