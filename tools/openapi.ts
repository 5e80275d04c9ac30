import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataProcessorApi } from "../contracts/data-processor";
import { itemsApi } from "../contracts/items";
import { openApi } from "../contracts/openapi";
import { recordsApi } from "../contracts/records";
import { userDirectoryApi } from "../contracts/user-directory";
import { userManagementApi } from "../contracts/user-management";
import { command } from "./command";

const usage = `npm run openapi

Writes openapi/<api>.json, the file that an API's clients read, for each contract.`;

void command(usage, {}, () => {
  for (const api of [dataProcessorApi, itemsApi, recordsApi, userDirectoryApi, userManagementApi]) {
    const path = join(__dirname, "..", "openapi", `${api.name}.json`);
    writeFileSync(path, `${JSON.stringify(openApi(api), null, 2)}\n`);
    console.log(`openapi/${api.name}.json`);
  }
  return undefined;
});
