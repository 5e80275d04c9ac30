import type { ApiSetup } from "./support/api";
import { closeAll, type Served, serve } from "./support/serve";

afterEach(closeAll);

const keys = ["one", "two"].map((name) => ({ name, value: `key-${name}-`.padEnd(20, "x") }));
const headersOf = (key: number) => ({ "x-api-key": keys[key]!.value });

const setup = (overrides: Partial<ApiSetup>): ApiSetup => ({
  stage: "dev",
  keys,
  routes: { "GET /a": { key: true, mock: {} }, "GET /b": { key: true, mock: {} } },
  ...overrides,
});

async function statuses(served: Served, times: number, path = "/a", key = 0): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) all.push((await served.ask({ path, headers: headersOf(key) })).status);
  return all;
}

const settings = { throttling_rate_limit: 2, throttling_burst_limit: 3 };

describe("a throttle", () => {
  it("lets a burst through, then refuses until the rate has made room", async () => {
    const served = await serve(setup({ methodSettings: { "*/*": settings } }));
    expect(await statuses(served, 4)).toEqual([200, 200, 200, 429]);
    served.clock.now += 499;
    expect(await statuses(served, 1)).toEqual([429]);
    served.clock.now += 501;
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
    served.clock.now += 60_000;
    expect(await statuses(served, 4)).toEqual([200, 200, 200, 429]);
  });

  it("answers Too Many Requests", async () => {
    const served = await serve(setup({ methodSettings: { "*/*": { ...settings, throttling_burst_limit: 0 } } }));
    const got = await served.ask({ path: "/a", headers: headersOf(0) });
    expect([got.status, got.body, got.headers["x-amzn-errortype"]]).toEqual([
      429,
      '{"message":"Too Many Requests"}',
      "TooManyRequestsException",
    ]);
    expect(served.log[0]?.refusal).toEqual({ type: "THROTTLED", reason: "the stage's throttle for this method" });
  });

  it("is not used up by requests without a key", async () => {
    const served = await serve(setup({ methodSettings: { "*/*": settings } }));
    for (let time = 0; time < 9; time++) expect((await served.ask({ path: "/a" })).status).toBe(403);
    expect(await statuses(served, 4)).toEqual([200, 200, 200, 429]);
  });

  it("of a stage applies to each method by itself", async () => {
    const served = await serve(setup({ methodSettings: { "*/*": settings } }));
    expect(await statuses(served, 4, "/a")).toEqual([200, 200, 200, 429]);
    expect(await statuses(served, 1, "/b")).toEqual([200]);
  });

  it("of a method replaces the stage's", async () => {
    const single = { throttling_rate_limit: 1, throttling_burst_limit: 1 };
    const served = await serve(setup({ methodSettings: { "*/*": settings, "~1a/GET": single } }));
    expect(await statuses(served, 2, "/a")).toEqual([200, 429]);
    expect(await statuses(served, 3, "/b")).toEqual([200, 200, 200]);
  });

  it("is none for a method whose own settings name none", async () => {
    const served = await serve(setup({ methodSettings: { "*/*": settings, "~1a/GET": { metrics_enabled: true } } }));
    expect(await statuses(served, 5, "/a")).toEqual([200, 200, 200, 200, 200]);
  });

  it("of a usage plan counts each key by itself", async () => {
    const served = await serve(setup({ plan: { throttle_settings: { rate_limit: 1, burst_limit: 2 } } }));
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
    expect(await statuses(served, 1, "/a", 1)).toEqual([200]);
    expect(served.log[2]?.refusal?.reason).toBe("the usage plan's throttle for this key");
  });

  it("of a usage plan may name a method", async () => {
    const throttle = [{ path: "/a/GET", rate_limit: 1, burst_limit: 1 }];
    const api_stages = [{ api_id: "api1234567", stage: "dev", throttle }];
    const served = await serve(setup({ plan: { api_stages } }));
    expect(await statuses(served, 2, "/a")).toEqual([200, 429]);
    expect(await statuses(served, 2, "/b")).toEqual([200, 200]);
  });

  it.each([5, -5])("neither gains nor loses when the system's clock is set back by %i days", async (days) => {
    const served = await serve(setup({ methodSettings: { "*/*": settings } }));
    await statuses(served, 1);
    served.clock.setBack = days * 86_400_000;
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
    served.clock.now += 1000;
    expect(await statuses(served, 1)).toEqual([200]);
  });
});

describe("a quota", () => {
  const limited = (period: string) => setup({ plan: { quota_settings: { limit: 2, period } } });

  it("is not given again, and no earlier period is counted, when the system's clock is set back", async () => {
    const quotas = new Map<string, number>();
    const served = await serve(limited("DAY"), undefined, quotas);
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
    served.clock.setBack = 5 * 86_400_000;
    expect(await statuses(served, 1)).toEqual([429]);
    expect([...quotas.keys()]).toEqual(["plan/one/2024-05-01"]);
    served.clock.now += 6 * 86_400_000;
    expect(await statuses(served, 1)).toEqual([200]);
  });

  it("answers Limit Exceeded, for each key by itself", async () => {
    const served = await serve(limited("DAY"));
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
    const got = await served.ask({ path: "/b", headers: headersOf(0) });
    expect([got.body, got.headers["x-amzn-errortype"]]).toEqual([
      '{"message":"Limit Exceeded"}',
      "LimitExceededException",
    ]);
    expect(await statuses(served, 1, "/a", 1)).toEqual([200]);
  });

  it("begins anew at midnight, UTC", async () => {
    const served = await serve(limited("DAY"));
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
    served.clock.now = Date.parse("2024-05-01T23:59:59.999Z");
    expect(await statuses(served, 1)).toEqual([429]);
    served.clock.now += 1;
    expect(await statuses(served, 3)).toEqual([200, 200, 429]);
  });

  it.each([
    ["WEEK", "2024-05-05T23:00:00Z", "2024-05-06T00:00:00Z"],
    ["MONTH", "2024-05-31T23:00:00Z", "2024-06-01T00:00:00Z"],
  ])("for a %s lasts as long", async (period, last, next) => {
    const served = await serve(limited(period));
    await statuses(served, 2);
    served.clock.now = Date.parse(last);
    expect(await statuses(served, 1)).toEqual([429]);
    served.clock.now = Date.parse(next);
    expect(await statuses(served, 1)).toEqual([200]);
  });

  it("goes on counting after a restart", async () => {
    const quotas = new Map<string, number>();
    const before = await serve(limited("DAY"), undefined, quotas);
    await statuses(before, 1);
    await before.close();
    const after = await serve(limited("DAY"), undefined, quotas);
    expect(await statuses(after, 2)).toEqual([200, 429]);
    expect([...quotas]).toEqual([["plan/one/2024-05-01", 2]]);
  });
});
