import { deployedStack, RolloutError } from "./rollout/cli";
import { release } from "./rollout/release";
import { rollback } from "./rollout/rollback";

const [command, stack, time] = process.argv.slice(2);

/** An instant of the past, as a person writes it. */
function past(text: string | undefined): Date {
  const date = new Date(text ?? "");
  if (date.getTime() < Date.now()) return date;
  const example = "2026-01-31T12:00:00Z";
  throw new RolloutError(`time: must be an instant of the past like ${example}, got ${text ?? "none"}; add it`);
}

try {
  if (command === "release") release(deployedStack(stack));
  else rollback(deployedStack(stack), past(time));
} catch (error) {
  if (!(error instanceof RolloutError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
