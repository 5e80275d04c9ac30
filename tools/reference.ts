import { writeFileSync } from "node:fs";
import { command } from "./command";
import { constructs, referencePage } from "./reference/page";

const usage = `npm run reference

Writes docs/constructs.md from the sources of the constructs: what each makes, an example, props, verbs.`;

void command(usage, {}, () => {
  writeFileSync("docs/constructs.md", referencePage(constructs(".")));
  console.log("docs/constructs.md");
  return undefined;
});
