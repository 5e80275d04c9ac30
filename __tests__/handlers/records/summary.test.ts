import fc from "fast-check";
import { summarise } from "../../../handlers/records/summary";

const SMALLEST = 1e-100;

/** Any value that a record may have. */
const value = fc
  .double({ min: -1e100, max: 1e100, noNaN: true })
  .map((number) => (Math.abs(number) < SMALLEST ? 0 : number));
const values = fc.array(value, { minLength: 1, maxLength: 1000 });

/** DynamoDB keeps 38 digits and magnitudes of 1e-130 to 1e126. */
const isStorable = (number: number) =>
  Number.isFinite(number) && (number === 0 || (Math.abs(number) >= 1e-130 && Math.abs(number) < 1e126));

describe("a summary", () => {
  it("agrees with the definition where that loses no digits", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 200 }), (integers) => {
        const mean = integers.reduce((sum, number) => sum + number, 0) / integers.length;
        const variance = integers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / integers.length;

        const summary = summarise(integers);

        expect(summary).toMatchObject({
          count: integers.length,
          min: Math.min(...integers),
          max: Math.max(...integers),
        });
        expect(summary.mean).toBeCloseTo(mean, 9);
        expect(summary.stddev).toBeCloseTo(Math.sqrt(variance), 9);
      }),
    );
  });

  it("can be stored, and has its mean between its bounds, whatever the values", () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const { count, min, max, mean, stddev } = summarise(numbers);

        expect(count).toBe(numbers.length);
        expect(mean >= min && mean <= max).toBe(true);
        expect(stddev).toBeGreaterThanOrEqual(0);
        expect([min, max, mean, stddev].every(isStorable)).toBe(true);
      }),
    );
  });

  it("has no deviation when all values are the same", () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 1000 }), (number, count) => {
        expect(summarise(Array(count).fill(number)).stddev).toBe(0);
      }),
    );
  });

  it("keeps the digits of values that are large and close together", () => {
    const far = 1e9;

    expect(summarise([far + 4, far + 7, far + 13, far + 16]).stddev).toBeCloseTo(Math.sqrt(22.5), 9);
  });
});
