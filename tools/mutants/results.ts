import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";

export const statuses = ["killed", "survived", "does not compile", "too long"] as const;

export type MutantStatus = (typeof statuses)[number];

/** What became of a mutant. */
export interface MutantResult {
  readonly status: MutantStatus;
  /** The test file that noticed it. */
  readonly test?: string | undefined;
}

interface Line extends MutantResult {
  /** Of the changed source, so that a result is one of this source only. */
  readonly key: string;
  /** For people. */
  readonly change: string;
}

const keyOf = ({ file, text }: { readonly file: string; readonly text: string }): string =>
  createHash("sha256").update(`${file}\n${text}`).digest("hex").slice(0, 16);

/** Results of runs, one a line in a file, if there is to be one: a run goes on where another one ended. */
export class Results {
  private readonly known = new Map<string, MutantResult>();

  constructor(private readonly path: string | undefined) {
    if (path === undefined || !existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n").filter(Boolean)) {
      const { key, ...result } = JSON.parse(line) as Line;
      this.known.set(key, result);
    }
  }

  /** The result of an earlier run; none of a mutant that survived, for which there may be a test meanwhile. */
  of(mutant: { readonly file: string; readonly text: string }): MutantResult | undefined {
    const result = this.known.get(keyOf(mutant));
    return result?.status === "survived" ? undefined : result;
  }

  add(mutant: { readonly file: string; readonly text: string }, change: string, result: MutantResult): void {
    const line: Line = { key: keyOf(mutant), change, ...result };
    if (this.path !== undefined) appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}
