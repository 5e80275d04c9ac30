/** How an invocation of a function ended: with what it returned, its error, or Lambda's refusal to run it. */
export interface InvocationResult {
  /** JSON, as Lambda's `Invoke` answers it. */
  readonly payload: string;
  /** There is an error in the payload. */
  readonly functionError?: string;
  /** No concurrency was left. */
  readonly throttled?: boolean;
  /** The event was more than Lambda takes. */
  readonly tooLarge?: boolean;
  /** How long the module took to load. Only of an environment's first. */
  readonly initMs?: number;
  readonly memoryBytes?: number;
  /** Lambda's own reasons to end it, for a person: how much there was, how to get more, where it was. */
  readonly note?: string;
}
