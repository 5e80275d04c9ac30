/** Digits without the zeros at their end. One pass over them: a pattern tries again from each zero of a long row. */
export function withoutEndingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
