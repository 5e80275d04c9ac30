import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { OperatorAccess } from "../../../local/run/operator";
import { type RunnerProcess, startRunner, stopRunners } from "../../local/support/runner";
import { filesBelow } from "../files-below";

const root = process.cwd();

/** Where each construct is that a stack's lines may name. */
const constructs = filesBelow(join(root, "constructs")).flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^export class (\w+)(?:<.*>)? extends Construct\b/gm)].map(
    ([, name = ""]) => ({ name, path: file.slice(root.length + 1).replace(/\.ts$/, "") }),
  ),
);

const isNamed = (name: string, text: string): boolean => new RegExp(`\\b${name}\\b`).test(text);

/** Imports of what files of the page export, where a stack's lines name it: contracts. */
const importsFrom = (files: readonly Example[], text: string): string =>
  files
    .flatMap((file) =>
      [...file.text.matchAll(/^export const (\w+)/gm)]
        .filter(([, name = ""]) => isNamed(name, text))
        .map(([, name]) => `import { ${name} } from "./${basename(file.name, ".ts")}";`),
    )
    .join("\n");

/** The stack that has these lines in its constructor. */
const stackOf = (text: string, files: readonly Example[]): string => `
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { StackContext } from "../../constructs/synth/stack-context";
${constructs.flatMap(({ name, path }) => (isNamed(name, text) ? [`import { ${name} } from "../../${path}";`] : [])).join("\n")}
${importsFrom(files, text)}
export class Example extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, "aws", { region: "eu-west-1" });
    new StackContext(this, { environment: { name: "trial", deletionProtection: false } });
${text}
  }
}
`;

/** A named block of a page: a file, or the lines of a stack of this name. */
interface Example {
  readonly name: string;
  readonly text: string;
}

/** A page whose blocks are handlers and stacks, written to a folder of the project. */
export interface PageOfExamples {
  /** Where the local run keeps what it has to. */
  readonly data: string;
  readonly examples: readonly Example[];
  /** What the compiler says of them. */
  checkTypes(): object;
  /** Synthesizes all stacks, and runs them. */
  start(): RunnerProcess;
  remove(): void;
}

/** Writes the examples of a page. */
function write(path: string): PageOfExamples {
  // Below the project, where imports find it and its packages.
  const folder = join(root, ".local", `${basename(path, ".md")}-${process.pid}`);
  const outdir = join(folder, "cdktf.out");
  const page = readFileSync(join(root, path), "utf8");
  const examples = [...page.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)].map(([, name = "", text = ""]) => ({
    name,
    text,
  }));
  const handlers = examples.filter(({ name }) => name.endsWith(".ts"));
  const stacks = examples.filter(({ name }) => !name.endsWith(".ts"));
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of handlers) writeFileSync(join(folder, name), text.replaceAll('"./terrace/', '"../../'));
  for (const { name, text } of stacks) writeFileSync(join(folder, `${name}-stack.ts`), stackOf(text, handlers));
  const imports = stacks.map(({ name }) => `import { Example as ${name} } from "./${name}-stack";`);
  const made = stacks.map(({ name }) => `new ${name}(app, "${name}");`);
  const main = ['import { App } from "cdktf";', ...imports, "const app = new App();", ...made, "app.synth();"];
  writeFileSync(join(folder, "main.ts"), main.join("\n"));
  const files = ["main.ts", ...handlers.map(({ name }) => name)];
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../../tsconfig.json", files }));
  const run = (...args: string[]) => {
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], CDKTF_OUTDIR: outdir };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env });
    return { status, stdout, stderr };
  };
  const data = join(folder, "data");
  return {
    data,
    examples,
    checkTypes: () => run(join(root, "node_modules/typescript/bin/tsc"), "-p", folder),
    start: () => {
      const { status, stderr } = run("run.js", join(folder, "main.ts"));
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      return startRunner(root, "--json", "--port", "0", "--data", data, "--from", outdir);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A text as the formatter writes it. */
function formatted(text: string): string {
  const formatter = join("node_modules", "@biomejs/biome/bin/biome");
  const args = [formatter, "format", "--stdin-file-path=example.ts"];
  return spawnSync(process.execPath, args, { input: text, encoding: "utf8" }).stdout;
}

/** Tests that a page's examples have the types right and are formatted; what they leave goes after all tests of the file. */
export function testExamples(path: string): PageOfExamples {
  const page = write(path);
  afterAll(stopRunners);
  afterAll(() => page.remove());

  it("has the types right", () => {
    expect(page.checkTypes()).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it.each(page.examples)("writes $name as the formatter does", ({ text }) => {
    expect(formatted(text)).toBe(text);
  });
  return page;
}

/** Settings of AWS's clients, as the person at this machine. */
export const clientSettings = (access: OperatorAccess) => ({
  region: access.AWS_REGION,
  endpoint: access.AWS_ENDPOINT_URL,
  credentials: { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY },
  useQueueUrlAsEndpoint: false,
});
