import { pathToFileURL } from "node:url";

/** Either takes milliseconds, on a busy machine more. */
const LONGEST_MS = 3000;

interface WorkerMessage {
  readonly method?: string;
  readonly params?: {
    readonly scriptId?: string;
    readonly url?: string;
    readonly callFrames?: readonly {
      readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number };
    }[];
  };
}

/**
 * The place in a file that a thread executes just now: `file:///…/index.mjs:55:29407`; "nowhere" when it waits, and
 * undefined when it can't be found out. By the debugger's protocol, which interrupts an endless loop too.
 */
export async function busyPlace(threadId: number, file: string): Promise<string | undefined> {
  const { Session } = await import("node:inspector");
  const session = new Session();
  const scripts = new Map<string, string>();
  const wanted = pathToFileURL(file).href;
  let timer: NodeJS.Timeout | undefined;
  let end = (): void => undefined;
  try {
    session.connect();
    return await new Promise<string | undefined>((resolve, reject) => {
      timer = setTimeout(() => resolve(undefined), LONGEST_MS);
      session.on("NodeWorker.attachedToWorker", ({ params: { sessionId, workerInfo } }) => {
        if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return;
        const ask = (id: number, method: string) =>
          session.post("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id, method }) });
        ask(1, "Debugger.enable");
        ask(2, "Debugger.pause");
        // A thread that is left paused can't be ended.
        end = () => ask(3, "Debugger.disable");
      });
      session.on("NodeWorker.receivedMessageFromWorker", ({ params: { message } }) => {
        const { method, params = {} } = JSON.parse(message) as WorkerMessage;
        if (method === "Debugger.scriptParsed") scripts.set(params.scriptId ?? "", params.url ?? "");
        if (method !== "Debugger.paused") return;
        const frame = params.callFrames?.find(({ location }) => scripts.get(location.scriptId) === wanted);
        resolve(frame ? `${wanted}:${frame.location.lineNumber + 1}:${frame.location.columnNumber + 1}` : "nowhere");
      });
      session.post("NodeWorker.enable", { waitForDebuggerOnStart: false }, (error) => error && reject(error));
    });
  } catch {
    // A Node.js without a debugger, or a thread that has just ended: the timeout itself is reported all the same.
    return undefined;
  } finally {
    clearTimeout(timer);
    end();
    session.disconnect();
  }
}
