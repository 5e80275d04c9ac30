import type { Mutation } from "./mutations";
import type { TestRun, Worktree } from "./worktree";

export interface Mutant extends Mutation {
  readonly file: string;
}

const verdicts = ["killed", "survived", "does not compile", "too long"] as const;

type Verdict = (typeof verdicts)[number];

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
      const verdict = this.verdictOn(mutant);
      console.log(`${verdict}: ${mutant.file}:${mutant.line} ${shown(mutant.before)} → ${shown(mutant.after)}`);
      return verdict;
    });
    const counts = verdicts.map((verdict) => found.filter((one) => one === verdict).length);
    const [killed = 0, survived = 0] = counts;
    const rate = killed + survived === 0 ? 100 : Math.round((killed / (killed + survived)) * 100);
    console.log(`${verdicts.map((verdict, at) => `${counts[at]} ${verdict}`).join(", ")}: ${rate} % killed`);
    return survived > 0 ? 1 : 0;
  }

  private verdictOn({ file, text }: Mutant): Verdict {
    const before = this.worktree.read(file);
    this.worktree.write(file, text);
    try {
      if (!this.worktree.compiles()) return "does not compile";
      for (const tests of this.testsOf(file)) {
        const verdict = this.verdictBy(tests, file, before, text);
        if (verdict !== "survived") return verdict;
      }
      return "survived";
    } finally {
      this.worktree.write(file, before);
    }
  }

  /** A test that fails without a change, too, notices none. */
  private verdictBy(tests: readonly string[], file: string, before: string, after: string): Verdict {
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
