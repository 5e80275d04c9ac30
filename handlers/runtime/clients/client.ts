import { NodeHttpHandler } from "@smithy/node-http-handler";
import { callAttemptMs, callAttempts } from "../../../contracts/time-limits";
import { deadlineSignal } from "../deadline";
import { traced } from "../trace";

type HttpHandlerOptions = Parameters<NodeHttpHandler["handle"]>[1];

/** A client of the SDK, as far as sending goes. */
interface Client {
  readonly middlewareStack: { use(plugin: ReturnType<typeof traced>): void };
  send(command: never, options?: HttpHandlerOptions): Promise<unknown>;
}

/**
 * Sends nothing that outlives the invocation: calls, with all their attempts, end with its time, if not before. Each is a
 * part of the invocation's trace.
 *
 * @param service as X-Ray calls it
 */
export function withinDeadline<C extends Client>(service: string, client: C): C {
  client.middlewareStack.use(traced(service));
  const send: Client["send"] = client.send.bind(client);
  client.send = async (command: never, options?: HttpHandlerOptions) =>
    send(command, { ...options, abortSignal: options?.abortSignal ?? deadlineSignal() });
  return client;
}

/**
 * Three attempts of at most two seconds end within a function's ten. The SDK's standard mode waits between them for a
 * random part of a growing span, and stops retrying altogether while most calls fail. Endpoints come from the SDK's
 * own `AWS_ENDPOINT_URL…` variables, which is how a local runner brings its own.
 */
export const settings = () => ({
  requestHandler: new NodeHttpHandler({
    connectionTimeout: 1000,
    requestTimeout: callAttemptMs,
    // Without it an overrun is only warned of.
    throwOnRequestTimeout: true,
    // For a body that stops half-way: the request's timeout ends when the headers are there.
    socketTimeout: 3000,
  }),
  maxAttempts: callAttempts,
  retryMode: "standard",
});
