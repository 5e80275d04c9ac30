import type { Behaviours, Row } from "./behaviours";
import type { Step } from "./client";

const column = (step: Step | undefined): string => {
  const status = step?.observation?.status ?? "none";
  return `${String(status).padStart(4)} ${`${step?.ms ?? 0} ms`.padStart(8)}`;
};

function line({ target, local, problems }: Row, width: number): string {
  const mark = problems.length > 0 ? "≠" : " ";
  const row = `${mark} ${target.name.padEnd(width)}  ${column(target)}   ${column(local)}`;
  return [row, ...problems.map((problem) => `      ${problem}`)].join("\n");
}

/** Latencies of requests: median and 95th percentile. */
export function latencies(rows: readonly Row[], of: (row: Row) => Step | undefined): string {
  const took = rows.flatMap((row) => of(row)?.ms ?? []).sort((a, b) => a - b);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return `${at(0.5)} ms, ${at(0.95)} ms at most for 95 in 100`;
}

/** Both columns, with every difference below its request. */
export function behavioursInWords({ entrance, rows, left }: Behaviours): string {
  const width = Math.max(...rows.map(({ target }) => target.name.length));
  const wrong = rows.filter(({ problems }) => problems.length > 0).length;
  return [
    `${entrance}:${" ".repeat(Math.max(1, width - entrance.length + 5))}there         locally`,
    ...rows.map((row) => line(row, width)),
    `${rows.length} requests, ${wrong === 0 ? "all" : rows.length - wrong} answered as they are locally and as they should be`,
    `half of them within ${latencies(rows, ({ target }) => target)} (locally ${latencies(rows, ({ local }) => local)})`,
    ...left.map((what) => `not deleted: ${what}`),
  ].join("\n");
}

/** About as many requests as one way into a system takes, throttles included. */
const requestsAtMost = 50 + 1000;
/** And as many questions to CloudWatch, X-Ray and S3 as there are while it waits. */
const questionsAtMost = 5000;

/**
 * The most that a run costs, in dollars, by the list prices of us-east-1: a request includes API Gateway, Lambda,
 * DynamoDB, its log lines and traces; a query to CloudWatch costs as much as the dearest.
 */
export function costInWords(entrances: number, looks: boolean): string {
  const requests = (entrances * requestsAtMost * 15) / 1e6;
  const questions = looks ? (questionsAtMost * 0.01) / 1000 : 0;
  return `costs ${(requests + questions).toFixed(2)} dollars at most`;
}
