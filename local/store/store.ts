import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { randomAlphanumeric } from "../lib/random";
import type { Secrets } from "../lib/secrets";
import { UserError } from "../lib/user-error";
import { CountLog } from "./count-log";
import { JsonFile } from "./json-file";
import { takeLock } from "./lock";
import { StorageError } from "./storage-error";

/** What `--fresh` forgets. */
const kept = ["services", "events.log", "secrets.json", "quotas.log"];

export interface StoreOptions {
  /** Whether what was kept is forgotten. */
  readonly fresh: boolean;
  /** Reports what can't be kept any more, for example because the disk is full. */
  readonly problem: (message: string) => void;
}

/** What is kept from one start to the next, in a folder that one process at a time may use. */
export class Store {
  readonly secrets: Secrets;
  readonly counts: CountLog;
  private readonly unlock: () => void;

  /** @throws UserError when another process uses the folder, or something in it is damaged or can't be used */
  constructor(
    private readonly folder: string,
    { fresh, problem }: StoreOptions,
  ) {
    this.unlock = this.take();
    try {
      if (fresh) for (const name of kept) this.forget(name);
      // Unpacked code is made again from the packages; what edits have left goes.
      this.forget("functions");
      this.secrets = this.readSecrets();
      this.counts = new CountLog(this.path("quotas.log"), problem);
    } catch (error) {
      this.unlock();
      throw error;
    }
  }

  /** A folder below it. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  close(): void {
    this.counts.close();
    this.unlock();
  }

  private take(): () => void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      return takeLock(join(this.folder, "lock"));
    } catch (error) {
      throw error instanceof UserError ? error : new StorageError(this.folder, "written", error);
    }
  }

  private readSecrets(): Secrets {
    const loss = "makes up new API keys and passwords at the next start";
    const file = new JsonFile(this.path("secrets.json"), loss);
    return {
      of: (name, length) => {
        const known = file.get(name);
        if (known !== undefined) return known;
        const made = randomAlphanumeric(length);
        file.set(name, made);
        return made;
      },
    };
  }

  private forget(name: string): void {
    try {
      rmSync(this.path(name), { recursive: true, force: true });
    } catch (error) {
      throw new StorageError(this.path(name), "written", error);
    }
  }
}
