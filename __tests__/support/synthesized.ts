import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Synthesizes as `npm run synth` does, into a folder of its own, which it returns. */
export function synthesized(environment: Readonly<Record<string, string>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "terrace-synth-")), "out");
  const env = { ...process.env, ...environment, CDKTF_OUTDIR: folder };
  const { status, stderr } = spawnSync(process.execPath, ["run.js", "main.ts"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return folder;
}
