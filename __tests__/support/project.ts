import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ProjectCopy } from "../../bench/copy";
import { filesBelow } from "./files-below";

/** A copy of the project, to run its commands in. */
export class Project extends ProjectCopy {
  /** Runs `npm run synth`, through a shell that sets the umask. */
  synth(environment: Record<string, string> = {}, umask = "022", option = "") {
    const command = `umask ${umask} && exec node run.js main.ts ${option}`;
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
    return Object.fromEntries(
      filesBelow(folder).map((path) => [relative(folder, path), readFileSync(path).toString("base64")]),
    );
  }
}
