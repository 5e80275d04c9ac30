import type { ApiSetup } from "./support/api";
import { closeAll, returning, serve } from "./support/serve";

afterEach(closeAll);

const refusing = { throttling_rate_limit: 1, throttling_burst_limit: 0 };
const valid = { path: "/a/1", query: "page=1", headers: { "x-api-key": "key-one-xxxxxxxxxxxxx" } };

/** An answer is kept for `/a/1`, whatever the page, without which a request is invalid. */
const setup = (changes: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  keys: [{ name: "one", value: valid.headers["x-api-key"] }],
  validator: { validateRequestParameters: true },
  stageAttributes: { cache_cluster_enabled: true, cache_cluster_size: "0.5" },
  methodSettings: { "*/*": { caching_enabled: true, cache_ttl_in_seconds: 60 } },
  routes: {
    "GET /a/{id}": {
      key: true,
      parameters: { "method.request.querystring.page": true },
      integration: { cacheKeyParameters: ["method.request.path.id"] },
    },
  },
  ...changes,
});

/** Faults of a request, in the order in which API Gateway finds it. */
const faults = [
  { name: "no method", reason: "no route GET /b/1" },
  { name: "no key", reason: "no x-api-key header" },
  { name: "a plan that refuses it", reason: "the usage plan's throttle for this key" },
  { name: "a stage that refuses it", reason: "the stage's throttle for this method" },
  { name: "a parameter that is missing", reason: "Missing required request parameters: [page]" },
] as const;

const combinations = Array.from({ length: 2 ** faults.length }, (_, bits) =>
  faults.filter((_fault, at) => (bits >> at) % 2 === 1),
);

test.each(
  combinations
    .filter((wrong) => wrong.length > 0)
    .map((wrong) => [wrong.map(({ name }) => name).join(" and "), wrong] as const),
)("of a request with %s the first is the answer", async (_, wrong) => {
  const has = (name: (typeof faults)[number]["name"]) => wrong.some((fault) => fault.name === name);
  const served = await serve(
    setup({
      ...(has("a plan that refuses it") ? { plan: { throttle_settings: { rate_limit: 1, burst_limit: 0 } } } : {}),
      ...(has("a stage that refuses it") ? { methodSettings: { "*/*": refusing } } : {}),
    }),
  );
  await served.ask({
    path: has("no method") ? "/b/1" : valid.path,
    query: has("a parameter that is missing") ? "" : valid.query,
    headers: has("no key") ? {} : valid.headers,
  });
  expect(served.log.map(({ refusal }) => refusal?.reason)).toEqual([wrong[0]?.reason]);
  expect(served.events).toEqual([]);
});

test("an answer that is kept is given to nobody without a key, beyond a throttle or with an invalid request", async () => {
  const throttled = { throttling_rate_limit: 1, throttling_burst_limit: 3 };
  const cached = { caching_enabled: true, cache_ttl_in_seconds: 60 };
  const served = await serve(setup({ methodSettings: { "*/*": { ...cached, ...throttled } } }), returning({}));
  const statusOf = async (changes: object) => (await served.ask({ ...valid, ...changes })).status;
  expect(await statusOf({})).toBe(200);
  expect(await statusOf({ headers: {} })).toBe(403);
  expect(await statusOf({ query: "" })).toBe(400);
  expect(await statusOf({})).toBe(200);
  expect(await statusOf({})).toBe(429);
  expect(served.log.map(({ cache }) => cache)).toEqual(["miss", undefined, undefined, "hit", undefined]);
  expect(served.events).toHaveLength(1);
});
