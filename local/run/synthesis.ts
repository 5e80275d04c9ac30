import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { UserError } from "../../lib/user-error";
import { handledLater } from "../lib/handled-later";
import { withTimeLimit } from "../lib/time-limit";

export interface SynthesisOptions {
  /** The folder with `main.ts`. */
  readonly root: string;
  /** Output folder: a `cdktf.out` of the runner's own, so that nobody's plan is disturbed. */
  readonly outdir: string;
  readonly environment: string;
  /** All others are left out. */
  readonly systems: readonly string[];
}

/** The lines that say what is wrong: of a trace the message and where in the project it came from. */
function essence(text: string, root: string): string {
  const lines = text
    .replaceAll(`${root}/`, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("Node.js "));
  const message = lines.findIndex((line) => /^\w*Error\b/.test(line));
  if (message < 0) return lines.join("\n");
  const own = lines.slice(message + 1).find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  const place = own?.replace(/^\s+at (?:.*\()?([^()]*?)(?::\d+)?\)?$/, "$1:");
  return [place, lines[message]].filter(Boolean).join(" ");
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

/** Time limit of `main.ts`, on a busy machine: thirty times what it takes. */
const LONGEST_SYNTH_MS = 60_000;

/** Runs `main.ts` in a process of its own, as `npm run source-maps` does. */
export class Synthesis {
  private child: ChildProcess | undefined;

  constructor(private readonly options: SynthesisOptions) {}

  /** @throws UserError with the synthesizer's own words when it refuses */
  async run(): Promise<void> {
    const { root, outdir, environment, systems } = this.options;
    const child = spawn(process.execPath, ["run.js", "main.ts", "--source-maps"], {
      cwd: root,
      env: { ...process.env, CDKTF_OUTDIR: outdir, SYSTEMS: systems.join(","), ENVIRONMENT: environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child = child;
    const said = handledLater(textOf(child.stderr));
    const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
    // Its esbuild ends a little later, and until then what it says has no end: a refusal waits for that, a success does not.
    const refusal = ended.then(async (status) => (status === 0 ? undefined : { status, words: await said }));
    const refused = await withTimeLimit(LONGEST_SYNTH_MS, "synth", refusal).finally(() => {
      this.child = undefined;
      child.kill("SIGKILL");
    });
    if (refused) throw new UserError(`synth failed: ${essence(refused.words, root) || `exit code ${refused.status}`}`);
  }

  /** Ends a run that is under way. */
  stop(): void {
    this.child?.kill("SIGKILL");
  }
}
