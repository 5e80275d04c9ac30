import { join, sep } from "node:path";
import { type BuildOptions, stop as stopEsbuild } from "esbuild";
import type { Tell } from "../events";
import type { Runner } from "../runner";
import { buildProblems, type Synthesis } from "../synthesis";
import { messageOf } from "../user-error";
import { type DeployedBundle, deployedBundles } from "./deployed-bundles";
import { FolderWatcher } from "./folder-watcher";
import { type Rebuilt, rebuild } from "./rebuild";

export interface WatchOptions {
  readonly root: string;
  readonly outdir: string;
  readonly runner: Runner;
  readonly synthesis: Synthesis;
  readonly tell: Tell;
}

/** esbuild's helper process is let go when nothing was edited for so long. */
const IDLE_MS = 20_000;

/** Brings what is edited into what runs; what does not build leaves the last good version where it is. */
export class SourceWatch {
  private bundles: readonly DeployedBundle[] = [];
  private readonly broken = new Set<string>();
  private readonly watcher: FolderWatcher;
  private synthesizing: Promise<void> | undefined;
  private again = false;
  private idle: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: WatchOptions,
    builds: readonly BuildOptions[],
  ) {
    const { root } = options;
    this.learn(builds);
    this.watcher = new FolderWatcher((files) => this.changed(files));
    for (const folder of ["handlers", "contracts", "stacks", "constructs", "environments"]) {
      this.watcher.add(join(root, folder));
    }
    this.watcher.add(root, ["main.ts"]);
  }

  /** The source map of a function's code, as it was deployed. */
  mapPathOf(functionArn: string): string | undefined {
    return this.bundles.find((bundle) => bundle.functionArn === functionArn)?.mapPath;
  }

  close(): void {
    this.watcher.close();
    clearTimeout(this.idle);
  }

  private learn(builds: readonly BuildOptions[]): void {
    const { outdir, runner } = this.options;
    const functions = runner.systems.flatMap((system) => system.functions);
    this.bundles = deployedBundles(outdir, builds, functions);
    this.broken.clear();
  }

  private changed(files: readonly string[]): void {
    clearTimeout(this.idle);
    const handlers = join(this.options.root, "handlers") + sep;
    const known = (file: string) => file.startsWith(handlers) && this.bundles.length > 0;
    if (this.synthesizing || !files.every(known)) void this.synthesize(files);
    else void this.rebuildThoseWith(files);
  }

  private whenIdle(): void {
    this.idle = setTimeout(() => void stopEsbuild(), IDLE_MS).unref();
  }

  /** Handlers alone: their functions are built again, one by one, and calls of them wait that long. */
  private async rebuildThoseWith(files: readonly string[]): Promise<void> {
    const { runner, tell, root } = this.options;
    const startedAt = Date.now();
    const lambda = await runner.functions();
    const affected = this.bundles.filter(
      ({ sources, functionArn }) => this.broken.has(functionArn) || files.some((file) => sources?.has(file) ?? true),
    );
    // In no bundle that is known: only a synthesis can tell what it changes.
    if (affected.length === 0) return this.synthesize(files);
    const results = affected.map((bundle) => {
      const built = rebuild(bundle, root);
      const replaced = built.then((rebuilt) => this.replace(bundle, rebuilt));
      lambda.hold(bundle.functionArn, replaced);
      return replaced.catch((error: unknown) => {
        this.broken.add(bundle.functionArn);
        return buildProblems(error);
      });
    });
    const problems = new Set((await Promise.all(results)).flatMap((problem) => problem ?? []));
    for (const problem of problems) tell({ event: "problem", message: `${problem} (the last good version goes on)` });
    if (problems.size === 0) {
      const what = affected.map(({ functionName }) => functionName).join(", ");
      tell({ event: "reloaded", what, ms: Date.now() - startedAt });
    }
    this.whenIdle();
  }

  private async replace(bundle: DeployedBundle, { code, sourceMap, sources }: Rebuilt): Promise<undefined> {
    const lambda = await this.options.runner.functions();
    lambda.redeploy(bundle.functionArn, code, sourceMap);
    this.broken.delete(bundle.functionArn);
    this.bundles = this.bundles.map((other) =>
      other.functionArn === bundle.functionArn ? { ...other, sources } : other,
    );
    return undefined;
  }

  /** Anything else: all is synthesized again, as often as something changes meanwhile. */
  private async synthesize(files: readonly string[]): Promise<void> {
    this.again = true;
    if (this.synthesizing) return;
    const { synthesis, runner, outdir, tell, root } = this.options;
    const run = async (): Promise<void> => {
      while (this.again) {
        this.again = false;
        const startedAt = Date.now();
        try {
          const builds = await synthesis.run();
          if (this.again) continue;
          await runner.deploy(outdir);
          this.learn(builds);
          const what = files.map((file) => file.slice(root.length + 1)).join(", ");
          tell({ event: "reloaded", what, ms: Date.now() - startedAt });
        } catch (error) {
          if (!this.again) tell({ event: "problem", message: `${messageOf(error)} (the last good version goes on)` });
        }
      }
    };
    this.synthesizing = run();
    await this.synthesizing;
    this.synthesizing = undefined;
    this.whenIdle();
  }
}
