import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Synthesizes records for dev, as `npm run synth` does, into a folder of its own. */
export function synthesizedOnce(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "terrace-synth-")), "out");
  const env = { ...process.env, CDKTF_OUTDIR: folder, SYSTEMS: "records" };
  const { status, stderr } = spawnSync(process.execPath, ["run.js", "main.ts"], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return folder;
}
