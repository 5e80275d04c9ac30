import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { command } from "./command";
import { Architecture } from "./diagram/architecture";
import { dot } from "./diagram/dot";
import { colorScheme } from "./diagram/labels";
import { Stack } from "./diagram/stack";
import { devStacks } from "./stacks/dev-stacks";

const icons = join(require.resolve("aws-icons/package.json"), "..", "icons");

/** An icon's file as a symbol, which each place that shows it refers to. */
function symbol(icon: string): string {
  const file = readFileSync(join(icons, `${icon}.svg`), "utf8").trim();
  return file.replace(/^<svg [^>]*?(?=viewBox)/, `<symbol id="${basename(icon)}" `).replace(/<\/svg>$/, "</symbol>");
}

/** Lays the picture out and puts the icons in, so that the file needs no other. */
async function svg(system: string, source: string): Promise<string> {
  const { Graphviz } = await import("@hpcc-js/wasm-graphviz");
  const used = [...new Set([...source.matchAll(/<IMG SRC="([^"]+)"/g)].map(([, icon = ""]) => icon))].sort();
  const images = used.map((path) => ({ path, width: "40px", height: "40px" }));
  const drawing = (await Graphviz.load()).dot(source, "svg", { images });
  return drawing
    .replace(/^.*?(?=<svg)/s, "")
    .replace(/<!--.*?-->\n/gs, "")
    .replace(/(width|height)="(\d+)pt"/g, '$1="$2"')
    .replaceAll('font-family="Arial"', 'font-family="Arial, Helvetica, sans-serif"')
    .replace(/<image xlink:href="([^"]+)"/g, (_, icon: string) => `<use href="#${basename(icon)}"`)
    .replace(/<svg[^>]*>/, (start) =>
      [
        start,
        `<title>The architecture of ${system}</title>`,
        colorScheme,
        "<defs>",
        ...used.map(symbol),
        "</defs>",
      ].join("\n"),
    );
}

const usage = `npm run diagram

Writes docs/pictures/<system>.svg for each synthesized stack of dev.`;

async function main(): Promise<undefined> {
  mkdirSync("docs/pictures", { recursive: true });
  for (const [system, json] of devStacks()) {
    writeFileSync(`docs/pictures/${system}.svg`, await svg(system, dot(system, new Architecture(new Stack(json)))));
    console.log(`docs/pictures/${system}.svg`);
  }
}

void command(usage, {}, main);
