import type { ApiStage } from "../api/api-stage";
import type { NodeFunction } from "../compute/node-function";
import type { Table } from "../data/table";
import type { Queue } from "../events/queue";
import type { Graph } from "./dashboard";
import type { LogArchive } from "./log-archive";

/** A row about a stage: how much is asked, how it goes, how long it takes, and what the cache spares where there is one. */
export const stageGraphs = (stage: ApiStage): Graph[] => [
  { title: "Traffic", metrics: [stage.metric("Count", "Sum")] },
  { title: "Errors", metrics: [stage.metric("4XXError", "Sum"), stage.metric("5XXError", "Sum")] },
  { title: "Latency p99 (ms)", metrics: [stage.metric("Latency", "p99"), stage.metric("IntegrationLatency", "p99")] },
  ...(stage.isCached
    ? [{ title: "Cache", metrics: [stage.metric("CacheHitCount", "Sum"), stage.metric("CacheMissCount", "Sum")] }]
    : []),
];

/** A row about functions: what they cost, how they fail, how long they take. */
export const functionGraphs = (functions: readonly NodeFunction[], of = ""): Graph[] => [
  { title: `Invocations${of}`, metrics: functions.map((fn) => fn.metric("Invocations", "Sum")) },
  { title: `Function faults${of}`, metrics: functions.map((fn) => fn.faults()) },
  { title: `Function throttles${of}`, metrics: functions.map((fn) => fn.metric("Throttles", "Sum")) },
  { title: `Function duration p99${of} (ms)`, metrics: functions.map((fn) => fn.metric("Duration", "p99")) },
];

/** A row about a table: what it turned away, how it failed, what it costs, by operation, table and index. */
export const tableGraphs = (table: Table<string>): Graph[] => [
  { title: "Table throttles", metrics: () => [...table.throttleMetrics(), ...table.throttledPartMetrics()] },
  { title: "Table system errors", metrics: () => table.systemErrorMetrics() },
  { title: "Table capacity", metrics: [...table.consumedMetrics("Read"), ...table.consumedMetrics("Write")] },
];

/** A row about an archive of logs: what it costs, whether it keeps up. */
export const archiveGraphs = (archive: LogArchive): Graph[] => [
  { title: "Archived logs (bytes)", metrics: [archive.incomingBytesMetric()] },
  { title: "Delay of archived logs (s)", metrics: [archive.delayMetric()] },
];

/** A row about queues of failures: what waits, what came, what did not reach them. */
export const deadLetterGraphs = (...queues: readonly Queue[]): Graph[] => [
  { title: "Failures waiting", metrics: queues.map((queue) => queue.waitingMetric()) },
  { title: "Failures arrived", metrics: queues.map((queue) => queue.arrivedMetric()) },
  {
    title: "Events lost",
    metrics: () =>
      queues.flatMap(({ collectsFrom }) =>
        collectsFrom.map((fn) => ({ ...fn.metric("DestinationDeliveryFailures", "Sum"), label: fn.name })),
      ),
  },
];
