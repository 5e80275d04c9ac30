import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Project } from "../project";

/** A block of a page: a file, a change to one, a request or an answer, or what is printed. */
export interface Block {
  readonly language: string;
  /** The file that it is, or that it changes. */
  readonly path: string;
  readonly text: string;
}

/** The lines of one side of a diff. */
const side = (text: string, sign: "+" | "-"): string =>
  text
    .split("\n")
    .filter((line) => line.startsWith(" ") || line.startsWith(sign))
    .map((line) => `${line.slice(1)}\n`)
    .join("");

/**
 * A page that makes a system by files and changes, in a copy of the project. Its last change is one to the running system, which
 * takes something away.
 */
export class Tutorial {
  readonly project = new Project();
  readonly files: readonly Block[];
  private readonly blocks: readonly Block[];
  private readonly additions: readonly Block[];
  private readonly removal: Block;

  /** @param page its path from the root */
  constructor(page: string) {
    const text = readFileSync(join(process.cwd(), page), "utf8");
    this.blocks = [...text.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
      ([, language = "", path = "", text = ""]): Block => ({ language, path, text }),
    );
    this.files = this.of("ts");
    const edits = this.of("diff");
    this.additions = edits.slice(0, -1);
    this.removal = edits.at(-1)!;
  }

  of(language: string): Block[] {
    return this.blocks.filter((block) => block.language === language);
  }

  /** Lines that are written, without those that are blank. */
  get lines(): number {
    const added = this.additions.flatMap(({ text }) => text.split("\n").filter((line) => line.startsWith("+")));
    const written = this.files.flatMap(({ text }) => text.split("\n").filter((line) => line.trim() !== ""));
    return written.length + added.length;
  }

  /** Does what the page says, as far as the system is whole. */
  follow(): void {
    for (const { path, text } of this.files) {
      mkdirSync(dirname(join(this.project.folder, path)), { recursive: true });
      writeFileSync(join(this.project.folder, path), text);
    }
    for (const edit of this.additions) this.apply(edit);
  }

  /** Takes away what the page takes away. @returns puts it back */
  takeAway(): () => void {
    return this.apply(this.removal);
  }

  private apply({ path, text }: Block): () => void {
    return this.project.edit(path, (source) => {
      expect(source.split(side(text, "-"))).toHaveLength(2);
      return source.replace(side(text, "-"), () => side(text, "+"));
    });
  }

  /** What the compiler says of the project. */
  checkTypes(): { status: number | null; stdout: string } {
    const compiler = join("node_modules", "typescript/lib/tsc.js");
    const { status, stdout } = spawnSync(process.execPath, [compiler, "--noEmit"], {
      cwd: this.project.folder,
      encoding: "utf8",
    });
    return { status, stdout };
  }

  /** A system's resources in an environment, by type and name. */
  synthesized(system: string, environment: string): Record<string, Record<string, unknown>> {
    const { status, stdout, stderr } = this.project.synth({ SYSTEMS: system, ENVIRONMENT: environment });
    const nobody = environment === "dev" ? /^dev: alarms reach nobody; .*\n$/ : /^$/;
    expect([status, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^${system}-${environment}: .*\n$`))]);
    expect(stderr).toMatch(nobody);
    const file = join(this.project.folder, `cdktf.out/stacks/${system}-${environment}/cdk.tf.json`);
    return JSON.parse(readFileSync(file, "utf8")).resource;
  }
}

/** A file as the formatter writes it. */
export function inOrder({ path, text }: Block): string {
  const formatter = join("node_modules", "@biomejs/biome/bin/biome");
  const args = [formatter, "check", "--write", `--stdin-file-path=${path}`];
  return spawnSync(process.execPath, args, { input: text, encoding: "utf8" }).stdout;
}

/** A request or an answer as a page writes it. */
export function message(text: string) {
  const [head = "", ...rest] = text.trim().split("\n\n");
  const [first = "", ...headers] = head.split("\n");
  return { first, headers: headers.map((line) => line.split(": ") as [string, string]), body: rest.join("\n\n") };
}

const isExample = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text);

/** A body in the documentation: ids in it are examples. */
export const promised = (body: string): unknown =>
  JSON.parse(body, (_, value) =>
    typeof value === "string" && isExample(value) ? expect.stringMatching(/^[0-9a-f-]{36}$/) : value,
  );
