import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atMost, median, print } from "./table";

interface Cost {
  readonly ms: number;
  readonly mb: number;
}

const root = join(__dirname, "..");
const reportMemory = join(__dirname, "fixtures/report-memory.cjs");

function run(script: string, environment: Record<string, string>): Cost {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--require", reportMemory, "--import", "tsx", script], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...environment, CDKTF_OUTDIR: outdir },
  });
  const ms = performance.now() - started;
  rmSync(outdir, { recursive: true });
  if (status !== 0) throw new Error(stderr);
  return { ms, mb: Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1024 };
}

/** Several runs of each script in turn, so that a machine that slows down slows all of them. */
function inTurn(scripts: readonly (readonly [string, Record<string, string>])[], rounds: number): Cost[] {
  const runs = Array.from({ length: rounds }, () => scripts.map(([script, environment]) => run(script, environment)));
  return scripts.map((_, index) => ({
    ms: median(runs.map((round) => round[index]?.ms ?? Number.NaN)),
    mb: median(runs.map((round) => round[index]?.mb ?? Number.NaN)),
  }));
}

/** What a synth of the flagship costs beside the least that CDKTF does, and what each further stack adds. */
export function benchSynth(): void {
  const many = (stacks: number) => ["bench/fixtures/many.ts", { STACKS: String(stacks) }] as const;
  const [bare, one, forty] = inTurn([["bench/fixtures/bare.ts", {}], ["main.ts", {}], many(40)], 5);
  if (!bare || !one || !forty) throw new Error("nothing was measured");
  print("Synth (median of 5, in turn)", [
    { what: "bare stack of one resource", measured: `${bare.ms.toFixed(0)} ms` },
    { what: "bare stack, memory", measured: `${bare.mb.toFixed(0)} MB` },
    { what: "records", measured: `${one.ms.toFixed(0)} ms` },
    atMost("records, beside bare", one.ms / bare.ms, [2.5, "×"]),
    atMost("records, memory", one.mb, [200, "MB"]),
    atMost("each further stack of forty", (forty.ms - one.ms) / 39, [40, "ms"]),
    atMost("each further stack of forty, memory", (forty.mb - one.mb) / 39, [2, "MB"]),
  ]);
}
