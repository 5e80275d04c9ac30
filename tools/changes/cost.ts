import { resourceType } from "../../aws/catalogue";
import type { PriceComponent } from "../../aws/catalogue/resource-type";
import type { Arguments } from "../../stack-json/document";
import type { Resource } from "../../stack-json/resource";
import { type Change, changesAbout } from "./change";
import type { Comparison } from "./comparison";

const cost = changesAbout("cost");

/** A month, as AWS's calculators count it. */
const hours = 730;

/**
 * When the prices below were, to our knowledge, the list prices of us-east-1 in dollars; free tiers are left out. Of them,
 * NAT gateway, interface endpoint, public IPv4 address, alarm and the smallest cache were found again in others' summaries
 * of 2025 and 2026; the rest was not: AWS's own pages show none without a browser. Check before relying on them.
 */
export const pricesOf = "2025";

/** A stage's cache an hour, by its size in GB. */
const cacheHours: Readonly<Record<string, number>> = {
  "0.5": 0.02,
  "1.6": 0.038,
  "6.1": 0.2,
  "13.5": 0.25,
  "28.4": 0.5,
  "58.2": 1,
  "118": 1.9,
  "237": 3.8,
};

const length = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

function capacity(args: Arguments): number {
  if (args["billing_mode"] === "PAY_PER_REQUEST") return 0;
  const indexes = (args["global_secondary_index"] ?? []) as readonly Arguments[];
  const units = (name: string) => [args, ...indexes].reduce((sum, one) => sum + Number(one[name] ?? 0), 0);
  return hours * (0.00013 * units("read_capacity") + 0.00065 * units("write_capacity"));
}

/** An alarm is charged by the metrics that it reads. */
const alarmMetrics = ({ metric_query: queries }: Arguments): number =>
  Array.isArray(queries) ? queries.filter((query: Arguments) => query["metric"] !== undefined).length : 1;

/** Monthly price of each component, whether it is used or not, in dollars. */
const prices: Readonly<Record<PriceComponent, (args: Arguments) => number>> = {
  alarmMetrics: (args) => 0.1 * alarmMetrics(args),
  cache: (args) => (args["cache_cluster_enabled"] ? hours * (cacheHours[String(args["cache_cluster_size"])] ?? 0) : 0),
  dashboard: () => 3,
  interfaceEndpoint: (args) =>
    args["vpc_endpoint_type"] === "Interface" ? hours * 0.01 * length(args["subnet_ids"]) : 0,
  key: () => 1,
  natGateway: () => hours * 0.045,
  publicAddress: () => hours * 0.005,
  secret: () => 0.4,
  tableCapacity: capacity,
  webAcl: () => 5,
};

function priceOf({ type, args }: Resource): number {
  const component = resourceType(type)?.price;
  return component === undefined ? 0 : prices[component](args);
}

/** Monthly price of resources together, in dollars. */
export const monthly = (resources: Iterable<Resource>): number =>
  [...resources].reduce((sum, resource) => sum + priceOf(resource), 0);

const dollars = (amount: number): string => `${amount < 0 ? "−" : "+"}$${Math.abs(amount).toFixed(2)}`;

function retention({ keptOf }: { keptOf: Comparison["keptOf"] }): Change[] {
  return keptOf("aws_cloudwatch_log_group").flatMap(({ before, after }) => {
    const [then, now] = [before, after].map(({ args }) => Number(args["retention_in_days"] ?? 0));
    const longer = then !== now && then !== 0 && (now === 0 || Number(now) > Number(then));
    const text = `${after.label} keeps logs for ${now === 0 ? "ever" : `${now} days`} instead of ${then}: $0.03 a GB and month`;
    return longer ? [cost("info", text)] : [];
  });
}

/** Change of the stack's monthly price while nobody uses it. */
export function costChanges(comparison: Comparison): Change[] {
  const { before, after } = comparison;
  const addresses = [...new Set([...before.keys(), ...after.keys()])];
  const single = addresses.flatMap((address) => {
    const [then, now] = [before.get(address), after.get(address)];
    const difference = monthly(now ? [now] : []) - monthly(then ? [then] : []);
    return difference === 0 ? [] : [{ difference, label: (now ?? then)?.label }];
  });
  const total = single.reduce((sum, { difference }) => sum + difference, 0);
  const sum = `${dollars(total)} a month while idle (list prices of us-east-1, ${pricesOf}, without traffic and requests)`;
  // What is cheaper than a dollar counts in the sum.
  const of = single
    .filter(({ difference }) => Math.abs(difference) >= 1)
    .map(({ difference, label }) => cost("info", `${label}: ${dollars(difference)} a month`));
  const together = Math.abs(total) < 0.005 ? [] : [cost(Math.abs(total) >= 10 ? "notice" : "info", `together ${sum}`)];
  return [...of, ...together, ...retention({ keptOf: (type) => comparison.keptOf(type) })];
}
