import { type AttributeValue, equal } from "./attribute-value";
import { valueSize } from "./item-sizes";
import { orderedBytes } from "./keys";
import { compareNumbers } from "./numbers";

const orderOf = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Less than, equal to or greater than zero, as the first value is; `undefined` when the two have no order. */
export function compare(one: AttributeValue, other: AttributeValue): number | undefined {
  if (one.N !== undefined && other.N !== undefined) return compareNumbers(one.N, other.N);
  const texts = one.S !== undefined && other.S !== undefined;
  const binaries = one.B !== undefined && other.B !== undefined;
  return texts || binaries ? orderOf(orderedBytes(one), orderedBytes(other)) : undefined;
}

/** The size of a value as the function `size` returns it: bytes or elements. */
export function sizeOf(value: AttributeValue | undefined): AttributeValue | undefined {
  if (!value) return undefined;
  const { S, B, SS, NS, BS, L, M } = value;
  const elements = SS ?? NS ?? BS ?? L ?? (M && Object.keys(M));
  if (elements) return { N: String(elements.length) };
  return S === undefined && B === undefined ? undefined : { N: String(valueSize(value)) };
}

/** Whether a string or binary value begins with another. */
export function begins(value: AttributeValue, start: AttributeValue): boolean {
  if (value.S !== undefined && start.S !== undefined) return value.S.startsWith(start.S);
  if (value.B === undefined || start.B === undefined) return false;
  return orderedBytes(value).startsWith(orderedBytes(start));
}

/** Whether a string has a part, or a set or list an element. */
export function includes(value: AttributeValue, element: AttributeValue): boolean {
  const { S, N, B } = element;
  if (value.S !== undefined) return S !== undefined && value.S.includes(S);
  if (value.B !== undefined) return B !== undefined && orderedBytes(value).includes(orderedBytes(element));
  if (value.SS) return S !== undefined && value.SS.includes(S);
  if (value.NS) return N !== undefined && value.NS.includes(N);
  if (value.BS) return B !== undefined && value.BS.includes(B);
  return value.L?.some((member) => equal(member, element)) ?? false;
}
