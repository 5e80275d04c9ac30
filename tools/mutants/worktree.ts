import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { UserError } from "../../lib/user-error";
import { sourceFolders } from "../../local/run/watch/source-folders";

/** How tests ended: with the files of those that failed, or at the limit. */
export type TestRun = { readonly failed: readonly string[] } | "too long";

interface Report {
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

const isTimeout = (error: NodeJS.ErrnoException | undefined): boolean => error?.code === "ETIMEDOUT";

/** How many folders the path of a test has in common with a source's. */
function inCommon(test: string, source: string): number {
  const [folders, parts] = [test.split("/").slice(1), source.split("/")];
  const at = folders.findIndex((folder, index) => folder !== parts[index]);
  return at < 0 ? folders.length : at;
}

/** The last commit, in a folder of its own, with the dependencies that are installed here. */
export class Worktree {
  readonly folder = join(mkdtempSync(join(tmpdir(), "terrace-mutants-")), "tree");

  /** @param mostOthers how many test files run for a file besides those of its folder */
  constructor(
    private readonly limitMs: number,
    private readonly mostOthers: number,
  ) {
    this.git("worktree", "add", "--quiet", "--detach", this.folder, "HEAD");
    symlinkSync(resolve("node_modules"), join(this.folder, "node_modules"));
  }

  /** The TypeScript sources below folders, or these files. */
  sources(places: readonly string[]): string[] {
    const files = this.git("-C", this.folder, "ls-files", "--", ...places).split("\n");
    return files
      .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file) && !file.startsWith("__tests__/"))
      .sort();
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** Whether the compiler takes it. */
  compiles(): boolean {
    return this.run("tsc", "--noEmit").status === 0;
  }

  /**
   * The tests of a file, the nearest first: those of its folder, then those that import it, and of what a synth reads
   * also those of stacks, which synthesize in a process of their own.
   */
  testsOf(file: string): readonly (readonly string[])[] {
    const near = this.listed("--listTests", "--testPathPatterns", `/__tests__/${this.testFolder(file)}`);
    const related = this.listed("--listTests", "--findRelatedTests", file);
    const isSynthesized = sourceFolders.some((folder) => file.startsWith(`${folder}/`));
    const stacks = isSynthesized
      ? this.listed("--listTests", "--testPathPatterns", "/__tests__/(constructs|stacks)/")
      : [];
    // Handlers are tried as bundles, which no test imports.
    const bundled = file.startsWith("handlers/")
      ? this.listed("--listTests", "--testPathPatterns", "/__tests__/handlers/")
      : [];
    const others = [...new Set([...bundled, ...related, ...stacks])].filter((test) => !near.includes(test));
    others.sort((one, other) => inCommon(other, file) - inCommon(one, file));
    return [near, others.slice(0, this.mostOthers)].filter((tests) => tests.length > 0);
  }

  /** Runs test files until one fails. */
  test(files: readonly string[]): TestRun {
    const report = join(this.folder, "..", "report.json");
    rmSync(report, { force: true });
    const { error } = this.run(
      "jest",
      "--ci",
      "--bail",
      "--silent",
      "--json",
      "--outputFile",
      report,
      "--runTestsByPath",
      ...files,
    );
    if (error) return "too long";
    if (!existsSync(report)) return { failed: files };
    const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
    return {
      failed: testResults.filter(({ status }) => status === "failed").map(({ name }) => relative(this.folder, name)),
    };
  }

  remove(): void {
    this.git("worktree", "remove", "--force", this.folder);
  }

  /** The deepest folder of tests that goes by the name of the file's own. */
  private testFolder(file: string): string {
    const parts = file.split("/").slice(0, -1);
    while (parts.length > 1 && !existsSync(join(this.folder, "__tests__", ...parts))) parts.pop();
    return parts.join("/");
  }

  private listed(...args: readonly string[]): string[] {
    const { stdout } = this.run("jest", ...args);
    const tests = stdout.split("\n").filter((line) => line.endsWith(".test.ts"));
    return tests.map((test) => relative(this.folder, test)).sort();
  }

  private run(tool: string, ...args: readonly string[]) {
    const result = spawnSync(join(this.folder, "node_modules/.bin", tool), args, {
      cwd: this.folder,
      encoding: "utf8",
      timeout: this.limitMs,
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
