import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Folders in which what is named like a system (`items.ts`, `items/`), or begins with its name and `-`, is the system's. */
const places = [
  "contracts",
  "handlers",
  "stacks",
  "openapi",
  "docs/systems",
  "docs/access",
  "docs/pictures",
  "tools/acceptance/scenarios",
  "bench/fixtures",
  "__tests__/contracts",
  "__tests__/handlers",
  "__tests__/stacks",
  "__tests__/stacks/alarm-cases",
  "__tests__/support",
  "__tests__/end-to-end/systems",
];

/** Folders with files that say in their first lines which systems they stand on: `// Stands on: records, items`. */
const marked = ["__tests__", ".ci", "bench"];

const filesBelow = (root: string, path: string): string[] => {
  if (!existsSync(join(root, path))) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`));
};

const isNamedLike = (name: string, system: string): boolean =>
  name === system || name.startsWith(`${system}.`) || name.startsWith(`${system}-`);

/** The systems that a file says it stands on. */
export function standsOn(text: string): readonly string[] {
  const [, names = ""] =
    /^(?:#!.*\n)?(?:\/\/|#) Stands on: ([a-z0-9-]+(?:, [a-z0-9-]+)*)\.?$/m.exec(text.slice(0, 300)) ?? [];
  return names.split(", ").filter((name) => name !== "");
}

/**
 * The files that are a system's alone, or of tests that stand on it.
 *
 * @param others all systems: `user-directory-stack.ts` is of `user-directory`, where there is one, and not of `user`
 */
export function ownFiles(root: string, system: string, others: readonly string[]): string[] {
  const longer = others.filter((other) => other.startsWith(`${system}-`));
  const isOwn = (name: string) => isNamedLike(name, system) && !longer.some((other) => isNamedLike(name, other));
  const named = places.flatMap((place) =>
    existsSync(join(root, place))
      ? readdirSync(join(root, place))
          .filter(isOwn)
          .flatMap((name) => filesBelow(root, `${place}/${name}`))
      : [],
  );
  const standing = marked
    .flatMap((folder) => filesBelow(root, folder))
    .filter((path) => !named.includes(path) && standsOn(readFileSync(join(root, path), "utf8")).includes(system));
  return [...named, ...standing];
}
