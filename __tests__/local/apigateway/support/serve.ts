import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createGateway, type Gateway } from "../../../../local/apigateway/gateway";
import type { RequestEvent } from "../../../../local/apigateway/request/request-event";
import { httpServer } from "../../../../local/lib/http-server";
import type { InvocationResult } from "../../../../local/lib/invocation";
import { type ApiSetup, definitionOf } from "./api";
import { type Ask, ask, type Got } from "./client";
import { idle } from "./dependencies";

/** An event as the function under test sees it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read any of it.
export type Event = any;

/** The function's result for an event. */
export type Behaviour = (
  event: Event,
  signal: AbortSignal,
  onPiece: (bytes: Uint8Array) => Promise<void> | void,
) => InvocationResult | Promise<InvocationResult>;

/** Returns a value, as Lambda passes it on. */
export const returning =
  (value: unknown): Behaviour =>
  () => ({ payload: JSON.stringify(value) });

/** Returns the event itself as the body. */
export const echo: Behaviour = (event) => ({
  payload: JSON.stringify({ statusCode: 200, body: JSON.stringify(event) }),
});

/** Never answers. */
export const hanging: Behaviour = () => new Promise(() => undefined);

/** A gateway on a port of its own, and what was seen of it. */
export interface Served {
  readonly port: number;
  readonly events: Event[];
  readonly invoked: string[];
  /** The tracing headers of invocations. */
  readonly traces: string[];
  readonly permissionsAsked: string[];
  readonly log: RequestEvent[];
  readonly accessLog: string[];
  readonly server: Server;
  readonly gateway: Gateway;
  /** The time, which stands still unless a test moves it, and by how much the system's clock was set back. */
  readonly clock: { now: number; setBack: number };
  behave(behaviour: Behaviour): void;
  ask(wanted: Ask): Promise<Got>;
  close(): Promise<void>;
}

const running = new Set<Served>();

/** Ends what a test has started. */
export async function closeAll(): Promise<void> {
  await Promise.all([...running].map((served) => served.close()));
}

/** Serves an API with a function of the given behaviour. @param quotas - what is left of counts from before */
export async function serve(
  api: ApiSetup,
  behaviour: Behaviour = echo,
  quotas = new Map<string, number>(),
): Promise<Served> {
  const clock = { now: Date.parse("2024-05-01T12:00:00Z"), setBack: 0 };
  let current = behaviour;
  const seen = {
    events: [] as Event[],
    invoked: [] as string[],
    traces: [] as string[],
    permissionsAsked: [] as string[],
  };
  const logs = { log: [] as RequestEvent[], accessLog: [] as string[] };
  const gateway = createGateway(definitionOf(api), {
    async invoke(arn, payload, { signal, traceId }, onPiece: Parameters<Behaviour>[2] = () => undefined) {
      seen.traces.push(traceId);
      seen.invoked.push(arn);
      seen.events.push(JSON.parse(payload));
      return current(seen.events.at(-1), signal, onPiece);
    },
    invokeAsynchronously(arn, payload) {
      seen.events.push(JSON.parse(payload));
      seen.invoked.push(`${arn} for later`);
      return true;
    },
    services: api.services ?? idle.services,
    tokenKeys: api.tokenKeys,
    permitted(_arn, sourceArn) {
      seen.permissionsAsked.push(sourceArn);
      return api.permitted ?? true;
    },
    onRequest: (event) => logs.log.push(event),
    onAccessLog: (line) => logs.accessLog.push(line),
    clocks: { now: () => clock.now - clock.setBack, steadyNow: () => clock.now },
    quotaStore: { get: (key) => quotas.get(key), set: (key, used) => void quotas.set(key, used) },
  });
  const server = httpServer(gateway.handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const served: Served = {
    ...{ port, server, gateway, clock, ...seen, ...logs },
    behave(next) {
      current = next;
    },
    ask: (wanted) => ask(port, api.stage, wanted),
    close() {
      running.delete(served);
      gateway.close();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  running.add(served);
  return served;
}
