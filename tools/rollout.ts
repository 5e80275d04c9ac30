import { UserError } from "../lib/user-error";
import { command } from "./command";
import { deployedStack } from "./rollout/cli";
import { release } from "./rollout/release";
import { history, rollback } from "./rollout/rollback";
import { namedStack } from "./stacks/named-stack";

const usage = `npm run release -- <stack> [--at-once] [--during-alarm]

Brings the newest versions of a stack's functions in the steps that its environment says, and waits for them. One that an
alarm stops takes all others back.

  --at-once        all of the traffic goes over in one step
  --during-alarm   alarms that are firing, or begin to, stop nothing: for the remedy of what they fire about

npm run rollback -- <stack> <time> [--dry-run]
npm run rollback -- <stack> --list

Goes back to the versions that served at a time (2026-01-31T12:00:00Z), without a build. --dry-run only says which;
--list shows what was released when.`;

/** An instant of the past, as a person writes it. */
function past(text: string | undefined): Date {
  const date = new Date(text ?? "");
  if (date.getTime() < Date.now()) return date;
  const example = "2026-01-31T12:00:00Z";
  throw new UserError(`time: must be an instant of the past like ${example}, got ${text ?? "none"}; add it`);
}

void command(
  usage,
  {
    "at-once": { type: "boolean" },
    "during-alarm": { type: "boolean" },
    "dry-run": { type: "boolean" },
    list: { type: "boolean" },
  },
  ({ positionals: [kind, name, time], values }) => {
    const named = namedStack(name);
    if (kind === "release") {
      release(deployedStack(named), { atOnce: !!values["at-once"], duringAlarm: !!values["during-alarm"] });
    } else if (values.list) {
      for (const line of history(deployedStack(named))) console.log(line);
    } else {
      const to = past(time);
      rollback(deployedStack(named), to, { dryRun: !!values["dry-run"] });
    }
    return 0;
  },
);
