import { spawnSync } from "node:child_process";
import { UserError } from "../../lib/user-error";

export interface Synth {
  /** The folder with `main.ts`. @default this one */
  readonly sources?: string;
  /** @default `cdktf.out` */
  readonly out?: string;
  /** @default what `ENVIRONMENT` says */
  readonly environment?: string;
  /** One system alone, or `""` for all. @default what `SYSTEMS` says */
  readonly system?: string;
  readonly sourceMaps?: boolean;
}

/** Synthesizes in a process of its own. @throws UserError with its words when it refuses */
export function synth({ sources = ".", out = "cdktf.out", environment, system, sourceMaps = false }: Synth): void {
  const env = {
    ...process.env,
    CDKTF_OUTDIR: out,
    ...(environment === undefined ? {} : { ENVIRONMENT: environment }),
    ...(system === undefined ? {} : { SYSTEMS: system }),
  };
  const args = ["run.js", "main.ts", ...(sourceMaps ? ["--source-maps"] : [])];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: sources, env, encoding: "utf8" });
  if (status !== 0) throw new UserError(stderr.trim());
}
