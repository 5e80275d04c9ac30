import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openApi } from "../contracts/openapi";
import { command } from "./command";
import { contracts } from "./openapi/contracts";

const usage = `npm run openapi

Writes openapi/<api>.json, the file that an API's clients read, for each contract.`;

void command(usage, {}, () => {
  mkdirSync(join(__dirname, "..", "openapi"), { recursive: true });
  for (const api of contracts()) {
    const path = join(__dirname, "..", "openapi", `${api.name}.json`);
    writeFileSync(path, `${JSON.stringify(openApi(api), null, 2)}\n`);
    console.log(`openapi/${api.name}.json`);
  }
  return undefined;
});
