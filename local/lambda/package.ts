import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";

function write(folder: string, files: Readonly<Record<string, Uint8Array>>): void {
  if (existsSync(folder)) return;
  const building = `${folder}.${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  for (const [name, contents] of Object.entries(files)) {
    if (name.endsWith("/")) continue;
    const file = join(building, name);
    if (!file.startsWith(building)) throw new Error(`${name} leads out of the package`);
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

/** Unpacks a deployment package into a folder that is named by its contents. */
export function unpack(zipPath: string, below: string): string {
  const zip = readFileSync(zipPath);
  const folder = join(below, nameOf(zip));
  write(folder, existsSync(folder) ? {} : unzipSync(zip));
  return folder;
}

/** Puts a module where `unpack` would have, for code that was built a moment ago. */
export function place(code: Uint8Array, fileName: string, below: string): string {
  const folder = join(below, nameOf(code));
  write(folder, { [fileName]: code });
  return folder;
}

/** The module and the export that a handler setting names: `index.handler` is `handler` of `index.mjs`. */
export function handlerOf(handler: string, folder: string): { file: string; exportName: string } {
  const dot = handler.lastIndexOf(".");
  const [module, exportName] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = [".mjs", ".js", ".cjs"].map((suffix) => join(folder, `${module}${suffix}`)).find(existsSync);
  if (dot < 1 || !file) throw new Error(`handler ${handler}: the package has no such module`);
  return { file, exportName };
}
