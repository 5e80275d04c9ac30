import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { TokenAuthorizer } from "../../constructs/api/token-authorizer";
import { UsagePlan } from "../../constructs/api/usage-plan";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Table } from "../../constructs/data/table";
import { Queue } from "../../constructs/events/queue";
import { Schedule } from "../../constructs/events/schedule";
import { Alarms } from "../../constructs/observability/alarms";
import type { SystemStack } from "../../constructs/synth/system-stack";
import { thingEntry } from "../fixtures/thing-entry";
import { thingsApi } from "../fixtures/things-api";
import { emptyStack, problemsOf } from "../support/stack";

type Settings = Record<string, unknown>;

const fn = (stack: SystemStack, settings: Settings = {}) =>
  new NodeFunction(stack, "get-thing", { entry: thingEntry, environment: { THINGS_TABLE: "things" }, ...settings });

const once = { rateLimit: 1, burstLimit: 1 };

const api = (stack: SystemStack, cache: Settings = {}) => {
  const { getThing } = thingsApi.routes;
  const cached = { ...getThing, cache: { ttlSeconds: 60, keyParameters: ["id"], ...cache } };
  const contract = { ...thingsApi, routes: { getThing: cached } };
  return new RestApi(stack, "api", { contract, handlers: { getThing: fn(stack) } });
};

const stage = (stack: SystemStack, throttle: Settings = {}) =>
  new ApiStage(stack, "stage", { api: api(stack), throttle: { ...once, ...throttle }, cacheClusterSize: "0.5" });

const plan = (stack: SystemStack, settings: Settings) =>
  new UsagePlan(stack, "plan", { stage: stage(stack), ...once, quotaPerDay: 1, ...settings });

const queue = (stack: SystemStack, settings: Settings = {}, id = "queue") => new Queue(stack, id, settings);

const delivery = (stack: SystemStack, settings: Settings) =>
  queue(stack).deliverTo(fn(stack, { timeoutSeconds: 1 }), settings);

const table = (stack: SystemStack, settings: Settings = {}) =>
  new Table(stack, "table", { partitionKey: "id", sortKey: "at", ...settings });

const stream = (stack: SystemStack, settings: Settings) =>
  table(stack).stream(fn(stack), { onFailure: queue(stack), ...settings });

const capacity = (stack: SystemStack, settings: Settings) =>
  table(stack, { capacity: { minimum: 1, maximum: 40_000, targetPercent: 50, ...settings } });

const schedule = (stack: SystemStack, settings: Settings) => {
  const [target, deadLetters] = [queue(stack), queue(stack, {}, "dead")];
  new Alarms(stack, "alarms").watchDeadLetters(deadLetters);
  return new Schedule(stack, "schedule", { expression: "rate(1 hour)", target, deadLetters, ...settings });
};

const indexes = (count: number, of: (name: string) => Settings): Settings =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`by${at}`, of(`attribute${at}`)]));

type Bound = [setting: string, least: number, most: number, build: (stack: SystemStack, value: number) => unknown];

// Numbers of AWS's manuals, which aws/limits.ts names.
const bounds: Bound[] = [
  ["memoryMb", 128, 10_240, (stack, memoryMb) => fn(stack, { memoryMb })],
  ["timeoutSeconds", 1, 900, (stack, timeoutSeconds) => fn(stack, { timeoutSeconds })],
  ["throttle.rateLimit", 1, 10_000, (stack, rateLimit) => stage(stack, { rateLimit })],
  ["throttle.burstLimit", 1, 5000, (stack, burstLimit) => stage(stack, { burstLimit })],
  ["rateLimit", 1, 10_000, (stack, rateLimit) => plan(stack, { rateLimit })],
  ["burstLimit", 1, 5000, (stack, burstLimit) => plan(stack, { burstLimit })],
  ["quotaPerDay", 1, 2_147_483_647, (stack, quotaPerDay) => plan(stack, { quotaPerDay })],
  ["getThing: cache.ttlSeconds", 1, 3600, (stack, ttlSeconds) => api(stack, { ttlSeconds })],
  [
    "resultTtlSeconds",
    0,
    3600,
    (stack, resultTtlSeconds) =>
      new TokenAuthorizer(stack, "users", {
        ...{ contract: thingsApi, issuer: "https://login.example.com", audience: "things", resultTtlSeconds },
      }),
  ],
  ["retentionDays", 1, 14, (stack, retentionDays) => queue(stack, { retentionDays })],
  [
    "maxReceiveCount",
    1,
    1000,
    (stack, maxReceiveCount) => queue(stack, { deadLetters: queue(stack, {}, "dead"), maxReceiveCount }),
  ],
  [
    "visibilityTimeoutSeconds",
    0,
    43_200,
    (stack, visibilityTimeoutSeconds) => queue(stack, { visibilityTimeoutSeconds }),
  ],
  ["windowSeconds", 0, 300, (stack, windowSeconds) => delivery(stack, { windowSeconds })],
  ["concurrency", 2, 1000, (stack, concurrency) => delivery(stack, { concurrency })],
  ["batchSize", 1, 10, (stack, batchSize) => delivery(stack, { batchSize })],
  ["batchSize", 1, 10_000, (stack, batchSize) => delivery(stack, { batchSize, windowSeconds: 1 })],
  ["retryAttempts", 0, 2, (stack, retryAttempts) => queue(stack).collectFailures(fn(stack), { retryAttempts })],
  ["batchSize", 1, 10_000, (stack, batchSize) => stream(stack, { batchSize })],
  ["windowSeconds", 0, 300, (stack, windowSeconds) => stream(stack, { windowSeconds })],
  ["retryAttempts", 0, 10_000, (stack, retryAttempts) => stream(stack, { retryAttempts })],
  ["capacity.minimum", 1, 40_000, (stack, minimum) => capacity(stack, { minimum })],
  ["capacity.maximum", 1, 40_000, (stack, maximum) => capacity(stack, { maximum })],
  ["capacity.targetPercent", 20, 90, (stack, targetPercent) => capacity(stack, { targetPercent })],
  ["retry.attempts", 0, 185, (stack, attempts) => schedule(stack, { retry: { attempts } })],
  ["retry.maxAgeSeconds", 60, 86_400, (stack, maxAgeSeconds) => schedule(stack, { retry: { maxAgeSeconds } })],
  ["windowMinutes", 1, 1440, (stack, windowMinutes) => schedule(stack, { windowMinutes })],
];

test.each(bounds)("%s may be %i and %i, and nothing beyond", (setting, least, most, build) => {
  const about = (value: number): string[] => {
    const stack = emptyStack();
    build(stack, value);
    return problemsOf(stack).filter((problem) => problem.includes(`: ${setting} must be a whole number`));
  };
  expect([about(least), about(most)]).toEqual([[], []]);
  for (const value of [least - 1, most + 1])
    expect(about(value)).toEqual([
      expect.stringContaining(`must be a whole number ${least}–${most}, got ${value}; choose one in this range`),
    ]);
});

type Count = [what: string, most: number, build: (stack: SystemStack, count: number) => unknown, problem: string];

test.each<Count>([
  [
    "indexes of a table",
    20,
    (stack, count) => table(stack, { indexes: indexes(count, (partitionKey) => ({ partitionKey })) }),
    "the number of indexes must be a whole number 0–20, got 21",
  ],
  [
    "local indexes of a table",
    5,
    (stack, count) => table(stack, { localIndexes: indexes(count, (sortKey) => ({ sortKey })) }),
    "the number of localIndexes must be a whole number 0–5, got 6",
  ],
  [
    "attributes in an index",
    20,
    (stack, count) => {
      const projection = Array.from({ length: count }, (_, at) => `other${at}`);
      return table(stack, { indexes: { byName: { partitionKey: "name", projection } } });
    },
    "indexes.byName.projection must name 1–20 attributes, got 21",
  ],
  [
    "attributes in all indexes of a table",
    100,
    (stack, count) => {
      const numbers = Array.from({ length: count }, (_, at) => at);
      const projections = [0, 1, 2, 3, 4, 5].map((index) => numbers.filter((at) => Math.floor(at / 20) === index));
      const own = projections.filter(({ length }) => length > 0).map((each) => each.map((at) => `other${at}`));
      const entries = own.map((projection, at) => [`by${at}`, { partitionKey: "name", projection }] as const);
      return table(stack, { indexes: Object.fromEntries(entries) });
    },
    "the projections of all indexes must name 100 attributes at most, got 101",
  ],
  [
    "characters of a schedule's input, quotes among them",
    262_144,
    (stack, count) => schedule(stack, { input: "x".repeat(count - 2) }),
    "input must be at most 262144 characters as JSON, got 262145; have the target read the rest elsewhere",
  ],
])("there may be so many %s: %i, and no more", (_, most, build, problem) => {
  const [full, over] = [emptyStack(), emptyStack()];
  build(full, most);
  build(over, most + 1);
  expect(problemsOf(full)).toEqual([]);
  expect(problemsOf(over)).toEqual([expect.stringContaining(problem)]);
});
