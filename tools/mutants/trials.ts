import type { Mutation } from "./mutations";
import type { TestRun, Worktree } from "./worktree";

export interface Mutant extends Mutation {
  readonly file: string;
}

const statuses = ["killed", "survived", "does not compile", "too long"] as const;

type MutantStatus = (typeof statuses)[number];

const LONGEST_SHOWN = 80;

const shown = (text: string): string => text.replace(/\s+/g, " ").slice(0, LONGEST_SHOWN) || "nothing";

/** Tries mutants one after the other, and prints what became of each. */
export class Trials {
  private readonly tests = new Map<string, readonly (readonly string[])[]>();
  /** Test files that pass as long as nothing is changed, and those that do not. */
  private readonly passes = new Map<string, boolean>();

  constructor(private readonly worktree: Worktree) {}

  /** @returns the exit code */
  run(mutants: readonly Mutant[]): number {
    const found = mutants.map((mutant) => {
      const status = this.statusOf(mutant);
      console.log(`${status}: ${mutant.file}:${mutant.line} ${shown(mutant.before)} → ${shown(mutant.after)}`);
      return status;
    });
    const counts = statuses.map((status) => found.filter((one) => one === status).length);
    const [killed = 0, survived = 0] = counts;
    const rate = killed + survived === 0 ? 100 : Math.round((killed / (killed + survived)) * 100);
    console.log(`${statuses.map((status, at) => `${counts[at]} ${status}`).join(", ")}: ${rate} % killed`);
    return survived > 0 ? 1 : 0;
  }

  private statusOf({ file, text }: Mutant): MutantStatus {
    const before = this.worktree.read(file);
    this.worktree.write(file, text);
    try {
      if (!this.worktree.compiles()) return "does not compile";
      for (const tests of this.testsOf(file)) {
        const status = this.statusBy(tests, file, before, text);
        if (status !== "survived") return status;
      }
      return "survived";
    } finally {
      this.worktree.write(file, before);
    }
  }

  /** A test that fails without a change, too, notices none. */
  private statusBy(tests: readonly string[], file: string, before: string, after: string): MutantStatus {
    for (let left = this.passing(tests); left.length > 0; left = this.passing(left)) {
      const run = this.worktree.test(left);
      if (run === "too long") return run;
      if (run.failed.length === 0) return "survived";
      this.worktree.write(file, before);
      const isKilled = run.failed.some((test) => this.passesUnchanged(test));
      this.worktree.write(file, after);
      if (isKilled) return "killed";
    }
    return "survived";
  }

  private passing(tests: readonly string[]): readonly string[] {
    return tests.filter((test) => this.passes.get(test) !== false);
  }

  private passesUnchanged(test: string): boolean {
    const known = this.passes.get(test) ?? succeeded(this.worktree.test([test]));
    this.passes.set(test, known);
    return known;
  }

  private testsOf(file: string): readonly (readonly string[])[] {
    const tests = this.tests.get(file) ?? this.worktree.testsOf(file);
    this.tests.set(file, tests);
    return tests;
  }
}

const succeeded = (run: TestRun): boolean => run !== "too long" && run.failed.length === 0;
