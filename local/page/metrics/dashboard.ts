import { messageOf } from "../../../lib/user-error";
import { evaluate } from "./expression";
import type { Measurements, Series } from "./measurements";

/** A line of a chart. */
export interface Line {
  readonly label: string;
  readonly points: Series;
  /** Why it is not drawn. */
  readonly unknown?: string;
}

export interface Widget {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly type: string;
  readonly view: string;
  /** In minutes. */
  readonly period: number;
  readonly lines: readonly Line[];
  /** Of a text widget. */
  readonly markdown?: string;
  readonly annotations: readonly { readonly label: string; readonly value: number }[];
}

interface Range {
  readonly measurements: Measurements;
  /** In minutes. */
  readonly minutes: number;
  /** The minute after the last one that is drawn. */
  readonly end: number;
  /** In place of the widget's own, in minutes. */
  readonly period: number | undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface Entry {
  readonly metric: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** A row of `metrics`, in which `.` stands for the same as in the row above and `...` for all of that before the last. */
function entryOf(row: unknown, above: readonly string[]): Entry {
  const parts = Array.isArray(row) ? row : [];
  const options = parts.find(isObject) ?? {};
  const texts = parts.filter((part): part is string => typeof part === "string");
  const full =
    texts[0] === "..."
      ? [...above.slice(0, above.length - (texts.length - 1)), ...texts.slice(1)]
      : texts.map((text, at) => (text === "." ? (above[at] ?? text) : text));
  return { metric: full, options };
}

function entriesOf(rows: readonly unknown[]): readonly Entry[] {
  const entries: Entry[] = [];
  for (const row of rows) {
    const above = entries.findLast(({ metric }) => metric.length > 0)?.metric ?? [];
    entries.push(entryOf(row, above));
  }
  return entries;
}

function linesOf(properties: Readonly<Record<string, unknown>>, range: Range): readonly Line[] {
  const rows = Array.isArray(properties["metrics"]) ? properties["metrics"] : [];
  const entries = entriesOf(rows);
  const period = range.period ?? periodOf(properties);
  const count = Math.max(1, Math.floor(range.minutes / period));
  const known = new Map<string, Series>();
  const lines = entries.map((entry, at): (() => Line) => {
    const { metric, options } = entry;
    const id = String(options["id"] ?? `row${at}`);
    const [namespace = "", name = "", ...rest] = metric;
    const label = String(options["label"] ?? (name === "" ? (options["expression"] ?? "") : name));
    const visible = options["visible"] !== false;
    if (metric.length === 0) {
      const expression = String(options["expression"] ?? "");
      return () => {
        try {
          return { label, points: visible ? evaluate(expression, known, count) : [] };
        } catch (error) {
          return { label, points: [], unknown: messageOf(error) };
        }
      };
    }
    const pairs = rest.flatMap((text, index) => (index % 2 === 0 ? [[text, rest[index + 1] ?? ""] as const] : []));
    const statistic = String(options["stat"] ?? properties["stat"] ?? "Average");
    const dimensions = Object.fromEntries(pairs);
    const wanted = { metric: { namespace, name, dimensions }, statistic, period, count, end: range.end };
    const points = range.measurements.series(wanted);
    if (points) known.set(id, points);
    const unknown = points ? {} : { unknown: `${statistic} is not computed here` };
    return () => ({ label, points: visible ? (points ?? []) : [], ...unknown });
  });
  return lines.map((line) => line()).filter((_, at) => entries[at]?.options["visible"] !== false);
}

/** A widget's period in minutes: five, unless it says otherwise. */
const periodOf = (properties: Readonly<Record<string, unknown>>): number =>
  Math.max(1, Math.ceil(Number(properties["period"] ?? 300) / 60));

function annotationsOf(properties: Readonly<Record<string, unknown>>) {
  const annotations = properties["annotations"];
  const horizontal = isObject(annotations) ? annotations["horizontal"] : undefined;
  const list = Array.isArray(horizontal) ? horizontal.filter(isObject) : [];
  return list.flatMap(({ label, value }) => (typeof value === "number" ? [{ label: String(label ?? ""), value }] : []));
}

/** A dashboard's body as widgets with their lines. */
export function widgetsOf(body: string, range: Range): readonly Widget[] {
  const parsed: unknown = JSON.parse(body);
  const widgets = isObject(parsed) && Array.isArray(parsed["widgets"]) ? parsed["widgets"].filter(isObject) : [];
  return widgets.map((widget) => {
    const properties = isObject(widget["properties"]) ? widget["properties"] : {};
    const number = (name: string, otherwise: number) => Number(widget[name] ?? otherwise);
    const type = String(widget["type"] ?? "metric");
    return {
      title: String(properties["title"] ?? ""),
      ...{ x: number("x", 0), y: number("y", 0), width: number("width", 6), height: number("height", 6) },
      type,
      view: String(properties["view"] ?? "timeSeries"),
      period: range.period ?? periodOf(properties),
      lines: type === "metric" ? linesOf(properties, range) : [],
      ...(type === "text" ? { markdown: String(properties["markdown"] ?? "") } : {}),
      annotations: annotationsOf(properties),
    };
  });
}
