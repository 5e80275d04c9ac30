import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { randomText } from "../lib/random";
import { StorageError } from "../store/storage-error";
import type { FileSettings } from "./environment/files/places";

/** Folders that every execution environment has, those of other parts of its tree as their places. */
const folders = ["dev", "etc", "home", "opt", "proc", "tmp", "usr", "var/lang", "var/runtime", "var/task"];

const files: Readonly<Record<string, string>> = {
  "etc/os-release": 'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\n',
  "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nsbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n",
};

const MEGABYTE = 1024 * 1024;

/** The files of all execution environments: one root, and a `/tmp` of its own for each. */
export class EnvironmentFiles {
  private readonly folder: string;
  private readonly root: string;

  /**
   * @param folder in which they lie
   * @param packages folders of the packages that Lambda's runtime brings along
   */
  constructor(
    folder: string,
    private readonly packages: readonly string[] = [],
  ) {
    try {
      for (const name of folders) mkdirSync(join(folder, "root", name), { recursive: true });
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "root", name), text);
      this.folder = realpathSync(folder);
      this.root = join(this.folder, "root");
    } catch (error) {
      throw new StorageError(folder, "written", error);
    }
  }

  /** Those of an environment that begins. @param task - its unpacked package */
  of(task: string, tmpMb: number): FileSettings {
    const tmp = join(this.folder, "tmp", randomText(8, "hex"));
    try {
      mkdirSync(tmp, { recursive: true });
    } catch (error) {
      throw new StorageError(tmp, "written", error);
    }
    return { task: realpathSync(task), tmp, root: this.root, packages: this.packages, tmpBytes: tmpMb * MEGABYTE };
  }
}

/** Removes what an environment that has ended leaves. */
export const removeFiles = ({ tmp }: FileSettings): Promise<void> => rm(tmp, { recursive: true, force: true });
