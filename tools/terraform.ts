import { UserError } from "../lib/user-error";
import { run } from "./command";
import { namedStack, synthesize } from "./stacks/named-stack";
import { terraform } from "./stacks/terraform";

const usage = `npm run terraform -- <stack> <command of Terraform's…>

Runs Terraform on a stack: npm run terraform -- records-prod plan, … output, … destroy, … state list. The environment is the
one that the stack's name ends in; the stack is synthesized from the sources as they are, and initialized where it was not
yet. Ends as Terraform ends. To deploy with a release of new versions: npm run deploy.`;

/** Everything after the stack is Terraform's own, options too. */
function main([name, ...args]: readonly string[]): number {
  if (args.length === 0) throw new UserError(usage);
  const stack = namedStack(name);
  synthesize(stack);
  return terraform(stack, args);
}

void run(usage, main);
