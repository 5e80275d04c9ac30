import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../lib/user-error";
import { camelCase, environmentFiles, pascalCase } from "./registered";

/** The files of a system that are written from templates: template → path. */
const written = (system: string): Readonly<Record<string, string>> => ({
  contract: `contracts/${system}.ts`,
  table: `handlers/${system}/table.ts`,
  "create-entry": `handlers/${system}/create-entry.ts`,
  "get-entry": `handlers/${system}/get-entry.ts`,
  stack: `stacks/${system}-stack.ts`,
  scenario: `tools/acceptance/scenarios/${system}.ts`,
  page: `docs/systems/${system}.md`,
  support: `__tests__/support/${system}.ts`,
  "handlers-test": `__tests__/handlers/${system}/entries.test.ts`,
  "stack-test": `__tests__/stacks/${system}-stack.test.ts`,
  "alarm-cases": `__tests__/stacks/alarm-cases/${system}.ts`,
  "page-test": `__tests__/end-to-end/systems/${system}-page.test.ts`,
});

const template = (name: string, values: Readonly<Record<string, string>>): string =>
  readFileSync(join(__dirname, "template", `${name}.txt`), "utf8").replace(
    /\{\{(\w+)\}\}/g,
    (place, value: string) => new Map(Object.entries(values)).get(value) ?? place,
  );

/** A text with a line put in front of the first that is after it in the alphabet, or else after the last of its kind. */
function inOrder(text: string, line: string, kind: RegExp, where: string): string {
  const lines = text.split("\n");
  const alike = lines.flatMap((one, at) => (kind.test(one) ? [at] : []));
  const last = alike.at(-1);
  if (last === undefined)
    throw new UserError(`${where}: must have a line like ${line.trim()}, got none; put one there`);
  const plain = (one: string): string => one.replace(/["\s]/g, "");
  const at = alike.find((index) => plain(lines[index] ?? "") > plain(line)) ?? last + 1;
  return [...lines.slice(0, at), line, ...lines.slice(at)].join("\n");
}

/** A text with another in front of its last line that is this. */
function before(text: string, line: string, added: string, where: string): string {
  const at = text.lastIndexOf(`\n${line}\n`);
  if (at < 0) throw new UserError(`${where}: must have a line ${line}, got none; put it there`);
  return `${text.slice(0, at + 1)}${added}${text.slice(at + 1)}`;
}

/** What makes a system. */
export interface NewSystem {
  /** Path → text, of new files and of those that change. */
  readonly writes: ReadonlyMap<string, string>;
  /** The files that change. */
  readonly changed: readonly string[];
  /** The files that commands write afterwards. */
  readonly generated: readonly string[];
}

/** The files that make a system, and those that list it, as they are with it. */
export function newSystem(root: string, system: string): NewSystem {
  const values = { system, camel: camelCase(system), pascal: pascalCase(system) };
  const writes = new Map(Object.entries(written(system)).map(([name, path]) => [path, template(name, values)]));
  const edits: [path: string, change: (text: string) => string][] = [
    [
      "main.ts",
      (text) => {
        const imported = `import { ${values.pascal}Stack } from "./stacks/${system}-stack";`;
        const key = /-/.test(system) ? `"${system}"` : system;
        const listed = inOrder(text, `  ${key}: ${values.pascal}Stack,`, /^ {2}"?[a-z0-9-]+"?: \w+,$/, "main.ts");
        return inOrder(listed, imported, /^import \{ \w+Stack \}/, "main.ts");
      },
    ],
    [
      "environments/environment.ts",
      (text) =>
        before(
          text,
          "}",
          `  readonly ${values.camel}: Omit<SystemSettings, "network">;\n`,
          "environments/environment.ts",
        ),
    ],
    ...environmentFiles(root).map((path): (typeof edits)[number] => {
      const [rate, burst] = path.includes("prod") ? ["1000", "2000"] : ["100", "200"];
      return [
        path,
        (text) => before(text, "};", template("settings", { ...values, rate, burst } as Record<string, string>), path),
      ];
    }),
    [
      "docs/deletion.md",
      (text) => text.replace(/^(?=## By hand$)/m, () => `${template("deletion", values).trimStart()}\n`),
    ],
    [
      "README.md",
      (text) =>
        text.replace(
          /^(?=\| \[account\]\(docs\/systems\/account\.md\))/m,
          `| [${system}](docs/systems/${system}.md) | entries, found by their ids |\n`,
        ),
    ],
  ];
  const changed: string[] = [];
  for (const [path, change] of edits) {
    if (!existsSync(join(root, path))) continue;
    writes.set(path, change(readFileSync(join(root, path), "utf8")));
    changed.push(path);
  }
  const generated = [`openapi/${system}.json`, `docs/access/${system}.md`, `docs/pictures/${system}.svg`];
  return { writes, changed, generated };
}
