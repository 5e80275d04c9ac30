import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProjectCopy } from "./copy";

const root = join(__dirname, "..");

/** A copy of the project with a second, trivial system, and throttles that do not get in the way of a measurement. */
export function benchProject(): ProjectCopy {
  const project = new ProjectCopy();
  const { folder } = project;
  mkdirSync(join(folder, "handlers/hello"));
  const handler = readFileSync(join(root, "bench/fixtures/hello/handler.ts"), "utf8")
    .replace("./contract", "../../bench/fixtures/hello/contract")
    .replace("../../../handlers/runtime", "../runtime");
  writeFileSync(join(folder, "handlers/hello/get-hello.ts"), handler);
  project.edit("main.ts", (text) =>
    text
      .replace("\nvoid synth", '\nimport { HelloStack } from "./bench/fixtures/hello/stack";\n\nvoid synth')
      .replace("  records: ", "  hello: HelloStack,\n  records: "),
  );
  project.edit("environments/dev.ts", (text) =>
    text
      .replace(/rateLimit: \d+, burstLimit: \d+/g, "rateLimit: 10000, burstLimit: 5000")
      .replace("10_000", "2_000_000_000"),
  );
  // Every read is to reach the function.
  project.edit("contracts/records.ts", (text) => text.replace(/^ *cache: .*\n/m, ""));
  return project;
}

/**
 * The environment in which `npm start` runs: glibc's allocator keeps what threads have freed in two places, where it
 * would keep it in eight for each processor. (glibc manual, "Malloc Tunable Parameters")
 */
export const startEnvironment = { ...process.env, MALLOC_ARENA_MAX: "2" };
