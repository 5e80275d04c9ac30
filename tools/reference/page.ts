import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ConstructReference, readConstruct } from "./construct";

/** Every construct that a stack may be made of, by file: what constructs make of themselves is not, unless it has grants. */
export function constructs(root: string): ConstructReference[] {
  const settings = readFileSync(join(root, "environments/environment.ts"), "utf8");
  const files = readdirSync(join(root, "constructs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("synth"))
    .map((file) => `constructs/${file}`)
    .sort();
  const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
  const isPart = (name: string, of: string): boolean =>
    files.some((file) => file !== of && new RegExp(`^(?! *\\*).*\\bnew ${name}\\b`, "m").test(sources.get(file) ?? ""));
  return [...sources].flatMap(([file, source]) =>
    [...source.matchAll(/^export class (\w+)\b/gm)].flatMap(([, name = ""]) => {
      const reference = readConstruct(name, file, source, settings);
      const hasGrants = reference?.verbs.some(({ signature }) => signature.startsWith("grant"));
      return reference && (hasGrants || !isPart(name, file)) ? [reference] : [];
    }),
  );
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
