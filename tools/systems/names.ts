import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ownFiles } from "./own-files";
import { camelCase, systemsIn } from "./registered";

/** Of names that AWS limits to 63 or 64 characters, what is left beside environment, function, account id and region. */
const LONGEST = 20;

/** Names that mean something else where a system's stand: as a stack's, or as the fixture of tests. */
const reserved = ["account", "test", "things"];

/** What is wrong with the name of a system that is to be made; none where it is free and can be a name. */
export function nameProblems(root: string, system: string): string[] {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(system) || system.length > LONGEST) {
    return [
      `system: must be a name in kebab-case of at most ${LONGEST} characters (shop, order-book), got ${JSON.stringify(system)}; choose another`,
    ];
  }
  const systems = systemsIn(root);
  if (systems.includes(system))
    return [`system: must be a new one, got ${system}, which is in main.ts; choose another`];
  const member = camelCase(system);
  const settings = readFileSync(join(root, "environments/environment.ts"), "utf8");
  // A member of every object, or one that settings have already.
  if (reserved.includes(system) || member in {} || new RegExp(`^ {2}readonly ${member}\\??:`, "m").test(settings)) {
    return [`system: must not be a word that has a meaning in settings or sources, got ${system}; choose another`];
  }
  const [taken, ...others] = ownFiles(root, system, systems);
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return taken
    ? [`system: must not be the name of files that are there, got ${system} (${taken}${more}); choose another`]
    : [];
}
