import type { StackJson } from "../../stack-json/document";
import { resourcesOf } from "../../stack-json/resource";
import { alarmChanges } from "./alarms";
import { apiChanges, publicRoutes } from "./api";
import { type Change, changesAbout, type Severity, type StackChange } from "./change";
import { Comparison } from "./comparison";
import { costChanges, monthly, pricesOf } from "./cost";
import { dataChanges, dataHolders } from "./data";
import { functionChanges } from "./functions";
import { lostIndexes } from "./indexes";
import { limitChanges } from "./limits";
import { resourceChanges } from "./resources";
import { rightsChanges } from "./rights";
import { setupChanges } from "./setup";
import { unseenChanges } from "./unseen";
import { usersChanges } from "./users";

/** Every view of a comparison, in the order of the report. */
const views = [
  dataChanges,
  lostIndexes,
  unseenChanges,
  rightsChanges,
  apiChanges,
  usersChanges,
  setupChanges,
  resourceChanges,
  limitChanges,
  functionChanges,
  alarmChanges,
  costChanges,
];

const resources = changesAbout("resources");

function newStack(json: StackJson): Change[] {
  const made = resourcesOf(json);
  const routes = publicRoutes(made.values());
  const secrets = Object.entries(json.variable ?? {}).filter(([, variable]) => !("default" in variable));
  const usd = monthly(made.values()).toFixed(2);
  return [
    resources("info", `the stack is new: ${made.size} resources, $${usd} a month while idle (us-east-1, ${pricesOf})`),
    ...routes.map((route) => changesAbout("access")("notice", `${route} is public`)),
    ...secrets.map(([name]) => changesAbout("setup")("notice", `TF_VAR_${name} has to be set to plan and deploy`)),
  ];
}

function goneStack(json: StackJson): Change[] {
  const left = resourcesOf(json);
  const holders = dataHolders(left.values());
  const text = `the stack is synthesized no more: its ${left.size} resources stay, unmanaged, unless it is destroyed first`;
  return [
    changesAbout("data")("risk", holders.length === 0 ? text : `${text}; it stores data in ${holders.join(", ")}`),
  ];
}

function ofStack(before: StackJson | undefined, after: StackJson | undefined): Change[] {
  if (before && after) {
    const comparison = new Comparison(before, after);
    return views.flatMap((view) => view(comparison));
  }
  return after ? newStack(after) : before ? goneStack(before) : [];
}

const order: readonly Severity[] = ["risk", "notice", "info"];

/** Changes between two synths, the most severe first; each sentence once a stack. */
export function compare(before: ReadonlyMap<string, StackJson>, after: ReadonlyMap<string, StackJson>): StackChange[] {
  const stacks = [...new Set([...before.keys(), ...after.keys()])].sort();
  const all = stacks.flatMap((stack) =>
    ofStack(before.get(stack), after.get(stack)).map((change) => ({ stack, ...change })),
  );
  const texts = all.map(({ stack, text }) => `${stack} ${text}`);
  const once = all.filter(({ stack, text }, index) => texts.indexOf(`${stack} ${text}`) === index);
  return order.flatMap((severity) => once.filter((change) => change.severity === severity));
}
