import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { UserError } from "../../lib/user-error";

/** Results of test files, with the milliseconds that each took, or that they came to the limit. */
export type TestRun = { readonly failed: readonly string[]; readonly ms: ReadonlyMap<string, number> } | "too long";

interface TestFileResult {
  readonly path: string;
  readonly failed: boolean;
  readonly ms: number;
}

const isTimeout = (error: NodeJS.ErrnoException | undefined): boolean => error?.code === "ETIMEDOUT";

/** The last commit, in a folder of its own, with the dependencies that are installed here. */
export class Worktree {
  readonly folder = join(mkdtempSync(join(tmpdir(), "terrace-mutants-")), "tree");

  constructor() {
    this.git("worktree", "add", "--quiet", "--detach", this.folder, "HEAD");
    symlinkSync(resolve("node_modules"), join(this.folder, "node_modules"));
  }

  /** The TypeScript sources, tests among them, below folders, or these files. */
  sources(...places: readonly string[]): string[] {
    const files = this.git("-C", this.folder, "ls-files", "--", ...places).split("\n");
    return files.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file)).sort();
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  delete(file: string): void {
    rmSync(join(this.folder, file));
  }

  /** The files in which the compiler finds errors. */
  compile(): ReadonlySet<string> {
    const { stdout, status } = this.run("tsc", undefined, "--noEmit", "--pretty", "false", "--incremental");
    const files = [...stdout.matchAll(/^(\S[^\n(]*)\(\d+,\d+\): error/gm)].map((match) => match[1] ?? "");
    if (status !== 0 && files.length === 0) throw new UserError(`tsc failed: ${stdout}`);
    return new Set(files);
  }

  /** Runs test files in this order until one fails. */
  test(files: readonly string[], limitMs?: number): TestRun {
    const report = join(this.folder, "../report");
    writeFileSync(report, "");
    const tools = join(this.folder, "tools/mutants");
    const parts = ["--testSequencer", join(tools, "in-order.js"), "--reporters", join(tools, "reporter.js")];
    const options = ["--ci", "--runInBand", "--bail", "--silent", ...parts];
    const run = this.run("jest", limitMs, ...options, "--runTestsByPath", ...files);
    if (run.error) return "too long";
    const lines = readFileSync(report, "utf8").split("\n").filter(Boolean);
    const results = lines.map((line) => JSON.parse(line) as TestFileResult);
    const ms = new Map(results.map((result) => [relative(this.folder, result.path), result.ms]));
    const failed = results.filter((result) => result.failed).map(({ path }) => relative(this.folder, path));
    // One that ends the process has no result.
    const ended = run.status === 0 || failed.length > 0 ? [] : files.filter((file) => !ms.has(file)).slice(0, 1);
    return { failed: [...failed, ...ended], ms };
  }

  remove(): void {
    this.git("worktree", "remove", "--force", this.folder);
    rmSync(join(this.folder, ".."), { recursive: true, force: true });
  }

  private run(tool: string, limitMs: number | undefined, ...args: readonly string[]) {
    const result = spawnSync(join(this.folder, "node_modules/.bin", tool), args, {
      cwd: this.folder,
      encoding: "utf8",
      ...(limitMs === undefined ? {} : { timeout: limitMs }),
      killSignal: "SIGKILL",
      maxBuffer: 1 << 26,
    });
    // Dependencies that are gone, installed anew meanwhile, say, prove nothing.
    if (result.status === null && !isTimeout(result.error))
      throw new UserError(`${tool} can't be run: ${result.error?.message}`);
    return result;
  }

  private git(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync("git", args, { encoding: "utf8" });
    if (status !== 0) throw new UserError(`git ${args.join(" ")} failed: ${stderr.trim()}`);
    return stdout;
  }
}
