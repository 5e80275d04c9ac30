/**
 * The value of an environment variable that the function can't work without. Read at module load, so that a wrong
 * deployment fails at its first start and not at the first request that needs the value.
 */
export function requiredEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} is not set: give it to the function in its stack`);
  return value;
}

/** A positive whole number that the function can't work without. */
export function integerEnv(name: string): number {
  const value = requiredEnv(name);
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`environment variable ${name} must be a positive whole number`);
  return Number(value);
}

/** A comma-separated list; none when the variable is not set. */
export const envList = (name: string): readonly string[] =>
  (process.env[name] ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
