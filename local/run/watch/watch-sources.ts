import { join, sep } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import { problemsOf } from "../../../compile";
import type { Lambda } from "../../lambda/lambda";
import type { Tell } from "../events";
import type { Runner } from "../runner";
import type { Synthesis } from "../synthesis";
import { type Build, type DeployedBundle, deployedBundles, readBuild } from "./deployed-bundles";
import { FolderWatcher } from "./folder-watcher";
import { rebuild } from "./rebuild";

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
  private build: Build;
  private bundles: readonly DeployedBundle[];
  private readonly broken = new Set<string>();
  private readonly watcher: FolderWatcher;
  private rebuilding: Promise<void> = Promise.resolve();
  private synthesizing: Promise<void> | undefined;
  private again = false;
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: WatchOptions) {
    const { root } = options;
    [this.build, this.bundles] = this.learn();
    this.watcher = new FolderWatcher((files) => this.changed(files));
    for (const folder of ["handlers", "contracts", "stacks", "constructs", "aws", "environments"]) {
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

  private learn(): [Build, readonly DeployedBundle[]] {
    const { outdir, runner } = this.options;
    const build = readBuild(outdir);
    const functions = runner.systems.flatMap((system) => system.functions);
    return [build, deployedBundles(this.options, build, functions)];
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

  /** Handlers alone: their functions are built again, together, and calls of them wait that long. */
  private async rebuildThoseWith(files: readonly string[]): Promise<void> {
    const { runner, tell } = this.options;
    const startedAt = Date.now();
    const lambda = await runner.functions();
    const affected = this.bundles.filter(
      ({ sources, functionArn }) => this.broken.has(functionArn) || files.some((file) => sources.has(file)),
    );
    // In no bundle that is known: only a synthesis can tell what it changes.
    if (affected.length === 0) return this.synthesize(files);
    // One after the other: of two builds under way, the one that began with older files could end last.
    const replaced = this.rebuilding.then(() => this.replace(affected, lambda));
    this.rebuilding = replaced.catch(() => undefined);
    for (const { functionArn } of affected) lambda.hold(functionArn, replaced);
    try {
      await replaced;
      const what = affected.map(({ functionName }) => functionName).join(", ");
      tell({ event: "reloaded", what, ms: Date.now() - startedAt });
    } catch (error) {
      for (const { functionArn } of affected) this.broken.add(functionArn);
      this.refuse(error);
    }
    this.whenIdle();
  }

  private async replace(bundles: readonly DeployedBundle[], lambda: Lambda): Promise<void> {
    for (const { bundle, code, sourceMap } of await rebuild(bundles, this.build, this.options.root)) {
      const { functionArn } = bundle;
      lambda.redeploy(functionArn, code, sourceMap);
      this.broken.delete(functionArn);
      this.bundles = this.bundles.map((other) => (other.functionArn === functionArn ? bundle : other));
    }
  }

  private refuse(error: unknown): void {
    const message = error instanceof Error ? problemsOf(error) : String(error);
    this.options.tell({ event: "problem", message: `${message} (the last good version goes on)` });
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
          await synthesis.run();
          if (this.again) continue;
          await this.rebuilding;
          await runner.deploy(outdir);
          [this.build, this.bundles] = this.learn();
          this.broken.clear();
          const what = files.map((file) => file.slice(root.length + 1)).join(", ");
          tell({ event: "reloaded", what, ms: Date.now() - startedAt });
        } catch (error) {
          if (!this.again) this.refuse(error);
        }
      }
    };
    this.synthesizing = run();
    await this.synthesizing;
    this.synthesizing = undefined;
    this.whenIdle();
  }
}
