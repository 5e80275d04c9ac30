import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../../lib/user-error";
import { readStack } from "../../stack-json/document";
import { resourcesOf } from "../../stack-json/resource";
import { monthly } from "../changes/cost";
import { synth } from "../stacks/synth";

/** Runs a script of the project. @throws UserError with its words when it fails */
function run(root: string, args: readonly string[], cwd = root): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args], { cwd, encoding: "utf8" });
  if (status !== 0) throw new UserError(`${args.join(" ")} failed:\n${(stderr || stdout).trim()}`);
}

/** Puts the written files into the formatter's order, and writes what is made of a system's contract and of its synthesized stacks. */
export function settle(root: string, system: string, paths: readonly string[]): void {
  const sources = paths.filter((path) => path.endsWith(".ts"));
  run(root, [join(root, "node_modules/@biomejs/biome/bin/biome"), "check", "--write", ...sources]);
  run(root, ["run.js", "tools/openapi.ts"]);
  const folder = mkdtempSync(join(tmpdir(), "terrace-new-"));
  try {
    const out = join(folder, "cdktf.out");
    const idle = ["dev", "prod"].map((environment) => {
      synth({ sources: root, out, environment, system });
      return monthly(resourcesOf(readStack(join(out, "stacks", `${system}-${environment}`))).values()).toFixed(2);
    });
    for (const tool of ["access", "diagram"]) run(root, [join(root, "run.js"), join(root, `tools/${tool}.ts`)], folder);
    for (const path of [`docs/access/${system}.md`, `docs/pictures/${system}.svg`]) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      copyFileSync(join(folder, path), join(root, path));
    }
    const page = join(root, `docs/systems/${system}.md`);
    const [dev = "", prod = ""] = idle;
    writeFileSync(page, readFileSync(page, "utf8").replaceAll("{{dev}}", dev).replaceAll("{{prod}}", prod));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
