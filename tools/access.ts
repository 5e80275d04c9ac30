import { mkdirSync, writeFileSync } from "node:fs";
import { accessPage } from "./access/matrix";
import { command } from "./command";
import { devStacks } from "./stacks/dev-stacks";

const usage = `npm run access

Writes docs/access/<system>.md for each synthesized stack of dev that has functions: who may do what.`;

void command(usage, {}, () => {
  mkdirSync("docs/access", { recursive: true });
  for (const [system, json] of devStacks()) {
    if (!json.resource?.["aws_lambda_function"]) continue;
    writeFileSync(`docs/access/${system}.md`, accessPage(system, json));
    console.log(`docs/access/${system}.md`);
  }
  return undefined;
});
