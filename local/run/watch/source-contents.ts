import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Digest of a file; undefined when there is none, or none that can be read. */
function fingerprint(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch {
    return undefined;
  }
}

/** Digests of the files of the last build, so that a save that changes nothing builds nothing. */
export class SourceContents {
  private readonly built = new Map<string, string | undefined>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.built.set(path, fingerprint(path));
  }

  /** Those of the files that are not what they were; from now on they count as built. */
  changed(paths: Iterable<string>): readonly string[] {
    return [...paths].filter((path) => {
      const now = fingerprint(path);
      const same = this.built.has(path) ? this.built.get(path) === now : now === undefined;
      this.built.set(path, now);
      return !same;
    });
  }

  /** Whatever is in them, these count as changed: a build may have read them half-way. */
  forget(paths: Iterable<string>): void {
    for (const path of paths) this.built.set(path, "");
  }
}
