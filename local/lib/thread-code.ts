import { join } from "node:path";
import { compile } from "../../compile";

const compiled = new Map<string, Promise<string>>();

/**
 * The code of a thread as one script, which finds packages from the working folder.
 *
 * @param entry below `local/`: `lambda/environment/thread.ts`
 */
export function threadCode(root: string, entry: string): Promise<string> {
  const known = compiled.get(entry);
  if (known) return known;
  const code = compile(join(root, "local", entry));
  compiled.set(entry, code);
  return code;
}
