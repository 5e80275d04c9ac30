import fc from "fast-check";
import {
  canonicalNumber,
  compareNumbers,
  difference,
  orderedNumber,
  sum,
} from "../../../../local/services/dynamodb/numbers";

const digits = fc
  .tuple(fc.constantFrom("1", "2", "5", "9"), fc.array(fc.constantFrom(..."0123456789"), { maxLength: 17 }))
  .map(([first, rest]) => first + rest.join(""));

/** A number within range, as a client may write it, with its exact value × 10^60. */
const numbers = fc
  .tuple(fc.boolean(), digits, fc.integer({ min: -40, max: 20 }), fc.boolean())
  .map(([negative, whole, power, scientific]) => {
    const value = BigInt(whole) * 10n ** BigInt(60 + power) * (negative ? -1n : 1n);
    const sign = negative ? "-" : "";
    const plain = power >= 0 ? whole + "0".repeat(power) : `0.${whole.padStart(-power, "0")}`;
    const shifted = power < 0 && whole.length > -power ? `${whole.slice(0, power)}.${whole.slice(power)}` : plain;
    return { text: sign + (scientific ? `${whole}e${power}` : shifted), value };
  });

const exactValue = (text: string): bigint => {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction) * 10n ** BigInt(60 - fraction.length);
  return text.startsWith("-") ? -value : value;
};

test("a number has one text, which says its value, without exponent or idle zeros", () => {
  fc.assert(
    fc.property(numbers, ({ text, value }) => {
      const canonical = canonicalNumber(text);
      expect(exactValue(canonical)).toBe(value);
      expect(canonicalNumber(canonical)).toBe(canonical);
      expect(canonical).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
    }),
  );
});

test("sums and differences are exact", () => {
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const [left, right] = [canonicalNumber(one.text), canonicalNumber(other.text)];
      const exact = (work: () => string, value: bigint) => {
        const significant = value.toString().replace("-", "").replace(/0+$/, "").length;
        if (significant > 38) expect(work).toThrow("more than 38 significant digits");
        else expect(exactValue(work())).toBe(value);
      };
      exact(() => sum(left, right), one.value + other.value);
      exact(() => difference(left, right), one.value - other.value);
    }),
  );
});

test("numbers are compared by value, and the bytes of their keys in the same order", () => {
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const [left, right] = [canonicalNumber(one.text), canonicalNumber(other.text)];
      const order = one.value < other.value ? -1 : one.value > other.value ? 1 : 0;
      expect(compareNumbers(left, right)).toBe(order);
      const [leftKey, rightKey] = [orderedNumber(left), orderedNumber(right)];
      expect(leftKey < rightKey ? -1 : leftKey > rightKey ? 1 : 0).toBe(order);
    }),
  );
});

test.each([
  ["1e125", `1${"0".repeat(125)}`],
  ["-9.9999999999999999999999999999999999999E+125", `-${"9".repeat(38)}${"0".repeat(88)}`],
  ["1E-130", `0.${"0".repeat(129)}1`],
  ["-0", "0"],
  ["+.50", "0.5"],
  ["5.", "5"],
  ["007", "7"],
])("%s is kept as %s", (text, canonical) => {
  expect(canonicalNumber(text)).toBe(canonical);
});

test.each([
  ["1E126", "Number overflow"],
  ["-1e999999999999", "Number overflow"],
  ["9.9E-131", "Number underflow"],
  ["1".repeat(39), "more than 38 significant digits"],
  ["", "cannot be converted to a numeric value"],
  [" 1", "cannot be converted to a numeric value"],
  ["0x1", "cannot be converted to a numeric value"],
  ["Infinity", "cannot be converted to a numeric value"],
  ["1_000", "cannot be converted to a numeric value"],
  ["1e", "cannot be converted to a numeric value"],
])("%s is refused", (text, words) => {
  expect(() => canonicalNumber(text)).toThrow(words);
});
