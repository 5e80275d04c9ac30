import { SSMProvider } from "@aws-lambda-powertools/parameters/ssm";
import { ssmClient } from "./clients/ssm";

/** A secret that is read when it is needed and kept for some minutes; it is never in a variable of the function. */
export interface Secret {
  /** The value, at most five minutes old. */
  read(): Promise<string>;
  /**
   * The value as it is now, for when the kept one may have been rotated. Asked again within ten seconds it gives the
   * kept one, so that forged input can't be used to exhaust Parameter Store.
   */
  reread(): Promise<string>;
}

const MAX_AGE_SECONDS = 300;
const REREAD_PAUSE_MS = 10_000;

/**
 * A SecureString parameter.
 *
 * @param parameter its name
 * @param provider where it is read; one that keeps what it read
 *
 * @example
 * const key = await secret(requiredEnv("CURSOR_SECRET_PARAMETER")).read();
 */
export function secret(parameter: string, provider = new SSMProvider({ awsSdkV3Client: ssmClient() })): Secret {
  let fetchedAt = 0;
  const get = async (forceFetch: boolean): Promise<string> => {
    const value = await provider.get(parameter, { decrypt: true, maxAge: MAX_AGE_SECONDS, forceFetch });
    if (!value) throw new Error(`parameter ${parameter} has no value`);
    return value;
  };
  return {
    read: () => get(false),
    reread: () => {
      const forceFetch = Date.now() - fetchedAt >= REREAD_PAUSE_MS;
      if (forceFetch) fetchedAt = Date.now();
      return get(forceFetch);
    },
  };
}
