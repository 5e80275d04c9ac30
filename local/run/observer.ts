import type { Exchange } from "../apigateway/request/exchange";
import type { Answer } from "../apigateway/response/answer";
import type { ServiceCall } from "../services/service-call";

/** A request to a system, and what it was answered. */
export interface AnsweredRequest {
  readonly system: string;
  readonly exchange: Exchange;
  readonly answer: Answer;
}

/** An observer of more than a terminal shows. Called for each request, so it has to be fast. */
export interface Observer {
  answered(request: AnsweredRequest): void;
  called(calls: readonly ServiceCall[]): void;
}
