import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { type BuildOptions, build, type Message } from "esbuild";
import { UserError } from "./user-error";

export interface SynthesisOptions {
  /** The folder with `main.ts`. */
  readonly root: string;
  /** Where to: `cdktf.out` of the runner's own, so that nobody's plan is disturbed. */
  readonly outdir: string;
  readonly environment: string | undefined;
  /** Hint for `main.ts`, which may leave the others out. */
  readonly systems: readonly string[];
}

/** `handlers/x.ts:3:7: Expected ";"` */
export const placed = ({ location, text }: Message): string =>
  location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;

/** esbuild's failure as lines that begin with the place. */
export function buildProblems(error: unknown): string {
  const { errors } = error as { errors?: readonly Message[] };
  return errors ? errors.map(placed).join("\n") : String(error);
}

/**
 * `main.ts` and what it imports as one script, which starts in a third of the time that a TypeScript loader takes. Each
 * module keeps its own `__dirname`.
 */
async function bundleMain(root: string): Promise<{ code: string; map: SourceMapPayload }> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "main.ts")],
    absWorkingDir: root,
    outfile: join(root, "main.js"),
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "external",
    sourcesContent: false,
    tsconfigRaw: "{}",
    logLevel: "silent",
    write: false,
    plugins: [
      {
        name: "own-dirname",
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            loader: "ts",
            contents: `const __dirname=${JSON.stringify(dirname(path))};${readFileSync(path, "utf8")}`,
          }));
        },
      },
    ],
  });
  const text = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? "";
  return { code: text(".js"), map: JSON.parse(text(".map")) as SourceMapPayload };
}

/**
 * Has the script tell what it asks esbuild for, so that a handler that is edited later is built in the very same way:
 * the options are known to the constructs alone.
 */
const recorder = `{
  const id = require.resolve("esbuild");
  const esbuild = require(id);
  const recorded = (name) => (options) => {
    require("node:fs").writeSync(3, JSON.stringify(options) + "\\n");
    return esbuild[name](options);
  };
  require.cache[id].exports = { ...esbuild, build: recorded("build"), buildSync: recorded("buildSync") };
}
`;

/** Puts the places of the sources in where a trace names those of the script. */
function inSources(text: string, payload: SourceMapPayload): string {
  const map = new SourceMap(payload);
  const before = recorder.split("\n").length - 1;
  return text.replace(/\[stdin\]:(\d+)(?::(\d+))?/g, (all, line: string, column = "1") => {
    const found = map.findEntry(Number(line) - 1 - before, Number(column) - 1);
    return "originalSource" in found ? `${found.originalSource}:${found.originalLine + 1}` : all;
  });
}

/** The lines that say what is wrong: of a trace the message and where in the project it came from. */
function essence(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("Node.js "));
  const message = lines.findIndex((line) => /^\w*Error\b/.test(line));
  if (message < 0) return lines.join("\n");
  const own = lines.slice(message + 1).find((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
  return [own?.replace(/^\s+at (?:.*\()?([^()]*)\)?$/, "$1:"), lines[message]].filter(Boolean).join(" ");
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  return text;
}

/** Runs `main.ts` in a process of its own, as `npm run synth` does. */
export class Synthesis {
  private child: ChildProcess | undefined;

  constructor(private readonly options: SynthesisOptions) {}

  /**
   * @returns what esbuild was asked for
   * @throws UserError with the synthesizer's own words when it refuses
   */
  async run(): Promise<readonly BuildOptions[]> {
    const { root, outdir, environment, systems } = this.options;
    const { code, map } = await bundleMain(root).catch((error: unknown) => {
      throw new UserError(buildProblems(error));
    });
    mkdirSync(dirname(outdir), { recursive: true });
    const child = spawn(process.execPath, ["-", "--source-maps"], {
      cwd: root,
      env: {
        ...process.env,
        CDKTF_OUTDIR: outdir,
        SYSTEMS: systems.join(","),
        ...(environment === undefined ? {} : { ENVIRONMENT: environment }),
      },
      stdio: ["pipe", "ignore", "pipe", "pipe"],
    });
    this.child = child;
    const [errors, asked] = [child.stdio[2], child.stdio[3]] as [Readable, Readable];
    child.stdin?.on("error", () => undefined).end(recorder + code);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [status, said, lines] = await Promise.all([ended, textOf(errors), textOf(asked)]);
    this.child = undefined;
    if (status !== 0) throw new UserError(`synth failed: ${essence(inSources(said, map)) || `exit code ${status}`}`);
    return lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as BuildOptions]));
  }

  /** Ends a run that is under way. */
  stop(): void {
    this.child?.kill("SIGKILL");
  }
}

/** The stacks that were synthesized, by name: where their JSON lies. */
export function stacksIn(outdir: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    stacks: Record<string, { synthesizedStackPath: string }>;
  };
  return new Map(
    Object.entries(manifest.stacks).map(([name, { synthesizedStackPath }]) => [
      name,
      join(outdir, synthesizedStackPath),
    ]),
  );
}
