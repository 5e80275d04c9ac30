import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";

/** The fault of a call: none, its caller dies before or after it, or its answer is lost and it is sent again. */
export type Mishap = "none" | "crashBefore" | "crashAfter" | "resent";

/** Mostly nothing. */
export const mishaps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Mishap>("none") },
    { weight: 2, arbitrary: fc.constant<Mishap>("resent") },
    { weight: 1, arbitrary: fc.constantFrom<Mishap>("crashBefore", "crashAfter") },
  ),
  { maxLength: 20 },
);

/** The caller is no more. */
export class Crash extends Error {}

/** How an operation ended: its value, or the kind of its refusal. */
export type Outcome<T> = { readonly value: T } | { readonly refused: string };

/** The outcome of an operation that a crash or one of these errors may end. Anything else that is thrown is a failure. */
export const outcomeBeside =
  (...kinds: readonly (new (...args: never[]) => Error)[]) =>
  async <T>(operation: Promise<T>): Promise<Outcome<T>> => {
    try {
      return { value: await operation };
    } catch (error) {
      if ([Crash, ...kinds].some((kind) => error instanceof kind))
        return { refused: (error as Error).constructor.name };
      throw error;
    }
  };

export const succeeded = <T>(outcomes: readonly Outcome<T>[]): T[] =>
  outcomes.flatMap((outcome) => ("value" in outcome ? [outcome.value] : []));

/**
 * A client whose calls reach the table one by one in the order of a fast-check scheduler: a call is made when it is its
 * turn, and no other begins before the table has answered it. DynamoDB's own calls are atomic, so every interleaving
 * of them is one of these orders.
 *
 * @param mishaps one for each call, in the order of their turns; then none
 */
export function scheduledClient(
  client: DynamoDBDocumentClient,
  scheduler: fc.Scheduler,
  mishaps: Mishap[],
): { readonly client: DynamoDBDocumentClient; readonly happened: Mishap[] } {
  let running: Promise<unknown> = Promise.resolve();
  const happened: Mishap[] = [];
  const turn = (label: string) =>
    scheduler.schedule(Promise.resolve(), label, undefined, async (release) => {
      await release();
      await new Promise(setImmediate);
      await running;
    });
  const send: DynamoDBDocumentClient["send"] = async (command: Parameters<DynamoDBDocumentClient["send"]>[0]) => {
    const once = () => {
      const answer = client.send(command);
      running = answer.catch(() => undefined);
      return answer;
    };
    await turn(command.constructor.name);
    const mishap = mishaps.shift() ?? "none";
    happened.push(mishap);
    if (mishap === "none") return once();
    if (mishap === "crashBefore") throw new Crash();
    await once().catch(() => undefined);
    if (mishap === "crashAfter") throw new Crash();
    return turn(`${command.constructor.name} again`).then(once);
  };
  return { client: { send } as DynamoDBDocumentClient, happened };
}
