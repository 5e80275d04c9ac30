import { withoutEndingZeros } from "../../lib/idle-zeros";
import { invalid } from "./errors";

/**
 * DynamoDB's numbers: up to 38 significant digits, from 1E-130 to 9.9999999999999999999999999999999999999E+125, positive
 * and negative, and zero. (Developer guide: "Supported data types and naming rules", Number)
 */
const MOST_DIGITS = 38;
const LARGEST_EXPONENT = 125;
const SMALLEST_EXPONENT = -130;

/** ±0.d₁d₂d₃… × 10^(exponent + 1), without zeros at either end. Zero has no digits. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  /** The power of ten of the first digit. */
  readonly exponent: number;
}

const zero: Decimal = { negative: false, digits: "", exponent: 0 };

function decimal(negative: boolean, digits: string, exponentOfLast: number): Decimal {
  const start = digits.search(/[1-9]/);
  if (start < 0) return zero;
  const significant = withoutEndingZeros(digits.slice(start));
  return { negative, digits: significant, exponent: exponentOfLast + digits.length - start - 1 };
}

/** The number that a text says, whatever its size. @returns `undefined` when it says none */
export function parseDecimal(text: string): Decimal | undefined {
  if (/^[1-9]\d*$/.test(text)) return { negative: false, digits: withoutEndingZeros(text), exponent: text.length - 1 };
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  return decimal(sign === "-", whole + fraction, Number(power) - fraction.length);
}

function inRange(number: Decimal): Decimal {
  if (number.digits === "") return number;
  if (number.exponent > LARGEST_EXPONENT)
    throw invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (number.exponent < SMALLEST_EXPONENT)
    throw invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  if (number.digits.length > MOST_DIGITS)
    throw invalid("Attempting to store more than 38 significant digits in a Number");
  return number;
}

/** The one text of a number: no exponent, no sign of plus, no zeros that say nothing. */
function textOf({ negative, digits, exponent }: Decimal): string {
  if (digits === "") return "0";
  const sign = negative ? "-" : "";
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, "0");
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/**
 * A number as it is kept and given back. Equal numbers have equal texts.
 *
 * @throws ServiceError when it is no number, or none that DynamoDB keeps
 */
export function canonicalNumber(text: string): string {
  if (/^-?[1-9]\d{0,17}$/.test(text) || text === "0") return text;
  if (text === "") throw invalid("The parameter cannot be converted to a numeric value");
  const number = parseDecimal(text);
  if (!number) throw invalid(`The parameter cannot be converted to a numeric value: ${text}`);
  return textOf(inRange(number));
}

/** A canonical number taken apart. */
export const decimalOf = (text: string): Decimal => parseDecimal(text) ?? zero;

/** Less than, equal to or greater than zero, like the difference of two canonical numbers. */
export function compareNumbers(one: string, other: string): number {
  const [left, right] = [orderedNumber(one), orderedNumber(other)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A text of characters up to 255 whose order is the number's. */
export function orderedNumber(text: string): string {
  const { negative, digits, exponent } = decimalOf(text);
  if (digits === "") return "\x02";
  const magnitude = exponent - SMALLEST_EXPONENT;
  if (!negative) return `\x03${String.fromCharCode(magnitude)}${digits}`;
  const complement = digits.replace(/\d/g, (digit) => String(9 - Number(digit)));
  // A mark above all digits: of two that begin alike, the longer one is the smaller.
  return `\x01${String.fromCharCode(255 - magnitude)}${complement}~`;
}

const lastExponent = ({ digits, exponent }: Decimal): number => exponent - digits.length + 1;

function scaled(number: Decimal, exponentOfLast: number): bigint {
  if (number.digits === "") return 0n;
  const value = BigInt(number.digits) * 10n ** BigInt(lastExponent(number) - exponentOfLast);
  return number.negative ? -value : value;
}

/** The exact sum of two canonical numbers. @throws ServiceError when DynamoDB cannot keep it */
export function sum(one: string, other: string): string {
  const [left, right] = [decimalOf(one), decimalOf(other)];
  const last = Math.min(lastExponent(left), lastExponent(right));
  const total = scaled(left, last) + scaled(right, last);
  const digits = (total < 0n ? -total : total).toString();
  return textOf(inRange(decimal(total < 0n, digits, last)));
}

/** The exact difference of two canonical numbers. @throws ServiceError when DynamoDB cannot keep it */
export function difference(one: string, other: string): string {
  return sum(one, other.startsWith("-") ? other.slice(1) : `-${other}`);
}
