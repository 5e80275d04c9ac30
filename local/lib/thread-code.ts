import { join } from "node:path";
import { compile } from "../../compile";
import { withTimeLimit } from "./time-limit";

/** On a busy machine: a hundred times what it takes. */
const LONGEST_BUILD_MS = 60_000;

const compiled = new Map<string, Promise<string>>();

/**
 * The code of a thread as one script, which finds packages from the working folder.
 *
 * @param entry below `local/`: `lambda/environment/thread.ts`
 */
export function threadCode(root: string, entry: string): Promise<string> {
  const known = compiled.get(entry);
  if (known) return known;
  const code = withTimeLimit(LONGEST_BUILD_MS, `the build of local/${entry}`, compile(join(root, "local", entry)));
  compiled.set(entry, code);
  return code;
}

/** Settles when no thread's code is being built any more, whether that went well or not. */
export const threadsBuilt = (): Promise<unknown> => Promise.allSettled(compiled.values());
