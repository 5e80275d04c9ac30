import type { System } from "../../run/system";
import { shortArn } from "../reason";
import type { BusEventRecord } from "../records";
import type { Endpoint } from "./endpoint";

type Rule = System["resources"]["events"]["rules"][number];

const ruleOf = ({ name, enabled, pattern, targets }: Rule) => ({
  ...{ name, enabled, pattern },
  targets: targets.map(({ arn, input, deadLetterArn }) => ({
    to: shortArn(arn),
    input,
    deadLetters: deadLetterArn === undefined ? undefined : shortArn(deadLetterArn),
  })),
});

/** The buses of a system with their rules; those too that it has rules on and that are somebody else's. */
export function busesOf({ resources: { events } }: System) {
  const names = new Set([...events.buses.map(({ name }) => name), ...events.rules.map(({ busName }) => busName)]);
  return [...names].map((name) => ({
    name,
    rules: events.rules.filter(({ busName }) => busName === name).map(ruleOf),
  }));
}

const eventOf = ({ event: _, rules, ...rest }: BusEventRecord) => ({
  ...rest,
  rules: rules.map(({ targets, ...rule }) => ({
    ...rule,
    targets: targets.map(({ arn, ...outcome }) => ({ to: shortArn(arn), ...outcome })),
  })),
});

const MOST = 100;

export const busEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/bus-events",
    operationId: "listBusEvents",
    summary:
      "Events that were put on buses, the newest first: which rules they fit and in what they do not, and what became of them at the targets",
    query: { bus: "a bus's name" },
    answer({ query }, { recorder }) {
      const bus = query.get("bus");
      const isWanted = (event: BusEventRecord) => bus === null || event.bus === bus;
      return {
        events: recorder.busEvents.newestRows(MOST, (event) => (isWanted(event) ? eventOf(event) : undefined)),
      };
    },
  },
];
