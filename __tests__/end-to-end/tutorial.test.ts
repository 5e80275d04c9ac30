// Stands on: records, items
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { Project } from "../support/project";

const tutorial = readFileSync(join(__dirname, "../../docs/your-own-backend.md"), "utf8");

interface Block {
  readonly language: string;
  /** The file that it is, or that it changes. */
  readonly path: string;
  readonly text: string;
}

const blocks = [...tutorial.matchAll(/^```(\w+) ?(\S*)\n(.*?)^```$/gms)].map(
  ([, language = "", path = "", text = ""]): Block => ({ language, path, text }),
);
const of = (language: string): Block[] => blocks.filter((block) => block.language === language);
const files = of("ts");
const edits = of("diff");
const [additions, [removal]] = [edits.slice(0, -1), edits.slice(-1)] as [Block[], [Block]];

/** The lines of one side of a diff. */
const side = (text: string, sign: "+" | "-"): string =>
  text
    .split("\n")
    .filter((line) => line.startsWith(" ") || line.startsWith(sign))
    .map((line) => `${line.slice(1)}\n`)
    .join("");

const project = new Project();

function apply({ path, text }: Block): () => void {
  return project.edit(path, (source) => {
    expect(source.split(side(text, "-"))).toHaveLength(2);
    return source.replace(side(text, "-"), () => side(text, "+"));
  });
}

beforeAll(() => {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(project.folder, path)), { recursive: true });
    writeFileSync(join(project.folder, path), text);
  }
  for (const edit of additions) apply(edit);
});
afterAll(stopRunners);

it("takes at most eighty lines", () => {
  const added = edits.flatMap(({ text }) => text.split("\n").filter((line) => line.startsWith("+")));
  const written = files.flatMap(({ text }) => text.split("\n").filter((line) => line.trim() !== ""));

  expect(files.map(({ path }) => path)).toEqual([
    "contracts/notes.ts",
    "handlers/notes/create-note.ts",
    "handlers/notes/get-note.ts",
    "stacks/notes-stack.ts",
  ]);
  expect(written.length + added.length).toBeLessThanOrEqual(80);
});

it("has the types right", () => {
  const compiler = join("node_modules", "typescript/lib/tsc.js");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "--noEmit"], {
    cwd: project.folder,
    encoding: "utf8",
  });

  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

it.each(files)("writes $path as the formatter does", ({ path, text }) => {
  const formatter = join("node_modules", "@biomejs/biome/bin/biome");
  const { stdout } = spawnSync(process.execPath, [formatter, "check", "--write", `--stdin-file-path=${path}`], {
    input: text,
    encoding: "utf8",
  });

  expect(stdout).toBe(text);
});

it.each(["dev", "prod"])("synthesizes for %s", (ENVIRONMENT) => {
  const { status, stdout, stderr } = project.synth({ SYSTEMS: "notes", ENVIRONMENT });
  const nobody = ENVIRONMENT === "dev" ? /^dev: alarms reach nobody; .*\n$/ : /^$/;
  expect([status, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^notes-${ENVIRONMENT}: .*\n$`))]);
  expect(stderr).toMatch(nobody);
  const { resource } = JSON.parse(
    readFileSync(join(project.folder, `cdktf.out/stacks/notes-${ENVIRONMENT}/cdk.tf.json`), "utf8"),
  );

  expect(Object.keys(resource.aws_lambda_function)).toEqual(["create-note", "get-note"]);
});

/** A request or an answer as the tutorial writes it. */
function message(text: string) {
  const [head = "", ...rest] = text.trim().split("\n\n");
  const [first = "", ...headers] = head.split("\n");
  return { first, headers: headers.map((line) => line.split(": ") as [string, string]), body: rest.join("\n\n") };
}

const isExample = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text);

/** A body in the documentation: ids in it are examples. */
const promised = (body: string): unknown =>
  JSON.parse(body, (_, value) =>
    typeof value === "string" && isExample(value) ? expect.stringMatching(/^[0-9a-f-]{36}$/) : value,
  );

describe("the running system", () => {
  let runner: RunnerProcess;
  let url = "";
  let apiKey = "";
  let made = "";
  beforeAll(async () => {
    runner = startRunner(project.folder, "notes", "--json", "--port", "0");
    const [system] = (await runner.next("ready")).systems;
    url = system!.url;
    apiKey = system!.apiKey!;
  });

  async function ask(request: string) {
    const { first, headers, body } = message(request);
    const [method = "", path = ""] = first.split(" ");
    const response = await fetch(url + path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, () => made), {
      method,
      headers: headers.map(([name, value]) => [name, name === "X-Api-Key" ? apiKey : value]),
      ...(body ? { body } : {}),
    });
    return { status: response.status, body: await response.json() };
  }

  it("answers as it is written", async () => {
    const exchanges = of("http").map(({ text }) => text);
    expect(exchanges).toHaveLength(8);
    for (let index = 0; index < exchanges.length; index += 2) {
      const { status, body } = await ask(exchanges[index]!);
      const wanted = message(exchanges[index + 1]!);
      expect(wanted.first).toMatch(`HTTP/1.1 ${status} `);
      if (wanted.body) expect(body).toEqual(promised(wanted.body));
      if (status === 201) made = (body as { id: string }).id;
    }
  });

  it("misses a right that is taken away, says which, and has it back", async () => {
    const get = () => ask(of("http")[2]!.text);
    const undo = apply(removal);
    await runner.next("reloaded");

    expect((await get()).status).toBe(500);
    expect((await runner.next("denial")).grant).toBe(of("text")[0]!.text.trim());
    undo();
    await runner.next("reloaded");
    expect((await get()).status).toBe(200);
  });
});
