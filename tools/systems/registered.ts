import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const entry = /^ {2}"?([a-z][a-z0-9-]*)"?: \w+,$/gm;

/** The systems that `main.ts` of a project lists, but for the account's stack. */
export const systemsIn = (root: string): readonly string[] =>
  [...readFileSync(join(root, "main.ts"), "utf8").matchAll(entry)].flatMap(([, name = ""]) =>
    name === "account" ? [] : [name],
  );

/** `user-directory` is `userDirectory` in sources, and `UserDirectory` in names of types. */
export const camelCase = (system: string): string =>
  system.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
export const pascalCase = (system: string): string => camelCase(system).replace(/^./, (letter) => letter.toUpperCase());

/** The files that list systems: a few lines of each are a system's. */
export const environmentFiles = (root: string): readonly string[] =>
  ["dev", "qa", "prod"].map((name) => `environments/${name}.ts`).filter((file) => existsSync(join(root, file)));
