/**
 * The limit that throttled an invocation: the function's reserved concurrency, the account's, or the memory for
 * environments.
 */
export type UsedUp = "function" | "account" | "memory";

export const usedUpWords: Readonly<Record<UsedUp, string>> = {
  function: "its reserved concurrency is in use",
  account: "the account's concurrency is in use",
  memory: "the memory for environments is in use (--memory)",
};

/** The time that a call may take. What it waits for an environment is none of it: on AWS it would have one. */
export interface CallLimit {
  stop(): void;
  /** From the beginning. */
  restart(): void;
}

/** Result of an invocation: the function's result, its error, or Lambda's refusal to run it. */
export interface InvocationResult {
  /** JSON, as Lambda's `Invoke` answers it. */
  readonly payload: string;
  /** There is an error in the payload. */
  readonly functionError?: string;
  /** The version that ran. */
  readonly executedVersion?: string;
  /** It was refused a start, since that is used up. */
  readonly throttled?: UsedUp;
  /** The event was more than Lambda takes. */
  readonly tooLarge?: boolean;
  /** Time of loading the module, in ms. Only of an environment's first. */
  readonly initMs?: number;
  readonly memoryBytes?: number;
  /** Lambda's own reasons to end it, for a person: how much there was, how to get more, where it was. */
  readonly note?: string;
}
