import type { IncomingMessage, ServerResponse } from "node:http";
import { steadyNow } from "../lib/clock";
import type { GatewayDefinition } from "../read/gateway-resources";
import { readDocument } from "./definition/document";
import { checkResources } from "./definition/resource-attributes";
import type { Invoke, LambdaService } from "./integration/lambda-call";
import { admit } from "./limits/admission";
import type { QuotaStore } from "./limits/quota";
import { anonymousAnswer, headersTooLarge, payloadTooLarge, plainRefusal, uriTooLong } from "./outermost";
import { largestBody, readBody } from "./request/body";
import { type Clocks, Exchange } from "./request/exchange";
import { type RequestEvent, requestEvent } from "./request/request-event";
import { RequestHeaders } from "./request/request-headers";
import { type Answer, send } from "./response/answer";
import { compileGatewayResponses, type GatewayResponses } from "./response/gateway-responses";
import { internalError, type Refusal } from "./response/refusal";
import { compileStage, type Stage, type StageRoute } from "./stage";

/** What the gateway needs from the world around it. */
export interface GatewayDependencies {
  readonly invoke: Invoke;
  readonly permitted: (functionArn: string, sourceArn: string) => boolean;
  readonly onRequest?: (event: RequestEvent) => void;
  /** A line in the stage's own format. */
  readonly onAccessLog?: (line: string) => void;
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
  const { invoke, permitted, quotaStore, clocks = systemClocks } = dependencies;
  checkResources(definition);
  const document = readDocument(definition.restApi);
  const service: LambdaService = { invoke, permitted, now: clocks.steadyNow, pending: new Set() };
  const stages = new Map<string, Stage>();
  for (const stage of definition.stages) {
    stages.set(stage.stage_name, compileStage(stage, { definition, document, service, quotaStore }));
  }
  const gatewayResponse = compileGatewayResponses(document.gatewayResponses, definition.restApi.name);
  const serving = new Serving(stages, gatewayResponse, dependencies);
  return {
    handle: (request, response) => serving.handle(request, response),
    flush(functionArn) {
      for (const { routes } of stages.values()) {
        for (const { cache, functionArn: behind } of routes) {
          // Behind a method is the function itself, a version of it, or an alias.
          if (cache && `${behind}:`.startsWith(`${functionArn}:`)) cache.flush();
        }
      }
    },
    close() {
      for (const call of service.pending) call.abort();
      service.pending.clear();
    },
  };
}

/** Leads requests through the gateway, and ends each of them with exactly one answer. */
class Serving {
  private readonly clocks: Clocks;

  constructor(
    private readonly stages: ReadonlyMap<string, Stage>,
    private readonly gatewayResponse: GatewayResponses,
    private readonly dependencies: GatewayDependencies,
  ) {
    this.clocks = dependencies.clocks ?? systemClocks;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const exchange = new Exchange(request, new RequestHeaders(request.rawHeaders), this.clocks);
    const early = uriTooLong(exchange) ?? headersTooLarge(exchange);
    if (early) {
      this.guard(exchange, response, () => this.finish(exchange, response, early));
      return;
    }
    readBody(request, exchange.headers, (body) => {
      this.guard(exchange, response, () => {
        if (body === "too large") this.finish(exchange, response, payloadTooLarge(exchange, largestBody));
        else this.serve(exchange, response, body);
      });
    });
  }

  private serve(exchange: Exchange, response: ServerResponse, body: Buffer | undefined): void {
    exchange.body = body;
    const admission = admit(exchange, this.stages);
    if (admission === "unknown stage") this.finish(exchange, response, anonymousAnswer(exchange));
    else if ("refusal" in admission) this.refuse(exchange, response, admission.refusal);
    else this.answer(exchange, response, admission.route);
  }

  /** A fault of the gateway itself is an answer too, never the end of the process. */
  private guard(exchange: Exchange, response: ServerResponse, step: () => void): void {
    try {
      step();
    } catch (error) {
      const why = internalError("DEFAULT_5XX", 500, `fault of the local gateway: ${error}`);
      exchange.refusal = why;
      this.finish(exchange, response, plainRefusal(why));
    }
  }

  private answer(exchange: Exchange, response: ServerResponse, route: StageRoute): void {
    const look = route.cache?.look(exchange);
    if (look && "answer" in look) this.finish(exchange, response, look.answer);
    else if (look && "refusal" in look) this.refuse(exchange, response, look.refusal);
    else {
      route.integration(exchange, (result) => {
        this.guard(exchange, response, () => {
          if ("refusal" in result) this.refuse(exchange, response, result.refusal);
          else this.finish(exchange, response, look ? look.keep(result.answer) : result.answer);
        });
      });
    }
  }

  private refuse(exchange: Exchange, response: ServerResponse, why: Refusal): void {
    exchange.refusal = why;
    const answer = why.type === "REQUEST_TOO_LARGE" ? plainRefusal(why) : this.gatewayResponse(exchange, why);
    this.finish(exchange, response, answer);
  }

  private finish(exchange: Exchange, response: ServerResponse, answer: Answer): void {
    if (response.headersSent || response.destroyed) return;
    exchange.responseLatency = Math.round(this.clocks.steadyNow() - exchange.steadyStart);
    send(response, answer, exchange);
    const { onAccessLog, onRequest } = this.dependencies;
    if (onAccessLog) {
      const format = this.stages.get(exchange.stage?.name ?? "")?.accessLog;
      if (format) onAccessLog(format(exchange));
    }
    onRequest?.(requestEvent(exchange));
  }
}
