import type { IncomingMessage, ServerResponse } from "node:http";
import { steadyNow } from "../lib/clock";
import type { GatewayDefinition } from "../read/gateway-resources";
import { readDocument } from "./definition/document";
import { checkResources } from "./definition/resource-attributes";
import type { Backends, LambdaBackend, ServicesBackend } from "./integration/backends";
import type { QuotaStore } from "./limits/quota";
import { InvocationContext, type PhaseResult } from "./phase";
import { phases } from "./phases";
import { type Clocks, Exchange } from "./request/exchange";
import { type RequestEvent, requestEvent } from "./request/request-event";
import { RequestHeaders } from "./request/request-headers";
import { type Answer, isStreamed, plainRefusal, send, sendStreamed } from "./response/answer";
import { compileGatewayResponses, type GatewayResponses } from "./response/gateway-responses";
import { internalError, type Refusal } from "./response/refusal";
import { compileStage, type Stage } from "./stage";

/** Dependencies of the gateway. */
export interface GatewayDependencies extends LambdaBackend {
  readonly services: ServicesBackend;
  /** The public keys of user pools. @default none: no token is genuine */
  readonly tokenKeys?: Backends["tokenKeys"];
  readonly onRequest?: (event: RequestEvent) => void;
  /** A request with its headers and bodies, once it has been answered. */
  readonly onExchange?: (exchange: Exchange, answer: Answer) => void;
  /** A line in the stage's own format. */
  readonly onAccessLog?: (line: string, stage: string) => void;
  /** @default the system's */
  readonly clocks?: Clocks;
  readonly quotaStore: QuotaStore;
}

const systemClocks: Clocks = { now: Date.now, steadyNow };

/** A REST API that answers on localhost. */
export interface Gateway {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Empties the stages' caches of a function's answers. */
  readonly flush: (functionArn: string) => void;
  /** Ends the calls that are under way. */
  readonly close: () => void;
}

/**
 * Makes a gateway of what was synthesized for one REST API, at `/<stage>/<path>`.
 *
 * @throws DefinitionError naming what the definition asks for and the gateway does not read, or AWS would not take
 */
export function createGateway(definition: GatewayDefinition, dependencies: GatewayDependencies): Gateway {
  const { quotaStore, clocks = systemClocks } = dependencies;
  checkResources(definition);
  const document = readDocument(definition.restApi);
  const backends: Backends = { ...dependencies, now: clocks.steadyNow, systemNow: clocks.now, pending: new Set() };
  const stages = new Map<string, Stage>();
  for (const stage of definition.stages) {
    stages.set(stage.stage_name, compileStage(stage, { definition, document, backends, quotaStore }));
  }
  const gatewayResponse = compileGatewayResponses(document.gatewayResponses, definition.restApi.name);
  const serving = new Serving(stages, gatewayResponse, dependencies);
  return {
    handle: (request, response) => void serving.handle(request, response),
    flush(functionArn) {
      for (const { methods, canary } of stages.values()) {
        for (const { cache, functionArn: methodArn } of [...methods, ...(canary?.stage.methods ?? [])]) {
          // A method's integration is the function itself, a version of it, or an alias.
          if (cache && `${methodArn}:`.startsWith(`${functionArn}:`)) cache.flush();
        }
      }
    },
    close() {
      for (const call of backends.pending) call.abort();
      backends.pending.clear();
    },
  };
}

/** Leads requests through the phases, and ends each of them with exactly one answer. */
class Serving {
  private readonly clocks: Clocks;

  constructor(
    private readonly stages: ReadonlyMap<string, Stage>,
    private readonly gatewayResponse: GatewayResponses,
    private readonly dependencies: GatewayDependencies,
  ) {
    this.clocks = dependencies.clocks ?? systemClocks;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = new Exchange(request, new RequestHeaders(request.rawHeaders), this.clocks);
    try {
      const result = await this.pass(new InvocationContext(request, exchange, this.stages));
      this.finish(exchange, response, "answer" in result ? result.answer : this.refuse(exchange, result.refusal));
    } catch (error) {
      // A fault of the gateway itself is an answer too, never the end of the process.
      const why = internalError("DEFAULT_5XX", 500, `fault of the local gateway: ${error}`);
      exchange.refusal = why;
      this.finish(exchange, response, plainRefusal(why));
    }
  }

  /** One phase after the other, until one has a result. */
  private async pass(context: InvocationContext): Promise<NonNullable<PhaseResult>> {
    for (const phase of phases) {
      const result = phase(context);
      const ended = result instanceof Promise ? await result : result;
      if (ended) return ended;
    }
    throw new Error("no phase had an answer");
  }

  private refuse(exchange: Exchange, why: Refusal): Answer {
    exchange.refusal = why;
    return why.type === "REQUEST_TOO_LARGE" ? plainRefusal(why) : this.gatewayResponse(exchange, why);
  }

  private finish(exchange: Exchange, response: ServerResponse, answer: Answer): void {
    if (response.headersSent || response.destroyed) {
      answer.stream?.abandon();
      return;
    }
    if (isStreamed(answer)) {
      void sendStreamed(response, answer, exchange).then((sent) => {
        this.measure(exchange);
        this.report(exchange, sent);
      });
      return;
    }
    this.measure(exchange);
    send(response, answer, exchange);
    this.report(exchange, answer);
  }

  private measure(exchange: Exchange): void {
    exchange.responseLatency = Math.round(this.clocks.steadyNow() - exchange.steadyStart);
  }

  private report(exchange: Exchange, answer: Answer): void {
    const { onAccessLog, onRequest, onExchange } = this.dependencies;
    if (onAccessLog) {
      const { name = "" } = exchange.stage ?? {};
      const format = this.stages.get(name)?.accessLog;
      if (format) onAccessLog(format(exchange), name);
    }
    onRequest?.(requestEvent(exchange));
    onExchange?.(exchange, answer);
  }
}
