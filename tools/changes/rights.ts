import { inWords, type Resource } from "../../stack-json/resource";
import { type Cell, covers, policyCells } from "./cells";
import { type Change, changesAbout, type Severity } from "./change";
import type { Comparison } from "./comparison";

const rights = changesAbout("rights");

type Resources = ReadonlyMap<string, Resource>;

const cellsOf = (side: Resources, all: Resources): Cell[] =>
  [...side.values()].flatMap((resource) => policyCells(resource, all));

/** Cells of one sentence: all but the action is the same. */
function sentences(cells: readonly Cell[], verb: string, severity: (cell: Cell) => Severity): Change[] {
  const grouped = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = JSON.stringify({ ...cell, action: "" });
    grouped.set(key, [...(grouped.get(key) ?? []), cell]);
  }
  return [...grouped.values()].flatMap((group) => {
    const [cell] = group;
    if (!cell) return [];
    const { subject, principal, resource, condition } = cell;
    const actions = group.map(({ action }) => action).join(", ");
    const who = principal === "" ? subject : `${subject}: ${principal === "*" ? "anyone" : principal}`;
    const where = resource === "it" ? "" : ` on ${resource}`;
    const when = condition === "" ? "" : ` where ${condition}`;
    return [rights(severity(cell), `${who} ${verb} ${actions}${where}${when}`)];
  });
}

/** A gateway endpoint's policy is a second fence: who goes through it needs a right of its own. */
const widening = ({ type }: Cell): Severity => (type === "aws_vpc_endpoint" ? "notice" : "risk");

/** API Gateway may call a function from one route: that goes with the route. Whatever else may call it is told. */
function invocationChanges({ added, kept, after }: Comparison): Change[] {
  const changed = kept.filter((one) => one.changed.length > 0).map((one) => one.after);
  const permissions = [...added, ...changed].filter(({ type }) => type === "aws_lambda_permission");
  return permissions.map(({ args }) => {
    const source = args["source_arn"];
    const known = typeof source === "string" && /\.amazonaws\.com$/.test(String(args["principal"]));
    const from = source === undefined ? " from anywhere" : ` from ${inWords(String(source), after)}`;
    const who = args["principal"] === "*" ? "anyone" : args["principal"];
    return rights(
      known ? "info" : "risk",
      `${who} may now call ${inWords(String(args["function_name"]), after)}${from}`,
    );
  });
}

/** Cells that no others cover. */
function uncovered(cells: readonly Cell[], others: readonly Cell[]): Cell[] {
  const same = new Set(others.map((cell) => JSON.stringify(cell)));
  const left = cells.filter((cell) => !same.has(JSON.stringify(cell)));
  return left.filter((cell) => !others.some((other) => covers(other, cell)));
}

/** Which rights are wider or narrower, by who has them, action and resource. */
export function rightsChanges(comparison: Comparison): Change[] {
  const all = new Map([...comparison.before, ...comparison.after]);
  const [before, after] = [cellsOf(comparison.before, all), cellsOf(comparison.after, all)];
  const paths = [...comparison.after.values()].map(({ path }) => `${path}/`);
  const isThere = ({ scope }: Cell) => paths.some((path) => path.startsWith(`${scope}/`));
  const gained = uncovered(after, before);
  const lost = uncovered(before, after).filter(isThere);
  const isDenial = ({ deny }: Cell) => deny;
  const isGrant = ({ deny }: Cell) => !deny;
  const harmless = (): Severity => "info";
  return [
    ...sentences(gained.filter(isGrant), "gains", widening),
    ...sentences(lost.filter(isDenial), "is no longer denied", widening),
    ...sentences(gained.filter(isDenial), "is now denied", harmless),
    ...sentences(lost.filter(isGrant), "loses", harmless),
    ...invocationChanges(comparison),
  ];
}
