import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Api } from "../../contracts/api";

const isApi = (value: unknown): value is Api =>
  typeof value === "object" && value !== null && "routes" in value && "models" in value;

/** What a file in `contracts/` exports: esbuild knows the folder in this path, and bundles its files. */
const exportsOf = (file: string): object => require(`../../contracts/${basename(file, ".ts")}.ts`);

/** The contract of each API: what has routes of all that the files in `contracts/` export. */
export const contracts = (): readonly Api[] =>
  readdirSync(join(__dirname, "../../contracts"))
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .flatMap((file) => Object.values(exportsOf(file)).filter(isApi));
