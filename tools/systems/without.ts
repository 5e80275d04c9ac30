import { posix } from "node:path";
import { camelCase, pascalCase } from "./registered";

/** Escaped for a regular expression. */
const exactly = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Imports of a line each, without those that nothing uses. */
export const withoutUnusedImports = (text: string): string =>
  text.replace(/^import (?:type )?\{ (.*?) \} from "[^"]+";\n/gm, (line, names: string) => {
    const rest = text.replace(line, "");
    const isUsed = names
      .split(", ")
      .some((name) => new RegExp(`\\b${exactly(name.replace(/^.* as |^type /, ""))}\\b`).test(rest));
    return isUsed ? line : "";
  });

/** `main.ts` without a system's line. */
export const mainWithout = (text: string, system: string): string =>
  withoutUnusedImports(text.replace(new RegExp(`^ {2}"?${exactly(system)}"?: \\w+,\\n`, "m"), ""));

/** The settings of an environment without a system's. */
export const settingsWithout = (text: string, system: string): string =>
  withoutUnusedImports(text.replace(new RegExp(`^ {2}${camelCase(system)}: \\{\\n[\\s\\S]*?^ {2}\\},\\n`, "m"), ""));

/** `environments/environment.ts` without a system's member, and without the type that no other system has. */
export function environmentWithout(text: string, system: string): string {
  const without = text.replace(new RegExp(`^ {2}readonly ${camelCase(system)}\\??: .*;\\n`, "m"), "");
  const type = `${pascalCase(system)}Settings`;
  const declaration = new RegExp(
    `^/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\nexport interface ${type} [\\s\\S]*?^\\}\\n\\n`,
    "m",
  );
  const alone = without.replace(declaration, "");
  return new RegExp(`\\b${type}\\b`).test(alone) ? without : alone;
}

/**
 * A page without what is marked as a system's (`<!-- records -->` to `<!-- /records -->`), without rows that link to deleted
 * files or folders, without other links to them, whose words stay, and without the section whose heading is its name.
 *
 * @param page its path, from which links are followed
 */
export function pageWithout(text: string, page: string, system: string, isDeleted: (path: string) => boolean): string {
  const mark = exactly(system);
  const gone = (target: string): boolean => {
    const path = posix.normalize(posix.join(posix.dirname(page), target.replace(/#.*/, "")));
    return isDeleted(path.replace(/\/$/, ""));
  };
  const link = /!?\[([^\]]*)\]\((?!https?:|#|mailto:)([^)\s]+)\)/g;
  const links = (line: string): boolean => [...line.matchAll(link)].some(([, , target = ""]) => gone(target));
  return text
    .replace(new RegExp(`^## ${mark}\\n[\\s\\S]*?(?=^## |$(?![\\s\\S]))`, "m"), "")
    .replace(new RegExp(`^<!-- ${mark} -->\\n[\\s\\S]*?^<!-- /${mark} -->\\n+`, "gm"), "")
    .split("\n")
    .filter((line) => !(line.startsWith("|") && /^\| *\[/.test(line) && links(line)))
    .join("\n")
    .replace(link, (whole, words: string, target: string) => (gone(target) ? words : whole));
}
