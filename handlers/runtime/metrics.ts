import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { atEnd, environment, logger, service } from "./telemetry";

const metrics = new Metrics({
  namespace: "Terrace",
  serviceName: service,
  defaultDimensions: { environment },
  logger: logger(),
});

// Apart from the logger, so that a function that counts nothing does not carry the library.
atEnd(() => {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
});

/**
 * Counts something by service and environment: one embedded-metric line at the end of the invocation.
 *
 * @example
 * count("RecordsCreated");
 * count("ValuesProcessed", 12);
 */
export const count = (name: string, amount = 1): void => {
  metrics.addMetric(name, MetricUnit.Count, amount);
};
