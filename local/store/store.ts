import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Secrets } from "../lib/secrets";
import { CountLog } from "./count-log";
import { JsonFile } from "./json-file";
import { takeLock } from "./lock";

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
  readonly counts: CountLog;
  private readonly unlock: () => void;

  /** @throws UserError when another process uses the folder, or something in it is damaged */
  constructor(
    private readonly folder: string,
    { fresh }: { readonly fresh: boolean },
  ) {
    mkdirSync(folder, { recursive: true });
    this.unlock = takeLock(join(folder, "lock"));
    if (fresh) for (const name of ["services", "events.log", "secrets.json", "quotas.log"]) this.forget(name);
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
    this.counts = new CountLog(this.path("quotas.log"));
  }

  /** A folder below it. */
  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  close(): void {
    this.counts.close();
    this.unlock();
  }

  private forget(name: string): void {
    rmSync(join(this.folder, name), { recursive: true, force: true });
  }
}
