import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { UserError, wordsOf } from "../../lib/user-error";
import { steadyNow } from "../lib/clock";
import { standsStill } from "../lib/standstill";
import { threadsBuilt } from "../lib/thread-code";
import { Recorder } from "../page/recorder";
import { Page } from "../page/server";
import type { FunctionDefinition } from "../read/function-definition";
import { Store } from "../store/store";
import { help, type Options, readOptions } from "./command-line/options";
import { printer } from "./command-line/print";
import type { Emit } from "./events";
import { openInspector } from "./inspector";
import { Runner } from "./runner";
import { readySchedules } from "./schedules";
import { noStack, runnableIn } from "./stacks-in";
import { Synthesis } from "./synthesis";
import { SourceWatch } from "./watch/watch-sources";

const root = process.cwd();

/** Ends the process when nothing is built any more: esbuild prints all its goroutines where its input ends half-way. */
async function end(status: number): Promise<void> {
  await threadsBuilt();
  if (standsStill()) {
    // Node.js waits for the end of a thread that a debugger has stopped, and it does not come.
    process.emit("exit", status);
    process.kill(process.pid, "SIGKILL");
  }
  process.exit(status);
}

/** Ends the process with one line that says why; a fault of our own keeps its trace. */
function fail(error: unknown): void {
  process.stderr.write(`${wordsOf(error)}\n`);
  void end(1);
}

/** Origin of what runs: the project, whose sources are watched then, or a folder as it is. */
interface Origin {
  readonly systems: readonly string[];
  readonly environment?: string;
  /** Its path. */
  readonly folder: string;
  /** Settles when it is there. */
  readonly synthesized: Promise<void>;
  readonly watch?: SourceWatch;
  readonly stop: () => void;
}

function fromFolder(folder: string, { systems }: Options, emit: Emit): Origin {
  const { runnable, idle } = runnableIn(folder);
  for (const name of systems) if (![...runnable, ...idle].includes(name)) throw noStack(name, [...runnable, ...idle]);
  if (systems.length === 0 && runnable.length === 0) {
    throw new UserError(
      `${folder} has no stack with functions or an API, so there is nothing to run; it has ${idle.join(", ")}`,
    );
  }
  if (systems.length === 0) {
    for (const name of idle)
      emit({ event: "problem", message: `${name} has no functions and no API, so nothing of it runs` });
  }
  const origin = { folder, synthesized: Promise.resolve(), stop: () => undefined };
  return { ...origin, systems: systems.length > 0 ? systems : runnable };
}

function fromSources({ systems, environment, inspect }: Options, folder: string, emit: Emit): Origin {
  const synthesis = new Synthesis({ root, outdir: folder, environment, systems });
  const synthesized = synthesis.run();
  // From here on, so that what is edited while it starts is built afterwards.
  const watch = new SourceWatch({ root, outdir: folder, synthesis, emit, debug: inspect !== undefined });
  return { systems, environment, folder, synthesized, watch, stop: () => synthesis.stop() };
}

/**
 * Checks that the stacks asked for exist: that is reported first, whatever else is wrong.
 *
 * @throws UserError with the synthesizer's own words
 */
async function checkNames({ systems, environment, data }: Options): Promise<void> {
  const isThere = (name: string) => existsSync(join(data, "cdktf.out", "stacks", `${name}-${environment}`));
  if (systems.every(isThere)) return;
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  await new Synthesis({ root, outdir, environment, systems }).run().finally(() => rmSync(outdir, { recursive: true }));
}

/** Whose the data is, which one process at a time may use. */
async function opened(options: Options, emit: Emit): Promise<Store> {
  const { data, fresh, from } = options;
  try {
    return new Store(data, { fresh, problem: (message) => emit({ event: "problem", message }) });
  } catch (error) {
    if (from === undefined) await checkNames(options);
    throw error;
  }
}

async function start(options: Options): Promise<void> {
  const { port, servicesPort, hosts, memoryMb, from } = options;
  const inspector = options.inspect === undefined ? undefined : openInspector(options.inspect);
  const printed = printer(options);
  const { flush, showsAccessLogs } = printed;
  const recorder = options.page && new Recorder();
  const emit: Emit = (event) => {
    recorder?.record(event);
    printed.emit(event);
  };
  const found = from === undefined ? undefined : fromFolder(from, options, emit);
  const store = await opened(options, emit);
  let origin = found;
  process.once("exit", () => {
    flush();
    origin?.stop();
    store.close();
  });
  origin ??= fromSources(options, store.path("cdktf.out"), emit);
  const { systems, environment, folder, synthesized, watch } = origin;
  const stop = (): void => {
    // The terminal has written ^C where the next line begins.
    if (process.stdout.isTTY) process.stdout.write("\n");
    emit({ event: "grants", permissions: runner.grants() });
    // Threads end with the process.
    void end(0);
  };
  const mapPathOf = (functionArn: string) => watch?.mapPathOf(functionArn);
  const whose = environment === undefined ? {} : { environment };
  const forDebugger =
    inspector && watch ? { build: (functions: readonly FunctionDefinition[]) => watch.debugBuild(functions) } : {};
  const settings = {
    root,
    store,
    systems,
    ...whose,
    emit,
    hosts,
    servicesPort,
    memoryMb,
    mapPathOf,
    clockSpeed: options.speed,
  };
  const observed = recorder ? { observer: recorder } : {};
  const runner = new Runner({ ...settings, ...forDebugger, accessLogs: showsAccessLogs, ...observed });
  let page: Page | undefined;
  const openPage = async () => {
    if (!recorder || !options.page) return;
    const problem = (message: string) => emit({ event: "problem", message });
    page = new Page({ ...options.page, speed: options.speed, runner, recorder, root, problem, now: steadyNow });
    emit({ event: "page", url: await page.open() });
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // Whoever read it is gone.
  process.stdout.once("error", () => process.exit(0));
  // Any other port does for the page; the systems' are asked for.
  await Promise.all([synthesized, runner.listeners.open(systems, port).then(openPage)]);
  await runner.deploy(folder);
  store.forget();
  await stopEsbuild();
  const access = await runner.access();
  watch?.begin(runner);
  page?.monitor.begin();
  const described = runner.listeners.describe("printed").map((system) => (page ? page.emulating(system) : system));
  const debug = inspector === undefined ? {} : { inspector };
  const schedules = readySchedules(await runner.scheduled(1));
  emit({ event: "ready", systems: described, schedules, access, ...debug, ms: Math.round(performance.now()) });
}

try {
  const options = readOptions(process.argv.slice(2), root);
  if (options.help) process.stdout.write(help);
  else start(options).catch(fail);
} catch (error) {
  fail(error);
}
