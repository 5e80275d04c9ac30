import { type LocalSystem, startLocally } from "../../local/support/local-system";
import { Shell } from "./shell";
import type { Elsewhere } from "./walk";

/** A system on this machine, and a shell in which its page's variables are set, while the tests of a file run. */
export interface LocalShell {
  readonly system: () => LocalSystem;
  readonly shell: () => Shell;
}

export function localShell(name: string): LocalShell {
  let system: LocalSystem | undefined;
  let shell: Shell | undefined;
  beforeAll(async () => {
    system = await startLocally(name);
    const { url, apiKey, access } = system;
    shell = new Shell(process.cwd(), { ...access, URL: url, KEY: apiKey }, {});
  });
  afterAll(async () => {
    shell?.stop();
    await system?.stop();
  });
  return { system: () => system as LocalSystem, shell: () => shell as Shell };
}

/** A command that starts a system, which another test does. */
export const started = (command: string): Elsewhere => ({
  command,
  by: "__tests__/end-to-end/start.test.ts",
  words: 'start("--port", "0", "--data", data)',
});
