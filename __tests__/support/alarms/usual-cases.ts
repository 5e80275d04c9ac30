import { atLeast, atLeastOne, type Case, faults, highestOver, over, rateOver, slowestOver } from "./cases";

/** What must fire each of a system's alarms and what must not; `*` stands for a function. */
export type AlarmCases = Readonly<Record<string, readonly Case[]>>;

/** Of each stage. */
export const stageCases: AlarmCases = {
  "api-5xx-rate": rateOver(1, ["5XXError", "Count"], [2, 3]),
  "api-faults": atLeast(3, "5XXError"),
  "api-latency": slowestOver(3000, ["Latency", "Count"], [3, 3]),
};

/** Of each function, which `*` stands for. */
export const functionCases: AlarmCases = {
  "*-faults": faults(3),
  "*-throttles": atLeastOne("Throttles"),
  "*-slow": highestOver("Duration", 5000, [2, 3]),
};

/** A table's alarms, which add up what each operation meets with. */
export const tableCases = (...operations: string[]): AlarmCases => ({
  "table-throttles": operations.flatMap((operation) => atLeastOne(`ThrottledRequests ${operation}`)),
  "table-system-errors": operations.flatMap((operation) => atLeastOne(`SystemErrors ${operation}`)),
});

/** Of a log archive. */
export const archiveCases: AlarmCases = {
  "log-archive-delay": over("DeliveryToS3.DataFreshness", 1800, 100, [3, 3]),
};
