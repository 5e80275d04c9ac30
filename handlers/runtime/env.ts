/**
 * The name of a variable, as it is written. Synth finds these in the sources and compares them with what the stack
 * gives, so an expression of another type does not compile.
 */
type Name<N extends string> = N & (string extends N ? never : unknown);

/**
 * The value of an environment variable that the function can't work without. Read at module load, so that a wrong
 * deployment fails at its first start and not at the first request that needs the value.
 *
 * @example
 * const table = requiredEnv("THINGS_TABLE");
 */
export function requiredEnv<const N extends string>(name: Name<N>): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set: give it to the function in its stack`);
  return value;
}

/**
 * A positive whole number that the function can't work without.
 *
 * @example
 * const pageSize = integerEnv("PAGE_SIZE");
 */
export function integerEnv<const N extends string>(name: Name<N>): number {
  const value = requiredEnv<N>(name);
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`environment variable ${name} must be a positive whole number`);
  return Number(value);
}

/**
 * A comma-separated list; none when the variable is not set.
 *
 * @example
 * const origins = envList("CORS_ORIGINS");
 */
export const envList = <const N extends string>(name: Name<N>): readonly string[] =>
  (process.env[name] ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");

/**
 * A variable that may be missing or empty.
 *
 * @example
 * const operation = optionalEnv("OPERATION_ID") ?? "unknown";
 */
export const optionalEnv = <const N extends string>(name: Name<N>): string | undefined =>
  process.env[name] || undefined;
