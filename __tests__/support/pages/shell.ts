import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Result of a command. */
export interface Ran {
  readonly status: number;
  /** Its output on either stream. */
  readonly printed: string;
}

/** A person's shell: variables that a command exports, and its folder, apply to those after it. */
export class Shell {
  readonly #bash: ChildProcess;
  readonly #output = mkdtempSync(join(tmpdir(), "shell-"));
  readonly #programs = mkdtempSync(join(tmpdir(), "programs-"));

  /** @param programs further programs on its PATH, each an ES script: name → source */
  constructor(
    folder: string,
    environment: Readonly<Record<string, string>>,
    programs: Readonly<Record<string, string>>,
  ) {
    for (const [name, source] of Object.entries(programs)) {
      writeFileSync(join(this.#programs, name), `#!/usr/bin/env node\n${source}`);
      chmodSync(join(this.#programs, name), 0o755);
    }
    const { AWS_REGION: _, AWS_DEFAULT_REGION: __, ENVIRONMENT: ___, SYSTEMS: ____, ...others } = process.env;
    const env = { ...others, ...environment, PATH: `${this.#programs}:${process.env["PATH"]}` };
    this.#bash = spawn("bash", ["--noprofile", "--norc"], { cwd: folder, env, stdio: ["pipe", "pipe", "inherit"] });
  }

  /** Types a command, and what it asks for. */
  async run(command: string, typed = ""): Promise<Ran> {
    const mark = `done-${randomUUID()}`;
    const [printed, input] = [join(this.#output, "printed"), join(this.#output, "typed")];
    writeFileSync(input, typed);
    const status = new Promise<number>((resolve, reject) => {
      let seen = "";
      const look = (data: Buffer): void => {
        seen += data;
        const [, found] = new RegExp(`${mark} (\\d+)\n`).exec(seen) ?? [];
        if (found === undefined) return;
        this.#bash.stdout?.off("data", look);
        resolve(Number(found));
      };
      this.#bash.stdout?.on("data", look);
      this.#bash.once("close", (code) => reject(new Error(`the shell ended with ${code} at: ${command}`)));
    });
    this.#bash.stdin?.write(`{ ${command}\n} <"${input}" >"${printed}" 2>&1; echo ${mark} $?\n`);
    return { status: await status, printed: readFileSync(printed, "utf8") };
  }

  stop(): void {
    this.#bash.removeAllListeners("close");
    this.#bash.kill();
  }
}
