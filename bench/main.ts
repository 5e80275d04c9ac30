import { benchFunctions } from "./functions";
import { benchSynth } from "./synth";

async function main(): Promise<void> {
  benchSynth();
  await benchFunctions();
}

void main();
