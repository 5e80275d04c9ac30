import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import type { RunnerEvent } from "../../../local/run/events";
import { Runner } from "../../../local/run/runner";
import { Store } from "../../../local/store/store";
import type { RecordingObserver } from "./local-system";
import { temporaryFolder } from "./stack-file";

/** A stack that a test wrote as JSON, running. */
export interface WrittenStack {
  readonly runner: Runner;
  readonly events: readonly RunnerEvent[];
  /** Of the API's first stage. */
  readonly url: string;
  stop(): Promise<void>;
}

const running = new Set<WrittenStack>();

/** Ends what a test has started. */
export async function stopWrittenStacks(): Promise<void> {
  for (const stack of [...running]) await stack.stop();
  await stopEsbuild();
}

/** Runs a stack of these resources, as `npm start -- --from <folder>` does. @param watcher receives all events */
export async function startWritten(
  resource: object,
  rest: object = {},
  watcher?: RecordingObserver,
): Promise<WrittenStack> {
  const folder = join(temporaryFolder(), "written");
  mkdirSync(folder);
  const provider = { aws: [{ region: "us-east-1", allowed_account_ids: ["000000000000"] }] };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ provider, resource, ...rest }));
  const events: RunnerEvent[] = [];
  const emit = (event: RunnerEvent): void => {
    events.push(event);
    watcher?.record(event);
  };
  const store = new Store(temporaryFolder(), {
    fresh: true,
    problem: (message) => emit({ event: "problem", message }),
  });
  const systems = ["written"];
  const runner = new Runner({
    root: process.cwd(),
    store,
    systems,
    emit,
    accessLogs: false,
    hosts: [],
    ...(watcher ? { observer: watcher } : {}),
  });
  const stop = async () => {
    await runner.stop();
    store.close();
  };
  try {
    await runner.listeners.open(systems, 0);
    await runner.deploy(folder);
  } catch (error) {
    await stop();
    throw error;
  }
  const [described] = runner.listeners.describe();
  const stack: WrittenStack = {
    ...{ runner, events },
    url: described?.url ?? "",
    async stop() {
      running.delete(stack);
      await stop();
    },
  };
  running.add(stack);
  return stack;
}
