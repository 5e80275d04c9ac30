import type { IncomingMessage } from "node:http";
import type { PolicyDecision } from "../iam/resource-policy";
import type { Exchange } from "./request/exchange";
import type { Answer } from "./response/answer";
import type { Refusal } from "./response/refusal";
import type { Stage, StageMethod } from "./stage";

/** A request on its way through the API, with what the phases before have found for those that follow. */
export class InvocationContext {
  private resolvedStage: Stage | undefined;
  private resolvedMethod: StageMethod | undefined;
  /** The decision of the API's resource policy, if it has one. */
  access: PolicyDecision | undefined;
  /** The integration's answer. */
  answer: Answer | undefined;
  /** Stores the integration's answer in the stage's cache. */
  storeInCache: ((answer: Answer) => Answer) | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly exchange: Exchange,
    readonly stages: ReadonlyMap<string, Stage>,
  ) {}

  get stage(): Stage {
    if (!this.resolvedStage) throw new Error("the stage is not resolved yet");
    return this.resolvedStage;
  }

  set stage(stage: Stage) {
    this.resolvedStage = stage;
    this.exchange.stage = stage;
  }

  get method(): StageMethod {
    if (!this.resolvedMethod) throw new Error("the method is not resolved yet");
    return this.resolvedMethod;
  }

  set method(method: StageMethod) {
    this.resolvedMethod = method;
    this.exchange.route = method.definition;
  }
}

/** The end of a request's phases: an answer as it is, or a refusal, which the API's gateway responses shape. */
export type PhaseResult = { readonly answer: Answer } | { readonly refusal: Refusal } | undefined;

/** One phase of a request's way. Without a result the next phase follows. */
export type Phase = (context: InvocationContext) => PhaseResult | Promise<PhaseResult>;
