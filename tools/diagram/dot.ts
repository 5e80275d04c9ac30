import type { Architecture } from "./architecture";
import { boxLabel, frame, grey, ink, wrapped } from "./labels";
import { clients, drawn, type Edge, type Group, type Part } from "./types";

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

/** The frame in which a part is. */
function groupAt({ parts, edges }: Architecture, id: string): Group | undefined {
  const part = parts.find((one) => one.id === id);
  return part && groupOf(part, edges);
}

/** More functions than that which make the same call have one arrow from their frame. */
const MOST_JOINED = 4;

const callOf = ({ to, labels }: Edge): string => `${to} ${labels.join()}`;

/** An arrow from the frame of a function. */
function fromFrame(architecture: Architecture, { from, to, labels }: Edge): string {
  const group = groupAt(architecture, from);
  return `"${from}" -> "${to}" [ltail="cluster_${group}" label="${wrapped(labels).join("\\n")}"];`;
}

/** Puts a node into the frame in which a part is, if that is the network's, or else into the cloud's. */
function beside(architecture: Architecture, id: string, node: string): string[] {
  const group = groupAt(architecture, id);
  const isInNetwork = group === "vpc" || group === "private" || group === "public";
  return [`subgraph cluster_cloud { ${isInNetwork ? `subgraph cluster_vpc { ${node} }` : node} }`];
}

/** The arrows of functions that make the same calls to the same resource: they meet, and go on as one. */
function joined(architecture: Architecture, calls: readonly Edge[]): string[] {
  const alike = new Map<string, Edge[]>();
  for (const edge of calls) alike.set(callOf(edge), [...(alike.get(callOf(edge)) ?? []), edge]);
  return [...alike.values()].flatMap((group, at) => {
    const middle = group[Math.floor(group.length / 2)];
    if (!middle) return [];
    const { to, labels } = middle;
    // Each function writes logs: nobody needs to read that.
    if (to === "aws_cloudwatch_log_group") return [fromFrame(architecture, middle)];
    if (group.length === 1) return [arrow(middle)];
    if (group.length > MOST_JOINED) {
      return [fromFrame(architecture, { ...middle, labels: [...labels, `by ${group.length} functions`] })];
    }
    const junction = `junction${at}`;
    return [
      ...beside(architecture, to, `"${junction}" [shape=point width=0.04 color="${grey}"];`),
      ...group.map(({ from }) => `"${from}":e -> "${junction}" [arrowhead=none];`),
      arrow({ ...middle, from: junction }),
    ];
  });
}

function arrows(architecture: Architecture): string[] {
  const isCall = ({ from, to }: Edge) => isFunction(from) && !isFunction(to);
  const { edges } = architecture;
  return [...edges.filter((edge) => !isCall(edge)).map(arrow), ...joined(architecture, edges.filter(isCall))];
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
export function dot(system: string, architecture: Architecture): string {
  return [
    `digraph "${system}" {`,
    style,
    ...frames(system, architecture),
    ...arrows(architecture),
    ...stays(architecture),
    "}",
  ].join("\n");
}
