import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceFolders } from "../local/run/watch/source-folders";

const root = join(__dirname, "..");
const sources = [
  ...sourceFolders,
  "bench",
  "local",
  "openapi",
  "tools",
  "cdktf.json",
  "compile.d.ts",
  "compile.js",
  "main.ts",
  "package.json",
  "run.js",
  "tsconfig.json",
];

/** A copy of the project's sources in a temporary folder, whose name has a space in it, to run its commands in. */
export class ProjectCopy {
  readonly folder = mkdtempSync(join(tmpdir(), "terrace "));

  constructor() {
    for (const source of sources) cpSync(join(root, source), join(this.folder, source), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  /**
   * Changes a file's text.
   *
   * @returns puts it back
   * @throws Error when the change changes nothing
   */
  edit(path: string, change: (text: string) => string): () => void {
    const file = join(this.folder, path);
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`nothing changed in ${path}`);
    writeFileSync(file, after);
    return () => writeFileSync(file, before);
  }
}
