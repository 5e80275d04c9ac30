import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../constructs/synth/bundle";
import { atMost, median, print, yardstick } from "./table";

interface Cost {
  readonly ms: number;
  readonly mb: number;
}

interface Script {
  /** Node's arguments. */
  readonly command: readonly string[];
  readonly environment?: Record<string, string>;
  /** Whether nothing was bundled before, as in a fresh clone. @default false */
  readonly isFresh?: boolean;
  /** Whether it runs twice before: bundles are kept from a clone's second synth on. @default false */
  readonly isWarm?: boolean;
}

const root = join(__dirname, "..");
const reportMemory = join(__dirname, "fixtures/report-memory.cjs");

function run({ command, environment = {}, isFresh = false, isWarm = false }: Script): Cost {
  if (isWarm) for (let before = 0; before < 2; before += 1) run({ command, environment });
  if (isFresh) rmSync(cacheFolder, { recursive: true, force: true });
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--require", reportMemory, ...command], {
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
function inTurn(scripts: readonly Script[], rounds: number): Cost[] {
  const runs = Array.from({ length: rounds }, () => scripts.map(run));
  return scripts.map((_, index) => ({
    ms: median(runs.map((round) => round[index]?.ms ?? Number.NaN)),
    mb: median(runs.map((round) => round[index]?.mb ?? Number.NaN)),
  }));
}

/**
 * Time of a synth: of the flagship beside the least that CDKTF does, of each further stack, and of all systems of an
 * environment.
 */
export function benchSynth(): void {
  const many = (stacks: number) => ({
    command: ["run.js", "bench/fixtures/records/many.ts"],
    environment: { STACKS: String(stacks) },
    isWarm: true,
  });
  const synth = { command: ["run.js", "main.ts"] };
  const onlyRecords = { ...synth, environment: { SYSTEMS: "records" } };
  const [bare, fresh, records, one, twenty, forty, freshAll, all] = inTurn(
    [
      { command: ["--import", "tsx", "bench/fixtures/bare.ts"] },
      { ...onlyRecords, isFresh: true },
      { ...onlyRecords, isWarm: true },
      many(1),
      many(20),
      many(40),
      { ...synth, isFresh: true },
      { ...synth, isWarm: true },
    ],
    7,
  );
  if (!bare || !fresh || !records || !one || !twenty || !forty || !freshAll || !all)
    throw new Error("nothing was measured");
  print("Synth (median of 7, in turn)", [
    yardstick("bare stack of one resource, by tsx", `${bare.ms.toFixed(0)} ms`, "410 ms"),
    { what: "bare stack, memory", measured: `${bare.mb.toFixed(0)} MB` },
    { what: "records, in a fresh clone", measured: `${fresh.ms.toFixed(0)} ms` },
    atMost("  beside bare", fresh.ms / bare.ms, [1.95, "×"]),
    { what: "records, with the bundles of before", measured: `${records.ms.toFixed(0)} ms` },
    atMost("  beside bare", records.ms / bare.ms, [1.7, "×"]),
    atMost("records, memory", records.mb, [200, "MB"]),
    atMost("each further stack of forty", (forty.ms - one.ms) / 39, [40, "ms"]),
    { what: "  of the first twenty", measured: `${((twenty.ms - one.ms) / 19).toFixed(1)} ms` },
    atMost("each further stack of forty, memory", (forty.mb - one.mb) / 39, [2, "MB"]),
    { what: "all systems, in a fresh clone", measured: `${freshAll.ms.toFixed(0)} ms` },
    atMost("all systems, with the bundles of before", all.ms, [1150, "ms"]),
    atMost("all systems, memory", all.mb, [300, "MB"]),
  ]);
}
