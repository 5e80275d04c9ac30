/** A measured figure beside its bar. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** The bar. @default none */
  readonly bar?: string;
  readonly isMet?: boolean;
}

/** The middle of some measurements. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** A row that shows how fast this machine is, beside the one that bars in seconds and requests were set on. */
export const yardstick = (what: string, measured: string, there: string): Row => ({
  what,
  measured,
  bar: `(${there} where the bars were set)`,
});

/** A row whose figure must be at most the bar. */
export const atMost = (what: string, value: number, [bar, unit]: readonly [number, string]): Row => ({
  what,
  measured: `${value.toFixed(unit === "KB" || unit === "MB" ? 0 : 2)} ${unit}`,
  bar: `≤ ${bar} ${unit}`,
  isMet: value <= bar,
});

/** A row whose figure must be at least the bar. */
export const atLeast = (what: string, value: number, [bar, unit]: readonly [number, string]): Row => ({
  what,
  measured: `${value.toFixed(2)} ${unit}`,
  bar: `≥ ${bar} ${unit}`,
  isMet: value >= bar,
});

/** Prints rows under a title, and has the process end with 1 when a bar is missed. */
export function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const { what, measured, bar = "", isMet } of rows) {
    const result = isMet === undefined ? "" : isMet ? "ok" : "MISSED";
    console.log(`  ${what.padEnd(46)} ${measured.padStart(12)}  ${bar.padEnd(12)} ${result}`);
  }
  if (rows.some(({ isMet }) => isMet === false)) process.exitCode = 1;
}
