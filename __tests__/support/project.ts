import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(__dirname, "../..");
const sources = [
  "main.ts",
  "run.js",
  "constructs",
  "contracts",
  "environments",
  "handlers",
  "stacks",
  "cdktf.json",
  "package.json",
  "tsconfig.json",
];

/** A copy of the project in a temporary folder, whose name has a space in it, to run its commands in. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "terrace "));

  constructor() {
    for (const source of sources) cpSync(join(root, source), join(this.folder, source), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Changes a file's text. */
  edit(path: string, change: (text: string) => string): void {
    const file = join(this.folder, path);
    const before = readFileSync(file, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`nothing changed in ${path}`);
    writeFileSync(file, after);
  }

  /** Runs `npm run synth`, through a shell that sets the umask. */
  synth(environment: Record<string, string> = {}, umask = "022") {
    const command = `umask ${umask} && exec node run.js main.ts`;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
      cwd: this.folder,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment },
    });
    return { status, stdout, stderr };
  }

  /** Every file that was synthesized: path → bytes, as base64. */
  output(): Record<string, string> {
    const folder = join(this.folder, "cdktf.out");
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((file) => join(file.parentPath, file.name)).sort();
    return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path).toString("base64")]));
  }
}
