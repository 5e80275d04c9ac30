import { type AttributeValue, type Item, typeOf } from "./attribute-value";
import { decimalOf } from "./numbers";

/**
 * Sizes in bytes, as DynamoDB counts them for its limits, pages and capacity units. (Developer guide: "DynamoDB item
 * sizes and formats")
 */

const bytesOf = (base64: string): number => {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
};

/** One byte, one for each two digits (in pairs from the decimal point on), and one for a sign of minus. */
function numberSize(text: string): number {
  const { negative, digits, exponent } = decimalOf(text);
  if (digits === "") return 1;
  const pairs = exponent % 2 === 0 ? Math.floor(digits.length / 2) + 1 : Math.ceil(digits.length / 2);
  return 1 + pairs + (negative ? 1 : 0);
}

const total = <T>(values: readonly T[], size: (value: T) => number): number =>
  values.reduce((sum, value) => sum + size(value), 0);

/** Lists and maps have 3 bytes of their own, and one for each element. */
const ELEMENTS = 3;

/** The size of a value without its name. */
export function valueSize(value: AttributeValue): number {
  switch (typeOf(value)) {
    case "S":
      return Buffer.byteLength(value.S ?? "");
    case "N":
      return numberSize(value.N ?? "0");
    case "B":
      return bytesOf(value.B ?? "");
    case "SS":
      return total(value.SS ?? [], Buffer.byteLength);
    case "NS":
      return total(value.NS ?? [], numberSize);
    case "BS":
      return total(value.BS ?? [], bytesOf);
    case "L":
      return ELEMENTS + total(value.L ?? [], (element) => 1 + valueSize(element));
    case "M":
      return ELEMENTS + Object.keys(value.M ?? {}).length + itemSize(value.M ?? {});
    default:
      return 1;
  }
}

/** The size of an item: of all names and values. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value) size += Buffer.byteLength(name) + valueSize(value);
  }
  return size;
}

/** No item is larger. */
export const LARGEST_ITEM = 400 * 1024;
