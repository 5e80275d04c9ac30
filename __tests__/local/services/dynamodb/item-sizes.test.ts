import { readUnits } from "../../../../local/services/dynamodb/capacity";
import { itemSize, valueSize } from "../../../../local/services/dynamodb/item-sizes";

// DynamoDB developer guide, "DynamoDB item sizes and formats".
test.each([
  [{ S: "" }, 0],
  [{ S: "aé€😀" }, 10],
  // Whole pairs of digits from the decimal point on, and a byte; one more for a sign of minus.
  [{ N: "0" }, 1],
  [{ N: "7" }, 2],
  [{ N: "12" }, 2],
  [{ N: "123" }, 3],
  [{ N: "-12" }, 3],
  [{ N: "1200" }, 2],
  [{ N: "0.5" }, 2],
  [{ N: "1.5" }, 3],
  [{ B: "" }, 0],
  [{ B: "AA==" }, 1],
  [{ B: "AAA=" }, 2],
  [{ B: "AAAA" }, 3],
  [{ B: "AAAAAA==" }, 4],
  [{ BOOL: false }, 1],
  [{ NULL: true as const }, 1],
  [{ SS: ["a", "é"] }, 3],
  [{ NS: ["0", "123"] }, 4],
  [{ BS: ["AA==", "AAAA"] }, 4],
  [{ L: [] }, 3],
  [{ L: [{ S: "ab" }, { BOOL: true }] }, 8],
  [{ M: {} }, 3],
  [{ M: { name: { S: "ab" }, é: { M: {} } } }, 3 + 2 + (4 + 2) + (2 + 3)],
])("the value %j has %d bytes", (value, bytes) => {
  expect(valueSize(value)).toBe(bytes);
});

test("an item is as large as its names and values", () => {
  expect(itemSize({})).toBe(0);
  expect(itemSize({ id: { S: "x" }, é: { L: [{ N: "1" }] } })).toBe(2 + 1 + 2 + 3 + 1 + 2);
});

// DynamoDB developer guide, "Capacity unit consumption for read operations".
test.each([
  [0, 1],
  [1, 1],
  [4096, 1],
  [4097, 2],
  [8192, 2],
  [8193, 3],
])("reading %d bytes takes %d units, half of them where it need not be consistent", (bytes, units) => {
  expect([readUnits(bytes, true), readUnits(bytes, false)]).toEqual([units, units / 2]);
});
