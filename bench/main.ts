import { UserError, wordsOf } from "../lib/user-error";
import { benchDatabase } from "./database";
import { benchFunctions } from "./functions";
import { benchKill } from "./kill";
import { benchLocal } from "./local";
import { benchLog } from "./log";
import { benchMemory } from "./memory";
import { benchSaves } from "./saves";
import { benchSynth } from "./synth";

const benches: Readonly<Record<string, () => void | Promise<void>>> = {
  synth: benchSynth,
  functions: benchFunctions,
  local: benchLocal,
  log: benchLog,
  database: benchDatabase,
  kill: benchKill,
  memory: benchMemory,
  saves: benchSaves,
};

/** The benchmarks that take an amount. */
const takeNumber: ReadonlySet<string> = new Set(["kill", "memory"]);

/** `npm run bench` runs all, `npm run bench -- local` one. */
async function main(): Promise<void> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find(
    (name, at) => !Object.hasOwn(benches, name) && !(at === 1 && takeNumber.has(chosen[0] ?? "")),
  );
  if (unknown !== undefined) {
    throw new UserError(`there is no bench ${unknown}; there is ${Object.keys(benches).join(", ")}`);
  }
  for (const [name, bench] of Object.entries(benches)) if (chosen.length === 0 || chosen.includes(name)) await bench();
}

main().catch((error: unknown) => {
  console.error(wordsOf(error));
  process.exit(1);
});
