import type { Server, ServerResponse } from "node:http";
import { parseArn } from "../../aws/arn";
import { isObject } from "../../lib/json";
import { createGateway, type Gateway } from "../apigateway/gateway";
import type { QuotaStore } from "../apigateway/limits/quota";
import { forward } from "../cloudfront/forward";
import type { Lambda } from "../lambda/lambda";
import { HostNames } from "../lib/host-names";
import { httpServer } from "../lib/http-server";
import { everything, type Pauses } from "../lib/pauses";
import { portRefusal } from "../lib/port-refusal";
import { every, type GatewayDefinition, only, type StageResource } from "../read/gateway-resources";
import type { NewLine } from "../services/logs/log-lines";
import type { SigningKeys } from "../tokens/signing-keys";
import type { Emit, Entrance, NamedKey, ReadySystem } from "./events";
import { curlLine, quoted } from "./example-request";
import type { Observer } from "./observer";
import type { System } from "./system";
import { routeOf, tokenNeed, type UserTokens } from "./user-access";

interface Served {
  readonly system: System;
  readonly definition: string;
  readonly gateway: Gateway;
}

/** Gateways that are ready to take over. */
export type Prepared = ReadonlyMap<string, Served>;

/** The keys of plans that have this stage: the one that a person starts with, and the others. */
function keysOf(
  { usagePlans, usagePlanKeys, apiKeys }: GatewayDefinition,
  stage: string,
): Pick<Entrance, "apiKey" | "otherKeys"> {
  const plans = usagePlans.filter(({ api_stages }) => every(api_stages).some((listed) => listed.stage === stage));
  const ids = usagePlanKeys.flatMap(({ key_id, usage_plan_id }) =>
    plans.some(({ id }) => id === usage_plan_id) ? [key_id] : [],
  );
  const keys = apiKeys.filter(({ id, enabled }) => enabled !== false && ids.includes(id));
  const [first, ...others] = keys.map(({ name, value }): NamedKey => ({ name, value }));
  return { apiKey: first?.value, otherKeys: others };
}

/** API Gateway's answer to a host that it has no API for. */
function refuseHost(response: ServerResponse): void {
  response.writeHead(403, { "Content-Type": "application/json", "x-amzn-ErrorType": "ForbiddenException" });
  response.end('{"message":"Forbidden"}');
}

/** Log group of a stage's access log, if it goes to one. */
function accessLogGroup({ access_log_settings: settings }: StageResource): string | undefined {
  const { service, resource = "" } = parseArn(only(settings)?.destination_arn ?? "") ?? {};
  return service === "logs" ? resource.replace(/^log-group:/, "").replace(/:\*$/, "") : undefined;
}

/** A system's second port. */
const inFrontOf = (system: string): string => `${system} distribution`;

export interface ListenersOptions {
  readonly emit: Emit;
  readonly observer?: Observer;
  readonly accessLogs: boolean;
  /** Takes what is written to a log group. */
  readonly onLine: (group: string, line: NewLine) => void;
  readonly pauses: Pauses;
  readonly tokenKeys: SigningKeys;
  readonly userTokens: UserTokens;
  /** Endpoint of AWS's services. */
  readonly endpointUrl: () => Promise<string>;
  /** Names besides those of this machine and of the stacks by which the systems may be asked. */
  readonly hosts: readonly string[];
}

/** The ports that systems are served on, and their gateways. */
export class Listeners {
  private served = new Map<string, Served>();
  private readonly early: (() => void)[] = [];
  private nextPort = 0;
  private readonly hosts: HostNames;
  private readonly servers = new Map<string, { server: Server; port: number }>();

  constructor(
    private readonly options: ListenersOptions,
    private readonly counts: QuotaStore,
  ) {
    const { emit, hosts } = options;
    this.hosts = new HostNames(hosts, (message) => emit({ event: "problem", message }));
  }

  /**
   * Makes the gateways of systems; one whose definition is the same keeps its cache and its buckets.
   *
   * @throws Error when a definition asks for what the gateway does not read
   */
  prepare(systems: readonly System[], lambda: Lambda): Prepared {
    return new Map(
      systems.flatMap((system) => {
        if (!system.gateway) return [];
        const roles = [...system.integrationCredentials.keys()];
        const definition = JSON.stringify([system.gateway, system.resources.policies, roles]);
        const known = this.served.get(system.name);
        const gateway = known?.definition === definition ? known.gateway : this.gateway(system, system.gateway, lambda);
        return [[system.name, { system, definition, gateway }]];
      }),
    );
  }

  /** Has them answer from now on, those first who asked too early. */
  async serve(prepared: Prepared): Promise<void> {
    const before = this.served;
    this.served = new Map(prepared);
    for (const ask of this.early.splice(0)) ask();
    for (const [name, { gateway }] of before) if (prepared.get(name)?.gateway !== gateway) gateway.close();
    await this.openDistributions();
  }

  /**
   * Opens a port for each system, the first on the given one. Requests wait for the first gateway.
   *
   * @throws UserError when a port can't be opened
   */
  async open(systems: readonly string[], firstPort: number): Promise<void> {
    for (const [index, name] of systems.entries()) {
      await this.listen(name, firstPort === 0 ? 0 : firstPort + index, this.handlerOf(name));
    }
    this.nextPort = firstPort === 0 ? 0 : firstPort + systems.length;
  }

  /** Empties the stages' caches of a function's answers. */
  flush(functionArn: string): void {
    for (const { gateway } of this.served.values()) gateway.flush(functionArn);
  }

  /** @param tokens whether examples have a user's token, or the command that prints one */
  describe(tokens: "printed" | "by command" = "by command"): readonly ReadySystem[] {
    return [...this.served.values()].flatMap(({ system }) => {
      const entrances = this.entrancesOf(system);
      const [first] = entrances;
      if (!system.gateway || !first) return [];
      const { url, apiKey } = first;
      const { body } = system.gateway.restApi;
      const userHeader = (method: string, path: string) => this.userHeader(system, [method, path], tokens);
      const curl = isObject(body) ? curlLine(body, url, { apiKey, userHeader }) : undefined;
      return [{ system: system.name, url, apiKey, curl, entrances, notEmulated: system.notEmulated }];
    });
  }

  /** The header by which a user calls a method, as a shell reads it. */
  private userHeader(
    system: System,
    [method, path]: readonly [method: string, path: string],
    tokens: "printed" | "by command",
  ): string | undefined {
    const { userTokens } = this.options;
    const route = routeOf(system, method, path);
    const need = route && tokenNeed(system, route);
    if (!need) return undefined;
    if (tokens === "printed") return quoted(`${need.header}: Bearer ${userTokens.make(need)}`);
    return `"${need.header}: Bearer $(${userTokens.command(system.name, need)})"`;
  }

  private entrancesOf({ name, gateway, distribution }: System): readonly Entrance[] {
    const [port, inFront] = [this.servers.get(name)?.port, this.servers.get(inFrontOf(name))?.port];
    if (!gateway || port === undefined) return [];
    const stages = gateway.stages.map(({ stage_name: stage }) => ({
      name: stage,
      url: `http://localhost:${port}/${stage}`,
      ...keysOf(gateway, stage),
    }));
    if (!distribution || inFront === undefined) return stages;
    const keys = keysOf(gateway, distribution.stage);
    return [...stages, { name: "distribution", url: `http://localhost:${inFront}`, ...keys }];
  }

  async stop(): Promise<void> {
    for (const { gateway } of this.served.values()) gateway.close();
    for (const { server } of this.servers.values()) {
      server.close();
      server.closeAllConnections();
    }
  }

  private gateway({ name, integrationCredentials }: System, definition: GatewayDefinition, lambda: Lambda): Gateway {
    const { emit, accessLogs, observer, onLine, endpointUrl, tokenKeys } = this.options;
    const groups = new Map(definition.stages.map((stage) => [stage.stage_name, accessLogGroup(stage)]));
    return createGateway(definition, {
      invoke: async (functionArn, payload, call, onPiece) => {
        const result = await lambda.invoke(functionArn, payload, { traceId: call.traceId, limit: call, onPiece });
        if (!result) throw new Error(`${functionArn} is not in the stack`);
        return result;
      },
      invokeAsynchronously: (functionArn, payload, traceId) =>
        lambda.invokeAsynchronously(functionArn, payload, traceId),
      services: { endpointUrl, credentials: (roleArn) => integrationCredentials.get(roleArn) },
      tokenKeys,
      permitted: (functionArn, sourceArn) => lambda.permitted(functionArn, sourceArn),
      onRequest: (event) => emit({ event: "request", system: name, ...event }),
      onAccessLog: (line, stage) => {
        const group = groups.get(stage);
        if (group !== undefined) onLine(group, { stream: stage, message: `${line}\n` });
        if (accessLogs) emit({ event: "accessLog", system: name, line });
      },
      ...(observer ? { onExchange: (exchange, answer) => observer.answered({ system: name, exchange, answer }) } : {}),
      quotaStore: this.counts,
    });
  }

  /** Opens a port for each distribution that has none yet. */
  private async openDistributions(): Promise<void> {
    for (const { system } of this.served.values()) {
      const id = inFrontOf(system.name);
      if (!system.distribution || this.servers.has(id)) continue;
      await this.listen(id, this.nextPort === 0 ? 0 : this.nextPort++, (request, response) => {
        const served = this.served.get(system.name);
        if (served?.system.distribution) forward(served.system.distribution, served.gateway)(request, response);
        else response.destroy();
      });
    }
  }

  private handlerOf(name: string): Gateway["handle"] {
    const handle: Gateway["handle"] = (request, response) => {
      const served = this.served.get(name);
      if (served) served.gateway.handle(request, response);
      else if (this.served.size === 0) this.early.push(() => handle(request, response));
      else response.destroy();
    };
    return handle;
  }

  /** The names that the stack itself gives to what a port stands for. */
  private hostsOf(name: string): readonly string[] {
    const of = (system: System) => name === system.name || name === inFrontOf(system.name);
    return [...this.served.values()].flatMap(({ system }) => (of(system) ? system.hosts : []));
  }

  private async listen(name: string, port: number, handle: Gateway["handle"]): Promise<void> {
    const server = httpServer((request, response) => {
      const paused = this.options.pauses.of(everything);
      if (!this.hosts.include(request, this.hostsOf(name))) refuseHost(response);
      else if (paused) void paused.then(() => handle(request, response));
      else handle(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    }).catch((error: NodeJS.ErrnoException) => {
      throw portRefusal({ port, of: name, option: "--port" }, error);
    });
    const address = server.address();
    this.servers.set(name, { server, port: typeof address === "object" && address ? address.port : port });
  }
}
