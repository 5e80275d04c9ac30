import { isObject } from "../../lib/json";

/** The part of a response in which two deployments of one system have to agree. */
export interface Observation {
  readonly status: number;
  /** The code of a refusal: `NOT_FOUND`. */
  readonly code?: string;
  /**
   * Those that a system decides about, in lower case; values that differ from answer to answer are replaced by their
   * kind: `<id>`.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Types by path in the body: `items[].version` → `number`. */
  readonly shape: Readonly<Record<string, string>>;
}

/** Headers of the way and of the moment, which no contract is about. */
const ofTheWay =
  /^(age|alt-svc|connection|content-length|date|keep-alive|server|transfer-encoding|via|x-amz-.*|x-amzn-.*|x-cache)$/;

/** Values that differ in each response: ids, times, and version tokens. */
const passing: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>"],
  [/\b[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT\b/g, "<time>"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>"],
  [/\b(write=)[\w-]+/g, "$1<token>"],
];

/** The values in a response that depend on the caller and the deployment. */
export interface RunContext {
  /** The path that every path of a deployment begins with: `/dev`. */
  readonly base: string;
  /** Unique part of the names that the run creates. */
  readonly run: string;
}

/** A header's value without what passes, and without what it has because of who asked, and where. */
function lasting(value: string, { base, run }: RunContext): string {
  const path = base !== "" && value.startsWith(`${base}/`) ? value.slice(base.length) : value;
  return passing.reduce((text, [pattern, name]) => text.replace(pattern, name), path.replaceAll(run, "<run>"));
}

function addShape(value: unknown, path: string, shape: Map<string, Set<string>>): void {
  const kind = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  shape.set(path, (shape.get(path) ?? new Set()).add(kind));
  if (Array.isArray(value)) for (const item of value) addShape(item, `${path}[]`, shape);
  else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) addShape(member, path === "" ? name : `${path}.${name}`, shape);
  }
}

function shapeOf(body: unknown): Record<string, string> {
  const shape = new Map<string, Set<string>>();
  if (body !== undefined) addShape(body, "", shape);
  return Object.fromEntries([...shape].map(([path, kinds]) => [path, [...kinds].sort().join(" or ")]));
}

/** The code that a refusal's body says. */
function codeOf(body: unknown): string | undefined {
  const error = isObject(body) ? body["error"] : undefined;
  return isObject(error) && typeof error["code"] === "string" ? error["code"] : undefined;
}

/** The observation of a response. */
export function observationOf(response: Response, body: unknown, context: RunContext): Observation {
  const headers = [...response.headers].filter(([name]) => !ofTheWay.test(name));
  const code = codeOf(body);
  return {
    status: response.status,
    ...(code === undefined ? {} : { code }),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, lasting(value, context)])),
    shape: shapeOf(body),
  };
}

const said = (value: string | undefined): string => value ?? "none";

function between(what: string, target: Readonly<Record<string, string>>, local: Readonly<Record<string, string>>) {
  const names = [...new Set([...Object.keys(target), ...Object.keys(local)])].sort();
  return names
    .map(
      (name) =>
        [
          name,
          Object.hasOwn(target, name) ? target[name] : undefined,
          Object.hasOwn(local, name) ? local[name] : undefined,
        ] as const,
    )
    .filter(([, there, here]) => there !== here)
    .map(([name, there, here]) => `${what} ${name || "(all)"}: ${said(there)} there, ${said(here)} locally`);
}

/** Differences from the local run's answer, a line each. */
export function differences(target: Observation, local: Observation): string[] {
  const plain = ({ status, code }: Observation) => ({
    status: String(status),
    ...(code === undefined ? {} : { code }),
  });
  return [
    ...between("", plain(target), plain(local)).map((line) => line.trim()),
    ...between("header", target.headers, local.headers),
    ...between("body", target.shape, local.shape),
  ];
}
