import { InvokeCommand } from "@aws-sdk/client-lambda";
import { lambdaClient } from "./clients/lambda";

/** As many as the SDK keeps connections for. */
const AT_ONCE = 50;

/**
 * Invokes a function asynchronously, many events at once. Returns when Lambda has accepted all of them.
 *
 * @example
 * const send = eventSender<{ thingId: string }>(requiredEnv("IMPORT_FUNCTION_ARN"));
 * await send([{ thingId: "a" }, { thingId: "b" }]);
 */
export function eventSender<Event>(functionName: string): (events: readonly Event[]) => Promise<void> {
  const client = lambdaClient();
  const send = (event: Event) =>
    client.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: "Event", Payload: JSON.stringify(event) }),
    );
  return async (events) => {
    for (let at = 0; at < events.length; at += AT_ONCE) await Promise.all(events.slice(at, at + AT_ONCE).map(send));
  };
}
