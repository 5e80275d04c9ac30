import { runInNewContext } from "node:vm";
import { ServiceError } from "../service";

/** Patterns take microseconds; one that tries without end is not to stand in everybody's way. */
const LONGEST_MS = 200;

const invalidPattern = (pattern: string, why: string): ServiceError =>
  new ServiceError("InvalidAllowedPatternException", `The allowed pattern ${pattern} is not valid: ${why}`);

/**
 * Checks a value against a parameter's pattern, which has to match all of it.
 *
 * @throws ServiceError unless it does (Systems Manager API reference, PutParameter, AllowedPattern)
 */
export function checkAgainst(pattern: string, value: string): void {
  let matches: unknown;
  try {
    new RegExp(pattern);
    const script = "new RegExp('^(?:' + pattern + ')$').test(value)";
    matches = runInNewContext(script, { pattern, value }, { timeout: LONGEST_MS });
  } catch (error) {
    if (error instanceof SyntaxError) throw invalidPattern(pattern, error.message);
    throw invalidPattern(pattern, "it takes too long");
  }
  if (matches === true) return;
  const message = `Parameter value, cannot be validated against allowedPattern: ${pattern}`;
  throw new ServiceError("ParameterPatternMismatchException", message);
}
