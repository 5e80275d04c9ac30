import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command";

const usage = `npm run check:openapi

Lints the committed OpenAPI files by Redocly's recommended rules and prints each problem with its place.`;

async function main(): Promise<number> {
  const { createConfig, lintFromString } = await import("@redocly/openapi-core");
  const folder = join(__dirname, "..", "openapi");
  const config = await createConfig({
    extends: ["recommended"],
    rules: {
      // The licence of the code is not the licence of the API; servers differ by environment.
      "info-license": "off",
      "no-empty-servers": "off",
      // A redirect is an operation's success, too.
      "operation-2xx-response": "off",
    },
  });
  let found = 0;
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const problems = await lintFromString({
      source: readFileSync(join(folder, file), "utf8"),
      absoluteRef: file,
      config,
    });
    for (const { message, location, severity } of problems) {
      console.error(`openapi/${file}${location[0]?.pointer ?? ""}: ${severity}: ${message}`);
    }
    found += problems.length;
  }
  return found > 0 ? 1 : 0;
}

void command(usage, {}, main);
