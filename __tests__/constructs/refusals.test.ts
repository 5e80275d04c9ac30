import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { UsagePlan } from "../../constructs/api/usage-plan";
import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { Network } from "../../constructs/network/network";
import type { SystemStack } from "../../constructs/synth/system-stack";
import type { UserAccess } from "../../contracts/access";
import type { Api, Route } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { onDemand } from "../../contracts/fields";
import type { Environment, NetworkSettings } from "../../environments/environment";
import { thingEntry } from "../fixtures/thing-entry";
import { networkSettings } from "../support/network-settings";
import { emptyStack, problemsOf } from "../support/stack";

const [zoneA, zoneB] = networkSettings.zones as [NetworkSettings["zones"][0], NetworkSettings["zones"][0]];

const network = (changes: Partial<NetworkSettings>) => (stack: SystemStack) =>
  new Network(stack, "network", { ...networkSettings, ...changes });

const fn = (stack: SystemStack, changes: object = {}) =>
  new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
    ...changes,
  });

/** An operation that is not of users. */
type Open = Exclude<Route, { readonly access: UserAccess }>;

const getThing: Open = {
  method: "GET",
  path: "/things/{id}",
  summary: "",
  access: "public",
  status: 200,
  params: onDemand(() => z.object({ id: z.string() })),
};

const apiOf = (routes: Record<string, Route>): Api => ({
  name: "things",
  version: "1",
  description: "",
  models: { Error: ErrorSchema },
  routes,
});

/** The cached thing, and another route that may change it. */
function changedThing(stack: SystemStack, change: Partial<Open>, cached: Partial<Open> = {}) {
  const contract = apiOf({
    getThing: { ...getThing, cache: { ttlSeconds: 60, keyParameters: ["id"] }, ...cached },
    changeThing: { ...getThing, method: "PUT", ...change },
  });
  const handler = fn(stack);
  return new RestApi(stack, "api", { contract, handlers: { getThing: handler, changeThing: handler } });
}

function api(stack: SystemStack, route: Partial<Open>, handlers?: Record<string, NodeFunction>) {
  const contract = apiOf({ getThing: { ...getThing, ...route } });
  return new RestApi(stack, "api", { contract, handlers: handlers ?? { getThing: fn(stack) } });
}

const stage = (stack: SystemStack, changes: object, route: Partial<Open> = {}) =>
  new ApiStage(stack, "stage", { api: api(stack, route), throttle: { rateLimit: 1, burstLimit: 1 }, ...changes });

const clients = (names: string[]) => (stack: SystemStack) =>
  new UsagePlan(stack, "plan", {
    stage: stage(stack, {}),
    rateLimit: 1,
    burstLimit: 1,
    quotaPerDay: 1,
    clients: names,
  });

type Case = [what: string, build: (stack: SystemStack) => unknown, problem: string, environment?: Partial<Environment>];

const cases: Case[] = [
  [
    "overlapping subnets",
    network({ zones: [zoneA, { ...zoneB, publicCidrBlock: "10.0.16.0/24" }] }),
    "test-dev/network: subnets must not overlap, got 10.0.16.0/20 and 10.0.16.0/24; move one of them",
  ],
  [
    "two subnets that are the same",
    network({ zones: [zoneA, { ...zoneB, publicCidrBlock: zoneA.publicCidrBlock }] }),
    `test-dev/network: subnets must not overlap, got ${zoneA.publicCidrBlock} and ${zoneA.publicCidrBlock}; move one of them`,
  ],
  [
    "a subnet outside the network",
    network({ zones: [zoneA, { ...zoneB, publicCidrBlock: "10.9.0.0/24" }] }),
    "test-dev/network: subnets must lie inside the network's 10.0.0.0/16, got 10.9.0.0/24; move it inside",
  ],
  [
    "a CIDR block that is none",
    network({ zones: [zoneA, { ...zoneB, publicCidrBlock: "10.0.1.5/24" }] }),
    "test-dev/network: CIDR blocks must be a network's first address and a prefix /16–/28 (10.0.0.0/16), got 10.0.1.5/24; correct it",
  ],
  [
    "a zone of another region",
    network({ zones: [zoneA, { ...zoneB, availabilityZone: "us-west-2b" }] }),
    "test-dev/network: zones must be in us-east-1 (us-east-1a, us-east-1b, …), got us-west-2b; correct the zone or the region",
  ],
  [
    "two pairs of subnets in one zone",
    network({ zones: [zoneA, { ...zoneB, availabilityZone: "us-east-1a" }] }),
    "test-dev/network: zones must differ, got us-east-1a, us-east-1a; give each pair of subnets a zone of its own",
  ],
  [
    "a single zone",
    network({ zones: [zoneA] }),
    "test-dev/network: zones must be at least 2, so that one may fail, got 1; add a zone",
  ],
  [
    "an unknown number of NAT gateways",
    network({ natGateways: "two" as "none" }),
    "test-dev/network: natGateways must be one of none, single, per-az, got two; choose one of these",
  ],
  [
    "a log retention that AWS does not know",
    fn,
    "test-dev: logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 8; choose one of these",
    { logRetentionDays: 8 },
  ],
  [
    "an account id that is none",
    () => undefined,
    'test-dev: accountId must be twelve digits, got "12345"; set it in environments/dev.ts (aws sts get-caller-identity prints it)',
    { accountId: "12345" },
  ],
  [
    "a timeout that Lambda does not know",
    (stack) => fn(stack, { timeoutSeconds: 901 }),
    "test-dev/get-thing: timeoutSeconds must be a whole number 1–900, got 901; choose one in this range",
  ],
  [
    "memory that Lambda does not offer",
    (stack) => fn(stack, { memoryMb: 127.5 }),
    "test-dev/get-thing: memoryMb must be a whole number 128–10240, got 127.5; choose one in this range",
  ],
  [
    "a function without a variable that its handler needs",
    (stack) => fn(stack, { environment: {} }),
    `test-dev/get-thing: environment must have a value for THINGS_TABLE, got none: ${thingEntry} needs it (__tests__/fixtures/things-table.ts); add it in the function's environment in its stack`,
  ],
  [
    "a variable without a value",
    (stack) => fn(stack, { environment: { THINGS_TABLE: "" } }),
    `test-dev/get-thing: environment must have a value for THINGS_TABLE, got none: ${thingEntry} needs it (__tests__/fixtures/things-table.ts); add it in the function's environment in its stack`,
  ],
  [
    "a variable that was renamed on one side, in one line for both names",
    (stack) => fn(stack, { environment: { THING_TABLE: "things" } }),
    `test-dev/get-thing: environment must have a value for THINGS_TABLE, got THING_TABLE, which nothing there reads: ${thingEntry} needs it (__tests__/fixtures/things-table.ts); rename or add it in the function's environment in its stack`,
  ],
  [
    "a variable that nothing reads",
    (stack) => fn(stack, { environment: { THINGS_TABLE: "things", COLOUR: "red" } }),
    `test-dev/get-thing: environment must have what is read, got COLOUR: neither ${thingEntry} nor what it imports reads it; remove it in its stack, or read it by requiredEnv("COLOUR")`,
  ],
  [
    "a slip in the name of a variable that a library reads",
    (stack) => fn(stack, { environment: { THINGS_TABLE: "things", POWERTOOLS_LOG_LEVELL: "DEBUG" } }),
    `test-dev/get-thing: environment must have what is read, got POWERTOOLS_LOG_LEVELL: neither ${thingEntry} nor what it imports reads it; remove it in its stack, or read it by requiredEnv("POWERTOOLS_LOG_LEVELL")`,
  ],
  [
    "a variable that is Lambda's",
    (stack) => fn(stack, { environment: { THINGS_TABLE: "things", AWS_REGION: "eu-west-1" } }),
    "test-dev/get-thing: environment must leave AWS_REGION to Lambda, which sets it; remove it in its stack",
  ],
  [
    "a variable whose name Lambda does not take",
    (stack) => fn(stack, { environment: { THINGS_TABLE: "things", "log-level": "x" } }),
    "test-dev/get-thing: environment must have names of letters, digits and _, at least two, a letter first, got log-level; rename it in its stack",
  ],
  [
    "a number that is none",
    (stack) =>
      fn(stack, {
        entry: join(dirname(thingEntry), "count-things.ts"),
        environment: { BATCH_SIZE: "many" },
      }),
    "test-dev/get-thing: environment's BATCH_SIZE must be a positive whole number, got many; correct it in its stack",
  ],
  [
    "an entry that is not there",
    (stack) => fn(stack, { entry: "things/read-thing.ts" }),
    "test-dev/get-thing: entry must be a file below handlers/ (or a path from the root) that exports handler, got things/read-thing.ts; make it, or correct the path",
  ],
  [
    "a move to infrequent access before S3 makes it",
    (stack) =>
      new Bucket(stack, "logs", { lifecycle: [{ prefix: "logs/", infrequentAccessDays: 29, expirationDays: 60 }] }),
    "test-dev/logs: logs/ infrequentAccessDays must be a whole number 30–59, got 29; choose one in this range",
  ],
  [
    "a route without a handler",
    (stack) => api(stack, {}, {}),
    "test-dev/api: handlers must have a function for every route of things, got none for getThing; add it, or remove the route from the contract",
  ],
  [
    "an access that is none, which would have no requirement and be open to all",
    (stack) => api(stack, { access: "iam" as "public" }),
    "test-dev/api: getThing: access must be one of public, apiKey, user, userAndApiKey, got iam; choose one of these",
  ],
  [
    "a handler without a route",
    (stack) => {
      const getThingHandler = fn(stack);
      return api(stack, {}, { getThing: getThingHandler, dropThing: getThingHandler });
    },
    "test-dev/api: handlers must be routes of things (getThing), got dropThing; add the route to the contract, or remove the handler",
  ],
  [
    "a cached operation whose parameters are not all in its cache key",
    (stack) =>
      api(stack, {
        query: onDemand(() => z.object({ verbose: z.string() })),
        cache: { ttlSeconds: 60, keyParameters: ["id"] },
      }),
    "test-dev/api: getThing: cache.keyParameters must include every parameter of the route, or one caller sees another's answer, got id; add verbose",
  ],
  [
    "a cache key that the route does not have",
    (stack) => api(stack, { cache: { ttlSeconds: 60, keyParameters: ["id", "tenant"] } }),
    "test-dev/api: getThing: cache.keyParameters must be parameters of the route (id), got tenant; remove or declare them",
  ],
  [
    "a cache that lasts too long",
    (stack) => api(stack, { cache: { ttlSeconds: 7200, keyParameters: ["id"] } }),
    "test-dev/api: getThing: cache.ttlSeconds must be a whole number 1–3600, got 7200; choose one in this range",
  ],
  [
    "a cache that hides changes from those who make them",
    (stack) => changedThing(stack, {}),
    "test-dev/api: getThing: cache.keyParameters must include a version where PUT /things/{id} changes what is cached, got id; take a version in the query and hand it out with every change",
  ],
  [
    "a cached list that hides its items' changes",
    (stack) =>
      changedThing(
        stack,
        { method: "DELETE" },
        { path: "/things", params: onDemand(() => z.object({})), cache: { ttlSeconds: 60, keyParameters: [] } },
      ),
    "test-dev/api: getThing: cache.keyParameters must include a version where DELETE /things/{id} changes what is cached, got none; take a version in the query and hand it out with every change",
  ],
  [
    "a cached write",
    (stack) => api(stack, { method: "PUT", cache: { ttlSeconds: 60, keyParameters: ["id"] } }),
    "test-dev/api: getThing: cache must be on a GET, got PUT; remove it",
  ],
  [
    "a path whose variables are not declared",
    (stack) => api(stack, { path: "/things/{thingId}" }),
    "test-dev/api: getThing: params must be the variables of /things/{thingId}, got id; declare the same names",
  ],
  [
    "an origin that lets anyone in",
    (stack) => api(stack, {}),
    "test-dev/api: corsOrigins must be origins (https://app.example.com), never *, got *; name each site that may call",
    { corsOrigins: ["*"] },
  ],
  [
    "a cached route on a stage without a cache",
    (stack) => stage(stack, {}, { cache: { ttlSeconds: 60, keyParameters: ["id"] } }),
    "test-dev/stage: cacheClusterSize must be set where a route is cached, got none for getThing; set it, or remove the route's cache",
  ],
  [
    "a cache size that API Gateway does not offer",
    (stack) => stage(stack, { cacheClusterSize: "1" }),
    "test-dev/stage: cacheClusterSize must be one of 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237, got 1; choose one of these",
  ],
  [
    "a throttle that lets nobody through",
    (stack) => stage(stack, { throttle: { rateLimit: 0, burstLimit: 1 } }),
    "test-dev/stage: throttle.rateLimit must be a whole number 1–10000, got 0; choose one in this range",
  ],
  [
    "a quota of nothing",
    (stack) => new UsagePlan(stack, "plan", { stage: stage(stack, {}), rateLimit: 1, burstLimit: 1, quotaPerDay: 0 }),
    "test-dev/plan: quotaPerDay must be a whole number 1–2147483647, got 0; choose one in this range",
  ],
  [
    "a plan that nobody may use",
    clients([]),
    "test-dev/plan: clients must name at least one, got none; name one, or leave it out for a single key",
  ],
  ...["Mobile", "mobile app", "", "a/b", "-a", "a-", "a--b", "1st", "key-in-plan", "__proto__"].map(
    (name): Case => [
      `a client called "${name}"`,
      clients(["key", name]),
      `test-dev/plan: clients must be in kebab-case (mobile, partner-2) and not end in -in-plan, got "${name}"; choose another name`,
    ],
  ),
  [
    "a client named twice",
    clients(["mobile", "mobile"]),
    'test-dev/plan: clients must differ, got "mobile" twice; give each a name of its own',
  ],
];

it.each(cases)(
  "refuses %s, saying where, what, what is allowed and how to fix it",
  (_, ...[build, problem, environment]) => {
    const stack = emptyStack(environment);
    build(stack);

    expect(problemsOf(stack)).toEqual([problem]);
  },
);

it("refuses a network without a way to a service that a function calls", () => {
  const stack = emptyStack();
  const inside = network({ natGateways: "none" })(stack);
  fn(stack, { network: inside }).calls("ssm");

  expect(problemsOf(stack)).toEqual([
    "test-dev/network: interfaceEndpoints must include ssm, which test-dev/get-thing calls, where natGateways is none, got []; add it or a NAT gateway",
  ]);
});

it.each([
  ["a library reads", { POWERTOOLS_LOG_LEVEL: "DEBUG" }],
  ["Node.js reads", { NODE_OPTIONS: "--enable-source-maps", TZ: "UTC" }],
  ["the handler can do without", { CORS_ORIGINS: "https://a.example" }],
])("takes variables that %s", (_, variables) => {
  const stack = emptyStack();
  fn(stack, { environment: { THINGS_TABLE: "things", ...variables } });

  expect(problemsOf(stack)).toEqual([]);
});

it("takes the settings of every environment as they are", () => {
  const stack = emptyStack();
  network({})(stack);
  stage(stack, { cacheClusterSize: "0.5" }, { cache: { ttlSeconds: 60, keyParameters: ["id"] } });

  expect(problemsOf(stack)).toEqual([]);
});
