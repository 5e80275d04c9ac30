import type { Outcome } from "./messages";

/** A handler's call by the runtimes below 24, which a callback, a method of the context, or a promise answers. */
export interface CallWithCallback {
  /** Calls the handler. @param methods - those of the context */
  readonly call: (methods: object, callback: Callback) => unknown;
  /** Sets what is done when nothing is left that could go on. */
  readonly whenNothingIsLeft: (then: () => void) => void;
  /** The outcome if nothing has answered by then. */
  readonly unanswered: () => Outcome;
  /** Outcome of a result that may be one that JSON can't say. */
  readonly answered: (result: unknown) => Outcome;
}

type Callback = (error?: unknown, result?: unknown) => void;

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

/**
 * The outcome of a call with a callback (Lambda developer guide, Define Lambda function handler in Node.js, Callback-based function
 * handlers). What calls back waits for everything that is pending, unless the context says otherwise; what a handler
 * returns, other than a promise, is ignored. Only the first answer counts.
 */
export function outcomeByCallback({
  call,
  whenNothingIsLeft,
  unanswered,
  answered,
}: CallWithCallback): Promise<Outcome> {
  return new Promise((resolve) => {
    let callbackWaitsForEmptyEventLoop = true;
    let isFinished = false;
    const end = (outcome: Outcome): void => {
      whenNothingIsLeft(() => undefined);
      resolve(outcome);
    };
    const once =
      <Values extends unknown[]>(then: (...values: Values) => void) =>
      (...values: Values): void => {
        if (isFinished) return;
        isFinished = true;
        then(...values);
      };
    const outcomeOf = (error: unknown, result: unknown): Outcome =>
      error === undefined || error === null ? answered(result) : { thrown: error };
    const done = once((error?: unknown, result?: unknown) => end(outcomeOf(error, result)));
    const fail = (error?: unknown): void => done(error ?? "handled");
    const callback = once((error?: unknown, result?: unknown) => {
      const outcome = outcomeOf(error, result);
      if ("thrown" in outcome || !callbackWaitsForEmptyEventLoop) end(outcome);
      else whenNothingIsLeft(() => end(outcome));
    });
    const methods = {
      get callbackWaitsForEmptyEventLoop() {
        return callbackWaitsForEmptyEventLoop;
      },
      set callbackWaitsForEmptyEventLoop(waits) {
        callbackWaitsForEmptyEventLoop = waits;
      },
      ...{ done, fail, succeed: (result?: unknown) => done(null, result) },
    };
    whenNothingIsLeft(() => end(unanswered()));
    try {
      const result = call(methods, callback);
      if (isPromise(result)) result.then((value) => done(null, value), fail);
    } catch (error) {
      callback(error);
    }
  });
}
