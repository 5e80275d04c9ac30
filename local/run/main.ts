import { stop as stopEsbuild } from "esbuild";
import { threadsBuilt } from "../lib/thread-code";
import { wordsOf } from "../lib/user-error";
import { Store } from "../store/store";
import { help, type Options, readOptions } from "./command-line/options";
import { printer } from "./command-line/print";
import { Runner } from "./runner";
import { Synthesis } from "./synthesis";
import { SourceWatch } from "./watch/watch-sources";

const root = process.cwd();

/** Ends the process when nothing is built any more: esbuild prints all its goroutines where its input ends half-way. */
async function end(status: number): Promise<void> {
  await threadsBuilt();
  process.exit(status);
}

/** Ends the process with one line that says why; a fault of our own keeps its trace. */
function fail(error: unknown): void {
  process.stderr.write(`${wordsOf(error)}\n`);
  void end(1);
}

async function start(options: Options): Promise<void> {
  const { systems, port, environment, data, fresh, hosts } = options;
  const { tell, flush, showsAccessLogs } = printer(options);
  const store = new Store(data, { fresh, problem: (message) => tell({ event: "problem", message }) });
  const outdir = store.path("cdktf.out");
  const synthesis = new Synthesis({ root, outdir, environment, systems });
  process.once("exit", () => {
    flush();
    synthesis.stop();
    store.close();
  });
  const stop = (): void => {
    // The terminal has written ^C where the next line begins.
    if (process.stdout.isTTY) process.stdout.write("\n");
    tell({ event: "grants", cells: runner.grants() });
    // Threads end with the process.
    void end(0);
  };
  const synthesized = synthesis.run();
  // From here on, so that what is edited while it starts is built afterwards.
  const watch = new SourceWatch({ root, outdir, synthesis, tell });
  const mapPathOf = (functionArn: string) => watch.mapPathOf(functionArn);
  const settings = { root, store, systems, environment, tell, hosts, mapPathOf };
  const runner = new Runner({ ...settings, accessLogs: showsAccessLogs });
  process.once("SIGINT", stop).once("SIGTERM", stop);
  // Whoever read it is gone.
  process.stdout.once("error", () => process.exit(0));
  await Promise.all([synthesized, runner.listeners.open(systems, port)]);
  await runner.deploy(outdir);
  await stopEsbuild();
  const access = await runner.access();
  watch.begin(runner);
  tell({ event: "ready", systems: runner.listeners.describe(), access, ms: Math.round(performance.now()) });
}

try {
  const options = readOptions(process.argv.slice(2), root);
  if (options.help) process.stdout.write(help);
  else start(options).catch(fail);
} catch (error) {
  fail(error);
}
