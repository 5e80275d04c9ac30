import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..");
const sources = [
  "constructs",
  "contracts",
  "environments",
  "handlers",
  "local",
  "stacks",
  "bench/fixtures",
  "main.ts",
  "package.json",
];

/** A copy of the project with a second, trivial system, and throttles that do not get in the way of a measurement. */
export function benchProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  for (const source of sources) cpSync(join(root, source), join(folder, source), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "handlers/hello"));
  const handler = readFileSync(join(root, "bench/fixtures/hello/handler.ts"), "utf8")
    .replace("./contract", "../../bench/fixtures/hello/contract")
    .replace("../../../handlers/runtime", "../runtime");
  writeFileSync(join(folder, "handlers/hello/get-hello.ts"), handler);
  edit(folder, "main.ts", (text) =>
    text
      .replace("\nvoid synth", '\nimport { HelloStack } from "./bench/fixtures/hello/stack";\n\nvoid synth')
      .replace("  records: ", "  hello: HelloStack,\n  records: "),
  );
  edit(folder, "environments/dev.ts", (text) =>
    text
      .replace(/rateLimit: \d+, burstLimit: \d+/g, "rateLimit: 10000, burstLimit: 5000")
      .replace("10_000", "2_000_000_000"),
  );
  // Every read is to reach the function.
  edit(folder, "contracts/records.ts", (text) => text.replace(/^ *cache: .*\n/m, ""));
  return folder;
}

/** Changes a file's text. */
export function edit(folder: string, path: string, change: (text: string) => string): void {
  const file = join(folder, path);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
