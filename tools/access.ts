import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { readStack } from "../stack-json/document";
import { accessPage } from "./access/matrix";
import { CommandError, command } from "./command";

const usage = `npm run access

Writes docs/access/<system>.md for each synthesized stack of dev that has functions: who may do what.`;

void command(usage, {}, () => {
  const stacks = existsSync("cdktf.out/stacks") ? readdirSync("cdktf.out/stacks").sort() : [];
  const systems = stacks.flatMap((stack) => /^(.*)-dev$/.exec(stack)?.slice(1) ?? []);
  if (systems.length === 0) {
    throw new CommandError("cdktf.out/stacks must hold stacks of dev, got none; run npm run synth");
  }
  mkdirSync("docs/access", { recursive: true });
  for (const system of systems) {
    const json = readStack(`cdktf.out/stacks/${system}-dev`);
    if (!json.resource?.["aws_lambda_function"]) continue;
    writeFileSync(`docs/access/${system}.md`, accessPage(system, json));
    console.log(`docs/access/${system}.md`);
  }
  return undefined;
});
