import type { Arguments } from "../../stack-json/document";
import type { Architecture } from "./architecture";
import { clients, drawn, type Group, index, type Part } from "./types";

export const ink = "#1F2328";
export const grey = "#57606A";

/** Grounds, texts and lines on a dark page. */
const dark: Readonly<Record<string, string>> = {
  white: "#0D1117",
  "#FFFFFF": "#0D1117",
  [ink]: "#E6EDF3",
  [grey]: "#9198A1",
  "#232F3E": "#9198A1",
  // In the icon of clients.
  "#242F3E": "#9198A1",
  "#232F3D": "#9198A1",
  "#F2FBFB": "#0C2426",
  "#F6F9EE": "#191F0B",
  "#FFF8F2": "#26180A",
  "#FEF6FA": "#28101C",
};

/** The rules by which a picture follows the reader's colour scheme. */
export const colorScheme = `<style>@media (prefers-color-scheme: dark) {${Object.entries(dark)
  .map(([light, other]) =>
    ["fill", "stroke"].map((what) => `[${what}="${light.toLowerCase()}"]{${what}:${other}}`).join(""),
  )
  .join("")}}</style>`;

/** Frames of groups, in AWS's colours. */
const groups: Readonly<Record<Group, { icon: string; color: string; fill: string }>> = {
  cloud: { icon: "architecture-group/AWSCloud", color: "#232F3E", fill: "#FFFFFF" },
  vpc: { icon: "architecture-group/VirtualprivatecloudVPC", color: "#8C4FFF", fill: "#FFFFFF" },
  private: { icon: "architecture-group/Privatesubnet", color: "#00A4A6", fill: "#F2FBFB" },
  public: { icon: "architecture-group/Publicsubnet", color: "#7AA116", fill: "#F6F9EE" },
  functions: { icon: "architecture-service/AWSLambda", color: "#ED7100", fill: "#FFF8F2" },
  operations: { icon: "architecture-service/AmazonCloudWatch", color: "#E7157B", fill: "#FEF6FA" },
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const cell = (content: string, attributes = ""): string => `<TD ${attributes}>${content}</TD>`;
const table = (rows: readonly string[], attributes = 'BORDER="0"'): string =>
  `<TABLE CELLBORDER="0" CELLSPACING="0" CELLPADDING="1" ${attributes}>${rows.map((row) => `<TR>${row}</TR>`).join("")}</TABLE>`;
const image = (icon: string, size: number): string =>
  table([cell(`<IMG SRC="${icon}"/>`, `FIXEDSIZE="TRUE" WIDTH="${size}" HEIGHT="${size}"`)]);
const font = (text: string, color: string, size: number): string =>
  `<FONT POINT-SIZE="${size}" COLOR="${color}">${text}</FONT>`;
const textRows = ([title = "", ...lines]: readonly string[], align: string): string[] =>
  [font(`<B>${escaped(title)}</B>`, ink, 14), ...lines.map((line) => font(escaped(line), grey, 13))].map((text) =>
    cell(text, `ALIGN="${align}"`),
  );

/** An icon above its words. */
const tile = (icon: string, words: readonly string[]): string =>
  table([cell(image(icon, 40)), ...textRows(words, "CENTER")]);

/** An icon beside its words, framed. */
const card = (icon: string, words: readonly string[]): string =>
  table(
    [cell(image(icon, 30), 'CELLPADDING="4"') + cell(table(textRows(words, "LEFT")), 'ALIGN="LEFT"')],
    `BORDER="1" COLOR="${groups.functions.color}" STYLE="ROUNDED" BGCOLOR="white" WIDTH="225"`,
  );

/** A list in lines of two. */
export const wrapped = (items: readonly string[]): string[] =>
  items.flatMap((item, position) => {
    if (position % 2 === 1) return [];
    const next = items[position + 1];
    return [[item, ...(next ? [next] : [])].join(", ") + (items.length > position + 2 ? "," : "")];
  });

function apiWords({ stack, stages }: Architecture): string[] {
  const plans = stack.all<{
    throttle_settings?: { rate_limit: number };
    quota_settings?: { limit: number; period: string };
  }>("aws_api_gateway_usage_plan");
  const methods = stack.all<{ settings: Arguments }>("aws_api_gateway_method_settings");
  const names = stages.map(({ stage_name }) => stage_name);
  const words = plans.flatMap(({ throttle_settings: throttle, quota_settings: quota }) => [
    "API keys",
    ...(throttle ? [`${throttle.rate_limit} a second`] : []),
    ...(quota ? [`${quota.limit.toLocaleString("en")} a ${quota.period.toLowerCase()}`] : []),
  ]);
  const cached = methods.filter(({ settings }) => settings["caching_enabled"]);
  return [
    ...new Set([
      ...(names.length > 1 ? [`stages ${names.join(", ")}`] : []),
      ...words,
      ...cached.map(({ settings }) => `cache ${settings["cache_ttl_in_seconds"]} s`),
    ]),
  ];
}

/** Namespaces of the metrics that alarms watch: "Lambda, DynamoDB". */
function namespacesOf(resources: readonly Arguments[]): string[] {
  const found = [...JSON.stringify(resources).matchAll(/"namespace":"(?:AWS\/)?([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
  return wrapped([...new Set(found)].sort());
}

/** The lines in a box: its name, then its purpose. */
function wordsOf({ id, type, resources }: Part, architecture: Architecture): string[] {
  const { kind, together } = drawn[type] ?? { kind: type };
  const [first] = resources;
  if (type === clients) return [kind];
  if (type === index) return [String(first?.["name"]), kind];
  if (type === "aws_vpc_endpoint") return [String(first?.["service_name"]).replace(/.*\./, ""), kind];
  if (type === "aws_api_gateway_rest_api") return [kind, ...apiWords(architecture)];
  if (together) return [resources.length > 1 ? `${resources.length} ${kind}s` : kind, ...namespacesOf(resources)];
  // Terraform's name is the construct path and, unless that is one step, a hash: alarms_topic_CB6504A9.
  const path = id
    .replace(/^[^.]*\./, "")
    .replace(/_[0-9A-F]{8}$/, "")
    .split("_");
  const title = path.filter((step, depth) => depth === 0 || step !== kind).join(" ");
  if (type === "aws_scheduler_schedule") {
    return [title, String(first?.["schedule_expression"]), String(first?.["schedule_expression_timezone"] ?? "UTC")];
  }
  if (type !== "aws_lambda_function") return [title, kind];
  const routes = architecture.edges.filter(({ from, to }) => to === id && from.startsWith("aws_api_gateway"));
  return [title, ...routes.flatMap(({ labels }) => labels)];
}

/** A part's label: functions stand in a column of cards. */
export function boxLabel(part: Part, architecture: Architecture): string {
  const draw = part.type === "aws_lambda_function" ? card : tile;
  return `<${draw(drawn[part.type]?.icon ?? "", wordsOf(part, architecture))}>`;
}

/** A frame around boxes, unless there are none. */
export function frame(group: Group, title: string, inside: readonly string[]): string[] {
  if (inside.length === 0) return [];
  const { icon, color, fill } = groups[group];
  const label = table([cell(image(icon, 22)) + cell(" ") + cell(font(escaped(title), ink, 14))]);
  return [
    `subgraph cluster_${group} { label=<${label}>; labelloc=${group === "operations" ? "b" : "t"}; color="${color}"; bgcolor="${fill}";`,
    ...inside,
    "}",
  ];
}
