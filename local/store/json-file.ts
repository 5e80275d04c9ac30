import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { UserError } from "../lib/user-error";

/** A map from text to values that is kept in a file, which only its owner can read. */
export class JsonFile<T> {
  private readonly values: Record<string, T>;

  /** @throws UserError when the file is damaged */
  constructor(private readonly path: string) {
    try {
      this.values = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, T>) : {};
    } catch {
      throw new UserError(`${path} is damaged; --fresh starts without stored data`);
    }
  }

  get(key: string): T | undefined {
    return this.values[key];
  }

  set(key: string, value: T): void {
    this.values[key] = value;
  }

  /** Puts all of it on disk at one stroke. */
  write(): void {
    const next = `${this.path}.next`;
    writeFileSync(next, `${JSON.stringify(this.values, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.path);
  }
}
