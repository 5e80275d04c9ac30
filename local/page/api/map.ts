import { bucketArn, parseArn } from "../../../aws/arn";
import type { System } from "../../run/system";
import type { ScheduleState } from "../../scheduler/scheduler";
import type { Endpoint, Sources } from "./endpoint";

interface Node {
  readonly id: string;
  readonly kind: "api" | "function" | "table" | "bucket" | "queue" | "topic" | "bus" | "parameter" | "schedule";
  readonly name: string;
  readonly href: string;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  count: number;
  /** Number of those that were refused or failed. */
  bad: number;
}

/** Nodes of a system, by the ARN that policies and calls name them by. */
function nodesOf({ name, gateway, functions, schedules, resources }: System): ReadonlyMap<string, Node> {
  const data = (kind: Node["kind"], id: string, called: string): readonly [string, Node] => [
    id,
    { id, kind, name: called, href: `/data?resource=${kind}:${encodeURIComponent(called)}` },
  ];
  const api: Node = {
    id: `api ${name}`,
    kind: "api",
    name: gateway?.restApi.name ?? "",
    href: `/requests?system=${name}`,
  };
  return new Map([
    ...(gateway ? [[api.id, api] as const] : []),
    ...functions.map((fn): readonly [string, Node] => [
      fn.arn,
      { id: fn.arn, kind: "function", name: fn.name, href: `/logs?function=${encodeURIComponent(fn.name)}` },
    ]),
    ...resources.tables.map((table) => data("table", table.arn, table.name)),
    ...resources.buckets.map((bucket) => data("bucket", bucketArn(bucket.name), bucket.name)),
    ...resources.queues.map((queue) => data("queue", queue.arn, queue.name)),
    ...resources.topics.map((topic) => data("topic", topic.arn, parseArn(topic.arn)?.resource ?? topic.arn)),
    ...resources.events.buses.map((bus) => data("bus", bus.arn, bus.name)),
    ...schedules.map((schedule) => data("schedule", schedule.arn, schedule.name)),
    ...resources.parameters.map((parameter) => data("parameter", parameter.arn, parameter.name)),
  ]);
}

/** The part that an ARN is about: an index is its table's, an object its bucket's, a version its function's. */
function partOf(nodes: ReadonlyMap<string, Node>, arn: string): string | undefined {
  if (nodes.has(arn)) return arn;
  for (const id of nodes.keys()) if (arn.startsWith(`${id}/`) || arn.startsWith(`${id}:`)) return id;
  return undefined;
}

/** A system as parts and what leads from one to another, with how often it did lately. */
function mapOf(system: System, { runner, recorder }: Sources, scheduled: readonly ScheduleState[]) {
  const nodes = nodesOf(system);
  const edges = new Map<string, Edge>();
  const edge = (from: string, to: string | undefined): Edge | undefined => {
    if (to === undefined || from === to) return undefined;
    const known = edges.get(`${from} ${to}`) ?? { from, to, count: 0, bad: 0 };
    edges.set(`${from} ${to}`, known);
    return known;
  };
  const count = (of: Edge | undefined, isBad: boolean): void => {
    if (!of) return;
    of.count += 1;
    of.bad += Number(isBad);
  };
  const byName = new Map(system.functions.map(({ name, arn }) => [name, arn]));
  const body = JSON.stringify(system.gateway?.restApi.body ?? "");
  const api = `api ${system.name}`;
  const named = system.functions.filter(({ name }) => body.includes(`:function:${name}`) || body.includes(`:${name}/`));
  for (const { arn } of named) edge(api, arn);
  for (const grant of runner.grants()) {
    const from = byName.get(grant.function);
    if (from !== undefined) edge(from, partOf(nodes, grant.resource));
  }
  for (const { queueArn, functionName } of system.queueSources) edge(queueArn, byName.get(functionName));
  for (const { arn, subscriptions } of system.resources.topics) {
    for (const { endpoint } of subscriptions) if (nodes.has(endpoint)) edge(arn, endpoint);
  }
  const busArns = new Map(system.resources.events.buses.map(({ name, arn }) => [name, arn]));
  for (const { busName, targets } of system.resources.events.rules) {
    const from = busArns.get(busName);
    if (from !== undefined) for (const { arn } of targets) edge(from, partOf(nodes, arn));
  }
  for (const { bus, rules } of recorder.busEvents.newestFirst()) {
    const from = busArns.get(bus);
    for (const { arn, result } of from === undefined ? [] : rules.flatMap(({ targets }) => targets)) {
      count(edge(from ?? "", partOf(nodes, arn)), result !== "delivered");
    }
  }
  for (const { schedule, outcomes } of scheduled) {
    const of = nodes.has(schedule.arn) ? edge(schedule.arn, partOf(nodes, schedule.target.arn)) : undefined;
    for (const { result } of outcomes) count(of, result !== "invoked");
  }
  for (const { system: of, functionArn, status, integrationMs } of recorder.requests.newestFirst()) {
    if (of !== system.name || functionArn === undefined || integrationMs === undefined) continue;
    count(edge(api, partOf(nodes, functionArn)), status >= 500);
  }
  for (const { caller, needs, refusal } of recorder.calls.newestFirst()) {
    const from = byName.get(caller);
    const to = needs[0] && partOf(nodes, needs[0].resource);
    if (from !== undefined) count(edge(from, to), refusal !== undefined);
  }
  const linked = new Set([...edges.values()].flatMap(({ from, to }) => [from, to]));
  return {
    system: system.name,
    stack: system.stack,
    nodes: [...nodes.values()].filter(({ id }) => linked.has(id)),
    edges: [...edges.values()],
  };
}

export const mapEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/map",
    operationId: "getMap",
    summary: "The parts of the systems, what leads from one to another, and how often it did lately",
    async answer(_, sources) {
      const scheduled = await sources.runner.scheduled(0);
      return { maps: sources.runner.systems.map((system) => mapOf(system, sources, scheduled)) };
    },
  },
];
