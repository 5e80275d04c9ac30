import { ContextMap } from "./vtl-values";

/** Members of `$context` that templates set, for the request or the answer and for each other. */
export interface Overrides {
  readonly requestOverride: ContextMap;
  readonly responseOverride: ContextMap;
}

/** Nothing is overridden yet. */
export const newOverrides = (): Overrides => ({
  requestOverride: new ContextMap(["path", "header", "querystring"].map((name) => [name, new ContextMap()])),
  responseOverride: new ContextMap([["header", new ContextMap()]]),
});
