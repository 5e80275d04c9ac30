import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../lib/user-error";
import { systemClock } from "../lib/clock";
import { randomAlphanumeric } from "../lib/random";
import type { Secrets } from "../lib/secrets";
import { CountLog } from "./count-log";
import { JsonFile } from "./json-file";
import { takeLock } from "./lock";
import { makeOutside, removeOutside } from "./outside-folder";
import { StorageError } from "./storage-error";

/** Whether there is anything by that name, a link that leads nowhere included. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** The files that `--fresh` discards. */
const kept = [
  ...["services", "events.log", "streams.log", "schedules.log", "schedule-invocations.log"],
  ...["secrets.json", "quotas.log", "signing-keys.json"],
];

/** Folder of discarded data until the start has succeeded. */
const ASIDE = "forgotten";

/** The other files in the folder; of locks the beginnings of their names. */
const others = ["functions", "cdktf.out", ASIDE, "lock"];

/** Whether a folder is for the runner: what lies in one of somebody else's could be taken for what is kept. */
function isOwn(folder: string): boolean {
  const names = readdirSync(folder);
  const isKnown = (name: string): boolean => [...kept, ...others].some((known) => name.startsWith(known));
  return names.includes("secrets.json") || names.every(isKnown);
}

export interface StoreOptions {
  /** Whether what was kept is forgotten. */
  readonly fresh: boolean;
  /** Reports what can't be kept any more, for example because the disk is full. */
  readonly problem: (message: string) => void;
}

/**
 * The data kept between starts, in a folder that one process at a time may use. Data to discard is set aside, and
 * deleted once the start has succeeded: one that is refused, or killed, discards nothing.
 */
export class Store {
  readonly secrets: Secrets;
  readonly counts: CountLog;
  /** Where functions are unpacked, as long as this is open. */
  readonly functions: string;
  private readonly unlock: () => void;

  /** @throws UserError when another process uses the folder, or something in it is damaged or can't be used */
  constructor(
    private readonly folder: string,
    { fresh, problem }: StoreOptions,
  ) {
    this.unlock = this.take();
    try {
      this.putBack();
      if (fresh) this.setAside();
      // Unpacked code is made again from the packages; what edits have left goes.
      removeOutside(this.path("functions"));
      this.functions = makeOutside(this.path("functions"));
      this.secrets = this.readSecrets();
      this.counts = new CountLog(this.path("quotas.log"), { clock: systemClock, problem });
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** Forgets for good what was set aside. */
  forget(): void {
    this.remove(ASIDE);
  }

  /** A folder below it. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Restores what was set aside and not discarded. */
  close(): void {
    this.counts.close();
    this.release();
  }

  private release(): void {
    try {
      this.putBack();
      removeOutside(this.path("functions"));
    } finally {
      this.unlock();
    }
  }

  private take(): () => void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      if (!isOwn(this.folder)) {
        throw new UserError(`${this.folder} contains something else; give --data a folder of its own`);
      }
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

  private setAside(): void {
    mkdirSync(this.path(ASIDE), { mode: 0o700 });
    for (const name of kept) if (isThere(this.path(name))) this.move(this.path(name), this.path(ASIDE, name));
  }

  /** Puts it in place of what the refused start has made, one after the other: whoever is killed goes on the next time. */
  private putBack(): void {
    if (!isThere(this.path(ASIDE))) return;
    for (const name of kept) {
      if (!isThere(this.path(ASIDE, name))) continue;
      this.remove(name);
      this.move(this.path(ASIDE, name), this.path(name));
    }
    this.remove(ASIDE);
  }

  private move(from: string, to: string): void {
    try {
      renameSync(from, to);
    } catch (error) {
      throw new StorageError(from, "written", error);
    }
  }

  private remove(name: string): void {
    try {
      rmSync(this.path(name), { recursive: true, force: true });
    } catch (error) {
      throw new StorageError(this.path(name), "written", error);
    }
  }
}
