import { join, relative } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { problemsOf } from "../../../compile";
import { UserError, wordsOf } from "../../../lib/user-error";
import type { BuiltCode } from "../../lambda/package";
import { systemClock } from "../../lib/clock";
import { everything } from "../../lib/pauses";
import { withTimeLimit } from "../../lib/time-limit";
import type { FunctionDefinition } from "../../read/function-definition";
import type { Emit } from "../events";
import type { Runner } from "../runner";
import type { Synthesis } from "../synthesis";
import { BuildSchedule } from "./build-schedule";
import { debugBuild } from "./debug-build";
import { type Build, type DeployedBundle, deployedBundles, readBuild } from "./deployed-bundles";
import { rebuild } from "./rebuild";
import { SourceContents } from "./source-contents";
import { sourceFolders } from "./source-folders";
import { isBelow, SourceTree } from "./source-tree";

export interface WatchOptions {
  readonly root: string;
  readonly outdir: string;
  readonly synthesis: Synthesis;
  readonly emit: Emit;
  /** Whether functions run what was built for a debugger. */
  readonly debug: boolean;
}

/** Time limit until a synthesized stack is in use. */
const LONGEST_DEPLOY_MS = 30_000;

/** The running system, and its last build. */
interface Running {
  readonly runner: Runner;
  readonly build: Build;
  readonly bundles: readonly DeployedBundle[];
}

/**
 * Brings what is edited into what runs; what does not build leaves the last good version where it is. Calls of what a
 * touched file is part of wait until the build that has it is in use.
 */
export class SourceWatch {
  private readonly tree: SourceTree;
  private readonly contents: SourceContents;
  private readonly schedule: BuildSchedule;
  /** Files saved since the last build began, and the files of that build. */
  private touched = new Set<string>();
  private building = new Set<string>();
  private running: Running | undefined;
  /**
   * Functions whose sources do not build, with the error that was printed, and whether the stacks don't: whichever file
   * mends them, they are built again.
   */
  private readonly broken = new Map<string, string>();
  private synthBroken = false;

  /** Watches from now on, and builds nothing before it knows what runs. */
  constructor(private readonly options: WatchOptions) {
    const { root, emit } = options;
    this.tree = new SourceTree({
      root,
      folders: sourceFolders,
      files: ["main.ts"],
      onTouch: (paths) => this.touch(paths),
      onProblem: (message) => emit({ event: "problem", message }),
    });
    this.contents = new SourceContents(this.tree.paths);
    this.schedule = new BuildSchedule({
      clock: systemClock,
      build: () => this.build(),
      // Its process takes memory, and starts again by itself.
      idle: () => stopEsbuild(),
    });
  }

  /** The runner runs what was synthesized after this began to watch. */
  begin(runner: Runner): void {
    this.running = this.learn(runner);
    this.contents.forget(this.touched);
    this.pauseTouched();
    this.schedule.begin();
  }

  /** The code that functions run under a debugger, in place of their packages. */
  async debugBuild(functions: readonly FunctionDefinition[]): Promise<ReadonlyMap<string, BuiltCode>> {
    const build = readBuild(this.options.outdir);
    return debugBuild(deployedBundles(this.options, build, functions), build, this.options.root);
  }

  /** The source map of a function's code, as it was deployed. */
  mapPathOf(functionArn: string): string | undefined {
    return this.running?.bundles.find((bundle) => bundle.functionArn === functionArn)?.mapPath;
  }

  close(): void {
    this.tree.close();
    this.schedule.close();
  }

  private learn(runner: Runner): Running {
    const build = readBuild(this.options.outdir);
    const functions = runner.systems.flatMap((system) => system.functions);
    return { runner, build, bundles: deployedBundles(this.options, build, functions) };
  }

  private touch(paths: readonly string[]): void {
    const { root, emit } = this.options;
    const fresh = paths.filter((path) => !this.touched.has(path));
    for (const path of fresh) this.touched.add(path);
    this.pauseTouched();
    for (const path of fresh) emit({ event: "edited", what: relative(root, path) });
    this.schedule.touch();
  }

  /** The functions that are to be built for some files; undefined when all has to be synthesized. */
  private affectedBy(files: Iterable<string>): readonly DeployedBundle[] | undefined {
    const { bundles = [] } = this.running ?? {};
    const handlers = join(this.options.root, "handlers");
    const all = [...files];
    const isKnown = (file: string) => isBelow(handlers, file) && bundles.some(({ sources }) => sources.has(file));
    if (this.synthBroken || !all.every(isKnown)) return undefined;
    return bundles.filter(
      ({ sources, functionArn }) => this.broken.has(functionArn) || all.some((file) => sources.has(file)),
    );
  }

  /** Pauses what files are part of that no build in use has, and nothing else. */
  private pauseTouched(): void {
    if (!this.running) return;
    const { pauses, listeners } = this.running.runner;
    const files = new Set([...this.touched, ...this.building]);
    const affected = files.size === 0 ? [] : this.affectedBy(files);
    const names = new Set(affected?.map(({ functionArn }) => functionArn) ?? [everything]);
    for (const name of pauses.names) if (!names.has(name)) pauses.resume(name);
    for (const name of names) {
      pauses.pause(name);
      // What is in a cache is old code's answer, too.
      listeners.flush(name);
    }
  }

  /** One build of all that was touched. */
  private async build(): Promise<void> {
    if (!this.running) return;
    const startedAt = performance.now();
    this.tree.check();
    this.building = this.touched;
    this.touched = new Set();
    try {
      const files = this.contents.changed(this.building);
      if (files.length === 0) return;
      const affected = this.affectedBy(files);
      const what = affected
        ? await this.rebuild(this.running, affected, files)
        : await this.synthesize(this.running.runner, files);
      if (what !== "") this.options.emit({ event: "reloaded", what, ms: Math.round(performance.now() - startedAt) });
    } catch (error) {
      this.refuse(error);
    } finally {
      this.building = new Set();
      this.contents.forget(this.touched);
      this.pauseTouched();
    }
  }

  /** Handlers alone: their functions are built again. @returns those that have new code */
  private async rebuild(
    running: Running,
    affected: readonly DeployedBundle[],
    files: readonly string[],
  ): Promise<string> {
    const { runner, build } = running;
    const { root, debug } = this.options;
    const results = await rebuild(affected, build, root);
    const fresh = results.flatMap((result) => ("error" in result ? [] : [result.bundle]));
    const debugged = debug ? await debugBuild(fresh, build, root) : undefined;
    const names: string[] = [];
    const problems = new Set<string>();
    let { bundles } = running;
    for (const result of results) {
      const { functionArn, functionName } = result.bundle;
      if ("error" in result) {
        const problem = problemIn(result.error);
        // That of a file which nobody has touched is known.
        const isOld =
          this.broken.get(functionArn) === problem && !files.some((file) => result.bundle.sources.has(file));
        if (!isOld) problems.add(problem);
        // Nor is it printed while the next build may mend it.
        this.broken.set(functionArn, this.touched.size > 0 ? "" : problem);
        continue;
      }
      await runner.redeploy(functionArn, debugged?.get(functionArn) ?? result.code);
      this.broken.delete(functionArn);
      bundles = bundles.map((other) => (other.functionArn === functionArn ? result.bundle : other));
      names.push(functionName);
    }
    this.running = { ...running, bundles };
    if (problems.size > 0) this.refuse(new UserError([...problems].join("\n")));
    return names.join(", ");
  }

  /** Anything else: all is synthesized again. @returns the files that it was for */
  private async synthesize(runner: Runner, files: readonly string[]): Promise<string> {
    const { synthesis, outdir, root } = this.options;
    this.synthBroken = true;
    await synthesis.run();
    await withTimeLimit(LONGEST_DEPLOY_MS, "the change from one stack to the next", runner.deploy(outdir));
    this.running = this.learn(runner);
    this.synthBroken = false;
    this.broken.clear();
    return files.map((file) => relative(root, file)).join(", ");
  }

  /** Says what is wrong, unless the next build has what was saved meanwhile and will know better. */
  private refuse(error: unknown): void {
    if (this.touched.size > 0) return;
    this.options.emit({ event: "problem", message: `${problemIn(error)} (the last good version goes on)` });
  }
}

const problemIn = (error: unknown): string =>
  error instanceof Error && "errors" in error ? problemsOf(error) : wordsOf(error);
