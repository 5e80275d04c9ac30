import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Secrets } from "../graph/variables";
import { JsonFile } from "./json-file";
import { takeLock } from "./lock";

/** What a gateway's quotas are counted in. */
export interface Counts {
  get(key: string): number | undefined;
  set(key: string, count: number): void;
}

/** Counts are written so often: a busy disk holds up every request while it renames a file. AWS's are no exacter. */
const COUNTS_MS = 3000;

/** Letters and digits. 62 does not divide 256, so bytes above the last multiple are thrown away. */
function randomText(length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += alphabet[byte % 62];
  }
  return text;
}

/** What is kept from one start to the next, in a folder that one process at a time may use. */
export class Store {
  readonly secrets: Secrets;
  readonly counts: Counts;
  private readonly unlock: () => void;
  private readonly countFile: JsonFile<number>;
  private unwritten: NodeJS.Timeout | undefined;

  /** @throws UserError when another process uses the folder, or something in it is damaged */
  constructor(
    private readonly folder: string,
    { fresh }: { readonly fresh: boolean },
  ) {
    mkdirSync(folder, { recursive: true });
    this.unlock = takeLock(join(folder, "lock"));
    if (fresh) for (const name of ["services", "secrets.json", "quotas.json"]) this.forget(name);
    // Unpacked code is made again from the packages; what edits have left goes.
    this.forget("functions");
    const kept = new JsonFile<string>(join(folder, "secrets.json"));
    this.secrets = {
      of: (name, length) => {
        const known = kept.get(name);
        if (known !== undefined) return known;
        const made = randomText(length);
        kept.set(name, made);
        kept.write();
        return made;
      },
    };
    this.countFile = new JsonFile<number>(join(folder, "quotas.json"));
    this.counts = {
      get: (key) => this.countFile.get(key),
      set: (key, count) => {
        this.countFile.set(key, count);
        this.unwritten ??= setTimeout(() => this.writeCounts(), COUNTS_MS).unref();
      },
    };
  }

  /** A folder below it. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  close(): void {
    if (this.unwritten) this.writeCounts();
    this.unlock();
  }

  private writeCounts(): void {
    clearTimeout(this.unwritten);
    this.unwritten = undefined;
    if (existsSync(this.folder)) this.countFile.write();
  }

  private forget(name: string): void {
    rmSync(join(this.folder, name), { recursive: true, force: true });
  }
}
