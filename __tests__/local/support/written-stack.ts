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
  /** Folder of what is kept between starts. */
  readonly data: string;
  /** Of the API's first stage. */
  readonly url: string;
  stop(): Promise<void>;
}

/** An API without operations, for stacks of which nothing else would run. */
export const apiOf = (name: string): object => ({
  aws_api_gateway_rest_api: { api: { name, body: JSON.stringify({ openapi: "3.0.1", paths: {} }) } },
  aws_api_gateway_deployment: { api: { rest_api_id: "${aws_api_gateway_rest_api.api.id}" } },
  aws_api_gateway_stage: {
    api: {
      rest_api_id: "${aws_api_gateway_rest_api.api.id}",
      deployment_id: "${aws_api_gateway_deployment.api.id}",
      stage_name: "dev",
    },
  },
});

const running = new Set<WrittenStack>();

/** Ends what a test has started. */
export async function stopWrittenStacks(): Promise<void> {
  for (const stack of [...running]) await stack.stop();
  await stopEsbuild();
}

/** Runs a stack of these resources, as `npm start -- --from <folder>` does. @param watcher receives all events */
export const startWritten = (resource: object, rest: object = {}, watcher?: RecordingObserver): Promise<WrittenStack> =>
  startSeveral({ written: { resource, ...rest } }, watcher);

/** Runs stacks together, by their names. @param watcher receives all events */
export async function startSeveral(
  stacks: Readonly<Record<string, object>>,
  watcher?: RecordingObserver,
): Promise<WrittenStack> {
  const folder = temporaryFolder();
  const provider = { aws: [{ region: "us-east-1", allowed_account_ids: ["000000000000"] }] };
  for (const [name, stack] of Object.entries(stacks)) {
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), JSON.stringify({ provider, ...stack }));
  }
  const events: RunnerEvent[] = [];
  const emit = (event: RunnerEvent): void => {
    events.push(event);
    watcher?.record(event);
  };
  const data = temporaryFolder();
  const store = new Store(data, {
    fresh: true,
    problem: (message) => emit({ event: "problem", message }),
  });
  const systems = Object.keys(stacks);
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
    ...{ runner, events, data },
    url: described?.url ?? "",
    async stop() {
      running.delete(stack);
      await stop();
    },
  };
  running.add(stack);
  return stack;
}
