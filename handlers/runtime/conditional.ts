/**
 * Waits for a conditional write of DynamoDB.
 *
 * @returns `undefined` when the condition does not hold, which is an answer and no failure
 */
export async function unlessRefused<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return undefined;
    throw error;
  }
}
