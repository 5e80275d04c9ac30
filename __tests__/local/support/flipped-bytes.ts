import { readFileSync, writeFileSync } from "node:fs";

/** Changes of a byte: each of its bits flipped, and characters with a meaning in a log. */
const changesOf = (byte: number): readonly number[] =>
  [
    ...Array.from({ length: 8 }, (_, bit) => byte ^ (1 << bit)),
    ...'\n\t\0"{}]'.split("").map((sign) => sign.charCodeAt(0)),
  ].filter((change) => change !== byte);

export interface Reading {
  readonly path: string;
  readonly read: (path: string) => void;
  /** Whether each byte is changed in one way, a different one each time, and not in all. */
  readonly sparse?: boolean;
}

/**
 * Reads a log with each of its bytes changed in turn. Whatever is changed, the reading must say in which line, and what to
 * do; and that must help.
 *
 * @returns which changes were not noticed, or could not be mended as was said
 */
export function unnoticedChanges({ path, read, sparse = false }: Reading): readonly string[] {
  const whole = readFileSync(path);
  const unnoticed: string[] = [];
  for (const [at, byte] of whole.entries()) {
    const all = changesOf(byte);
    for (const change of sparse ? all.slice(at % all.length).slice(0, 1) : all) {
      const changed = Buffer.from(whole);
      changed[at] = change;
      writeFileSync(path, changed);
      const steps = mendings(path, read);
      // A line that was cut in two has two halves, and a table whose own line is gone goes with all of its others.
      if (steps === 0 || steps > 3) unnoticed.push(`byte ${at} from ${byte} to ${change}: ${steps}`);
    }
  }
  writeFileSync(path, whole);
  return unnoticed;
}

/** How often what is said had to be done until the log could be read. */
function mendings(path: string, read: (path: string) => void): number {
  for (let steps = 0; ; steps += 1) {
    try {
      read(path);
      return steps;
    } catch (error) {
      mend(path, (error as Error).message);
    }
  }
}

/** Does what the `sed` would. */
function mend(path: string, message: string): void {
  const [, file, number, script, sameFile] =
    /^(.*): line (\d+) is damaged \(.+\); delete .*? \(sed -i\.damaged '?(\d+d|\/.*\/d)'? '(.*)'\)/s.exec(message) ??
    [];
  if (file !== path || sameFile !== path || script === undefined) throw new Error(message);
  const lines = readFileSync(path, "latin1").split(/(?<=\n)/);
  const goes = (line: string, index: number): boolean =>
    script.startsWith("/") ? new RegExp(script.slice(1, -2)).test(line) : index === Number(number) - 1;
  const left = lines.filter((line, index) => !goes(line, index));
  if (left.length === lines.length) throw new Error(message);
  writeFileSync(path, left.join(""), "latin1");
}
