import { command } from "./command";
import { deployedStack } from "./rollout/cli";
import { type ReleaseOptions, release } from "./rollout/release";
import { namedStack, synthesize } from "./stacks/named-stack";
import { terraform } from "./stacks/terraform";

const usage = `npm run deploy -- <stack> [--yes] [--at-once] [--during-alarm]

Deploys a stack: synthesizes it for the environment that its name ends in, has Terraform plan and apply it, and releases the
new versions of its functions where the environment brings them in steps.

  --yes            without Terraform's question
  --at-once        all of the traffic goes over in one step
  --during-alarm   alarms that are firing, or begin to, stop nothing: for the remedy of what they fire about`;

void command(
  usage,
  { yes: { type: "boolean" }, "at-once": { type: "boolean" }, "during-alarm": { type: "boolean" } },
  async ({ positionals: [name], values }) => {
    const stack = namedStack(name);
    synthesize(stack);
    const status = terraform(stack, ["apply", "-lock-timeout=10m", ...(values.yes ? ["-auto-approve"] : [])]);
    if (status !== 0) return status;
    const options: ReleaseOptions = {
      atOnce: values["at-once"] ?? false,
      duringAlarm: values["during-alarm"] ?? false,
    };
    release(deployedStack(stack), options);
    return 0;
  },
);
