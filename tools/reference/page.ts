import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConstructReference, readConstruct } from "./construct";

/** Every construct that the stacks are made of, by file. */
export function constructs(root: string): ConstructReference[] {
  const stacks = readdirSync(join(root, "stacks")).sort();
  const text = stacks.map((file) => readFileSync(join(root, "stacks", file), "utf8")).join("\n");
  const settings = readFileSync(join(root, "environments/environment.ts"), "utf8");
  const imports = text.matchAll(/import \{([^}]+)\} from "\.\.\/(constructs\/(?!synth\/)[^"]+)"/g);
  const found = [...imports].flatMap(([, names = "", path = ""]) => {
    const source = readFileSync(join(root, `${path}.ts`), "utf8");
    return names.split(",").flatMap((name) => readConstruct(name.trim(), `${path}.ts`, source, settings) ?? []);
  });
  const byFile = new Map(found.map((one) => [one.file, one]));
  return [...byFile.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|");

function section({ name, file, text, example, props, verbs }: ConstructReference): string {
  const rows = props.map(
    (prop) => `| ${code(prop.signature)} | ${cell(prop.text)} | ${cell(prop.defaultValue ?? "")} |`,
  );
  return [
    `## ${name}`,
    `${text} ([${file}](../${file}))`,
    ["```ts", example, "```"].join("\n"),
    ...(rows.length > 0 ? [["| Prop | What it says | Default |", "|---|---|---|", ...rows].join("\n")] : []),
    ...(verbs.length > 0 ? [verbs.map((verb) => `- ${code(verb.signature)}: ${verb.text}`).join("\n")] : []),
  ].join("\n\n");
}

/** The page of all constructs: what each makes, an example, its props with their defaults, its verbs. */
export const referencePage = (all: readonly ConstructReference[]): string =>
  [
    "# Constructs",
    "What stacks are made of. `npm run reference` writes this page from the sources.",
    ...all.map(section),
  ]
    .join("\n\n")
    .concat("\n");
