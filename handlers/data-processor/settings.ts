import { integerEnv, requiredEnv } from "../runtime/env";
import { secret } from "../runtime/secret";
import { presence } from "./presence";

/** Number of items of a request that are processed at most. */
export const batchSize = integerEnv("BATCH_SIZE");

const connectionString = secret(requiredEnv("CONNECTION_STRING_PARAMETER"));
const apiKey = secret(requiredEnv("API_KEY_PARAMETER"));

/** Whether there is a connection string that is not blank. */
export const hasDatabaseConfig = presence(connectionString);

/**
 * The key for ids. The connection string is read with it and must be there, so that a deployment without one shows
 * before somebody relies on it; nothing is connected to, since this system keeps nothing.
 *
 * @throws Error when one of them is missing or blank
 */
export async function readKey(): Promise<string> {
  const [key, connection] = await Promise.all([apiKey.read(), connectionString.read()]);
  if (connection.trim() === "" || key.trim() === "") throw new Error("a parameter is blank");
  return key;
}
