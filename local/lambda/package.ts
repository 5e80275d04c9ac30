import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { unzipSync } from "fflate";
import { UserError } from "../../lib/user-error";
import { StorageError } from "../store/storage-error";

function write(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  try {
    writeAll(folder, files);
  } catch (error) {
    throw error instanceof UserError ? error : new StorageError(folder, "written", error);
  }
}

function writeAll(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  const building = `${folder}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  for (const [name, contents] of Object.entries(files)) {
    if (name.endsWith("/")) continue;
    const file = join(building, name);
    if (!file.startsWith(`${building}${sep}`)) throw new UserError(`${name} leads out of the package`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  try {
    renameSync(building, folder);
  } catch (error) {
    // Another process was faster with the same bytes.
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

const nameOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 24);

/** Code as a folder that is named by its contents, and made again should somebody delete it while it is in use. */
export type CodeFolder = () => string;

function codeFolder(folder: string, files: () => Readonly<Record<string, Uint8Array>>): CodeFolder {
  const present = (): string => {
    if (!existsSync(folder)) write(folder, files());
    return folder;
  };
  present();
  return present;
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new StorageError(path, "read", error);
  }
}

/** Unpacks a deployment package. */
export function unpack(zipPath: string, below: string): CodeFolder {
  const name = nameOf(readFileSync(zipPath));
  return codeFolder(join(below, name), () => {
    const zip = read(zipPath);
    if (nameOf(zip) === name) return unzipSync(zip);
    throw new UserError(`${zipPath} has changed since it was deployed; start again`);
  });
}

/** Code that was built a moment ago. */
export interface BuiltCode {
  /** By their paths. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The function's own, without its suffix: `index`. */
  readonly module: string;
  /** The source map of one of them, by its URL, as JSON. */
  readonly sourceMap: (url: string) => string | undefined;
}

/** Puts files where `unpack` would have. */
export const place = (files: BuiltCode["files"], below: string): CodeFolder =>
  codeFolder(join(below, nameOf(Buffer.concat(Object.values(files)))), () => files);

/** The module and the export that a handler setting names: `index.handler` is `handler` of `index.mjs`. */
export function handlerOf(handler: string, folder: string): { file: string; exportName: string } {
  const dot = handler.lastIndexOf(".");
  const [module, exportName] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = [".mjs", ".js", ".cjs"].map((suffix) => join(folder, `${module}${suffix}`)).find(existsSync);
  if (dot < 1 || !file) throw new UserError(`handler ${handler}: the package has no such module`);
  return { file, exportName };
}
