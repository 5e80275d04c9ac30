import type { ApiStage } from "../api/api-stage";
import type { NodeFunction } from "../compute/node-function";
import type { Table } from "../data/table";
import type { Graph } from "./dashboard";

/** A row about a stage: how much is asked, how it goes, how long it takes, what the cache spares. */
export const stageGraphs = (stage: ApiStage): Graph[] => [
  { title: "Traffic", metrics: [stage.metric("Count", "Sum")] },
  { title: "Errors", metrics: [stage.metric("4XXError", "Sum"), stage.metric("5XXError", "Sum")] },
  { title: "Latency p99 (ms)", metrics: [stage.metric("Latency", "p99"), stage.metric("IntegrationLatency", "p99")] },
  { title: "Cache", metrics: [stage.metric("CacheHitCount", "Sum"), stage.metric("CacheMissCount", "Sum")] },
];

/** A row about functions: what they cost, how they fail, how long they take. */
export const functionGraphs = (functions: readonly NodeFunction[]): Graph[] => [
  { title: "Invocations", metrics: functions.map((fn) => fn.metric("Invocations", "Sum")) },
  { title: "Function errors", metrics: functions.map((fn) => fn.metric("Errors", "Sum")) },
  { title: "Function duration p99 (ms)", metrics: functions.map((fn) => fn.metric("Duration", "p99")) },
];

/** A row about a table: what it turned away, how it failed, what it costs. */
export const tableGraphs = (table: Table<string>): Graph[] => [
  { title: "Table throttles", metrics: table.throttleMetrics() },
  { title: "Table system errors", metrics: table.systemErrorMetrics() },
  { title: "Table capacity", metrics: [table.consumedMetric("Read"), table.consumedMetric("Write")] },
];
