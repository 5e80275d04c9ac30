import type * as z from "zod/mini";
import type { Summary } from "../../contracts/records";

/**
 * Population statistics in one pass (Welford, 1962): subtracting the running mean first keeps the digits that a sum of
 * squares loses when values are large and close together.
 *
 * @param values at least one
 */
export function summarise(values: readonly number[]): z.infer<typeof Summary> {
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let squares = 0;
  for (const value of values) {
    count += 1;
    min = Math.min(min, value);
    max = Math.max(max, value);
    const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  return { count, min, max, mean, stddev: Math.sqrt(squares / count) };
}
