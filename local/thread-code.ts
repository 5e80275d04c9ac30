import { join } from "node:path";
import { build } from "esbuild";

const built = new Map<string, Promise<string>>();

async function buildThread(root: string, entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "local", entry)],
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    tsconfigRaw: "{}",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * The code of a thread as one script. Threads run it in plain Node: with a TypeScript loader each would take five times
 * as long to start and take a multiple of the memory. It finds packages from the working folder.
 *
 * @param entry below `local/`: `functions/environment/thread.ts`
 */
export function threadCode(root: string, entry: string): Promise<string> {
  const known = built.get(entry);
  if (known) return known;
  const code = buildThread(root, entry);
  built.set(entry, code);
  return code;
}
