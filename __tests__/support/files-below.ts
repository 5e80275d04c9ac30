import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Every file below a folder, by its path. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile())
    .sort();
