import { stop as stopEsbuild } from "esbuild";
import { messageOf } from "../lib/user-error";
import { Store } from "../store/store";
import { help, type Options, readOptions } from "./command-line/options";
import { printer } from "./command-line/print";
import { Runner } from "./runner";
import { Synthesis } from "./synthesis";
import { SourceWatch } from "./watch/watch-sources";

const root = process.cwd();

/** What only a fault of our own throws: a mistake of a person's is refused in words. */
const faults = [TypeError, ReferenceError, RangeError, SyntaxError];

/** Ends the process with one line that says why; a fault of our own keeps its trace. */
function fail(error: unknown): never {
  const isFault = error instanceof Error && faults.some((fault) => error instanceof fault);
  process.stderr.write(`${isFault ? error.stack : messageOf(error)}\n`);
  process.exit(1);
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
    process.exit(0);
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
