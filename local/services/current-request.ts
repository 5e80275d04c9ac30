import { AsyncLocalStorage } from "node:async_hooks";

/** A request to the services that is under way. */
interface CurrentRequest {
  /** Ends it, when in its course something is thrown that nobody waits for. */
  readonly fail: (error: unknown) => void;
  /** The tracing header that it came with: what it leads to is part of the same trace. */
  readonly traceHeader: string | undefined;
  /** What it consumes of tables, where somebody keeps count of it. */
  readonly consumed?: Consumed[];
}

/** Capacity units of a table, with its local indexes, or of one of its global indexes. */
export interface Consumed {
  readonly kind: "read" | "write";
  readonly table: string;
  readonly index?: string;
  readonly units: number;
}

/** Known wherever its course leads. */
export const currentRequest = new AsyncLocalStorage<CurrentRequest>();

/** The tracing header of the request that is under way, if there is one. */
export const currentTraceHeader = (): string | undefined => currentRequest.getStore()?.traceHeader;
