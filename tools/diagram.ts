import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { command } from "./command";
import { Architecture } from "./diagram/architecture";
import { boxLabel, frame, grey, ink, wrapped } from "./diagram/labels";
import { Stack } from "./diagram/stack";
import { clients, drawn, type Edge, type Group, type Part } from "./diagram/types";
import { devStacks } from "./stacks/dev-stacks";

const style = `
  rankdir=LR; compound=true; nodesep=0.2; ranksep=0.5; pad=0.15; bgcolor=white; labeljust=l; fontname=Arial;
  label="Drawn from the Terraform JSON. Arrows are labelled with the calls that roles allow."; fontsize=13; fontcolor="${grey}";
  node [shape=plain fontname=Arial fontcolor="${ink}"];
  edge [fontname=Arial fontsize=13 fontcolor="${ink}" color="${grey}" arrowsize=0.7];`;

function groupOf({ id, type, resources }: Part, edges: readonly Edge[]): Group | undefined {
  const onlyAlarms = edges.every(({ from, to }) => to !== id || from === "aws_cloudwatch_metric_alarm");
  if (type === "aws_sns_topic" && onlyAlarms) return "operations";
  return type === "aws_lambda_function" && resources[0]?.["vpc_config"] ? "private" : drawn[type]?.group;
}

function frames(system: string, architecture: Architecture): string[] {
  const { stack, parts, edges, stages } = architecture;
  const within = (group?: Group): string[] =>
    parts
      .filter((part) => groupOf(part, edges) === group)
      .map((part) => `"${part.id}" [label=${boxLabel(part, architecture)}];`);
  const [shown, ...others] = stages.map(({ stage_name }) => stage_name);
  const ofStage = stack.parts.length > parts.length ? ` of ${shown}; ${others.join(", ")} have their own` : "";
  const [vpc] = stack.all<{ cidr_block: string }>("aws_vpc");
  const network = [
    ...frame("private", "Private subnets", within("private")),
    ...frame("public", "Public subnets", within("public")),
    ...within("vpc"),
  ];
  return [
    ...within(undefined),
    ...frame("cloud", `${system} · ${stack.region}`, [
      // First, so that it comes to stand at the bottom.
      ...frame("operations", "Logs and alarms", within("operations")),
      ...frame("vpc", `VPC ${vpc?.cidr_block}`, network),
      ...frame("functions", `Functions${ofStage}`, within("functions")),
      ...within("cloud"),
    ]),
  ];
}

const isFunction = (id: string): boolean => id.startsWith("aws_lambda_function");

function arrow({ from, to, labels }: Edge): string {
  // Functions stand in one column, whichever calls which, and what calls one is a call.
  if (isFunction(from) && isFunction(to)) return `"${from}":e -> "${to}":e [constraint=false];`;
  if (isFunction(to) && from.startsWith("aws_api_gateway")) return `"${from}":e -> "${to}":w;`;
  return `"${from}"${isFunction(from) ? ":e" : ""} -> "${to}" [label="${wrapped(labels).join("\\n")}"];`;
}

function arrows({ parts, edges }: Architecture): string[] {
  // Each function writes logs: one arrow from their frame says so.
  const [ours, others] = [true, false].map((ours) =>
    edges.filter(({ from, to }) => ours === (isFunction(from) && to === "aws_cloudwatch_log_group")),
  );
  const writer = parts.findLast(({ id }) => ours?.some(({ from }) => from === id));
  const logs = writer && `"${writer.id}" -> "aws_cloudwatch_log_group" [ltail="cluster_${groupOf(writer, edges)}"];`;
  return [...(others ?? []).map(arrow), ...(logs ? [logs] : [])];
}

/** Arrows that are not seen: they keep what no arrow places beside the functions. */
function stays({ parts, edges }: Architecture): string[] {
  const front = parts.find(({ type }) => type === "aws_api_gateway_rest_api");
  const first = parts.find(({ id }) => isFunction(id));
  const placed = edges.filter(({ from, to }) => !(isFunction(from) && isFunction(to))).map(({ to }) => to);
  const loose = parts.filter(({ id, type }) => type !== clients && !placed.includes(id));
  return loose.flatMap(({ id, type }) => {
    const from = /nat_gateway|vpc_endpoint/.test(type) ? first : front;
    return from && from.id !== id ? [`"${from.id}" -> "${id}" [style=invis];`] : [];
  });
}

/** The picture in Graphviz's language. */
function dot(system: string, architecture: Architecture): string {
  return [
    `digraph "${system}" {`,
    style,
    ...frames(system, architecture),
    ...arrows(architecture),
    ...stays(architecture),
    "}",
  ].join("\n");
}

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
      [start, `<title>The architecture of ${system}</title>`, "<defs>", ...used.map(symbol), "</defs>"].join("\n"),
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
