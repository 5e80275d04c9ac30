import type { Mutation } from "./mutations";
import type { NearestTests } from "./nearest-tests";
import { type MutantResult, type Results, statuses } from "./results";
import type { Worktree } from "./worktree";

export interface Mutant extends Mutation {
  readonly file: string;
}

const LONGEST_SHOWN = 80;
/** Number of test files that run first: they notice most changes. */
const FIRST = 3;
/** Limit of tests' time as a multiple of that without a change: the machine may have become busy meanwhile. */
const FACTOR = 8;
const STARTUP_MS = 60_000;

const shown = (text: string): string => text.replace(/\s+/g, " ").slice(0, LONGEST_SHOWN) || "nothing";

/** Tries mutants one after the other, and prints what became of each. */
export class Trials {
  /** Time of test files without a change, in milliseconds; undefined for those that fail even so. */
  private readonly unchanged = new Map<string, number | undefined>();

  /** How many mutants each test file has noticed. */
  private readonly kills = new Map<string, number>();

  /** @param most how many test files run for a mutant */
  constructor(
    private readonly worktree: Worktree,
    private readonly tests: NearestTests,
    private readonly most: number,
    private readonly results: Results,
  ) {}

  /** @returns the exit code */
  run(mutants: readonly Mutant[]): number {
    const invalid = this.invalid(mutants.filter((mutant) => !this.results.of(mutant)));
    const found = mutants.map((mutant) => {
      const change = `${mutant.file}:${mutant.line} ${shown(mutant.before)} → ${shown(mutant.after)}`;
      const known = this.results.of(mutant);
      const result = known ?? (invalid.has(mutant) ? { status: "does not compile" as const } : this.resultOf(mutant));
      if (!known) this.results.add(mutant, change, result);
      console.log(`${result.status}: ${change}${result.test === undefined ? "" : ` (${result.test})`}`);
      return result.status;
    });
    const counts = statuses.map((status) => found.filter((one) => one === status).length);
    const [killed = 0, survived = 0, , tooLong = 0] = counts;
    const noticed = killed + tooLong;
    const rate = noticed + survived === 0 ? 100 : Math.round((noticed / (noticed + survived)) * 100);
    console.log(`${statuses.map((status, at) => `${counts[at]} ${status}`).join(", ")}: ${rate} % noticed`);
    return survived > 0 ? 1 : 0;
  }

  /** Those that the compiler does not take, found at once: each stands beside its original for that. */
  private invalid(mutants: readonly Mutant[]): ReadonlySet<Mutant> {
    const files = new Map(mutants.map((mutant, at) => [mutant.file.replace(/ts$/, `mutant-${at}.ts`), mutant]));
    for (const [file, { text }] of files) this.worktree.write(file, text);
    const refused = this.worktree.compile();
    for (const file of files.keys()) this.worktree.delete(file);
    return new Set([...files].filter(([file]) => refused.has(file)).map(([, mutant]) => mutant));
  }

  private resultOf({ file, text }: Mutant): MutantResult {
    const tests = this.tests.of(file).slice(0, this.most);
    const killsOf = (test: string) => this.kills.get(test) ?? 0;
    const further = tests.slice(FIRST).sort((one, other) => killsOf(other) - killsOf(one));
    for (const some of [tests.slice(0, FIRST), further]) {
      const passing = this.passing(some);
      if (passing.length === 0) continue;
      const limitMs = STARTUP_MS + FACTOR * passing.reduce((sum, test) => sum + (this.unchanged.get(test) ?? 0), 0);
      const run = this.changed(file, text, () => this.worktree.test(passing, limitMs));
      if (run === "too long") return { status: "too long" };
      const [test] = run.failed;
      if (test === undefined) continue;
      this.kills.set(test, killsOf(test) + 1);
      return { status: "killed", test };
    }
    // A change of a type may be an error only where it is used.
    const refused = this.changed(file, text, () => this.worktree.compile());
    return { status: refused.size > 0 ? "does not compile" : "survived" };
  }

  private changed<Result>(file: string, text: string, action: () => Result): Result {
    const before = this.worktree.read(file);
    this.worktree.write(file, text);
    try {
      return action();
    } finally {
      this.worktree.write(file, before);
    }
  }

  /** A test that fails without a change, too, notices none. */
  private passing(tests: readonly string[]): readonly string[] {
    for (let left = tests.filter((test) => !this.unchanged.has(test)); left.length > 0; ) {
      const run = this.worktree.test(left);
      if (run === "too long") throw new Error("tests without a limit came to it");
      for (const [test, ms] of run.ms) this.unchanged.set(test, ms);
      for (const test of run.failed) this.unchanged.set(test, undefined);
      left = left.filter((test) => !this.unchanged.has(test));
    }
    return tests.filter((test) => this.unchanged.get(test) !== undefined);
  }
}
