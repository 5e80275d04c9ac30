import { StageCache } from "../../../local/apigateway/limits/cache";
import { until } from "../../support/eventually";
import type { ApiSetup } from "./support/api";
import type { Ask } from "./support/client";
import { apiKey, recordPath, recordsSetup } from "./support/records";
import { closeAll, returning, type Served, serve } from "./support/serve";

afterEach(closeAll);

const cluster = { cache_cluster_enabled: true, cache_cluster_size: "0.5" };
const cached = { caching_enabled: true, cache_ttl_in_seconds: 60 };

const setup = (overrides: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  stageAttributes: cluster,
  methodSettings: { "*/*": { caching_enabled: false }, "~1a~1{id}/GET": cached },
  routes: {
    "GET|POST /a/{id}": {
      parameters: { "method.request.querystring.page": false },
      integration: { cacheKeyParameters: ["method.request.path.id", "method.request.querystring.page"] },
    },
  },
  ...overrides,
});

async function calls(served: Served, ...asks: Ask[]): Promise<number> {
  const before = served.events.length;
  for (const ask of asks) await served.ask(ask);
  return served.events.length - before;
}

describe("a stage's cache", () => {
  it("keeps an answer as long as the method says, and distinguishes hits from misses", async () => {
    const served = await serve(setup());
    expect(await calls(served, { path: "/a/1" }, { path: "/a/1" })).toBe(1);
    served.clock.now += 59_999;
    expect(await calls(served, { path: "/a/1" })).toBe(0);
    served.clock.now += 1;
    expect(await calls(served, { path: "/a/1" })).toBe(1);
    expect(served.log.map(({ cache }) => cache)).toEqual(["miss", "hit", "hit", "miss"]);
  });

  it.each([5, -5])("keeps it as long when the system's clock is set back by %i days", async (days) => {
    const served = await serve(setup());
    await calls(served, { path: "/a/1" });
    served.clock.setBack = days * 86_400_000;
    served.clock.now += 59_999;
    expect(await calls(served, { path: "/a/1" })).toBe(0);
    served.clock.now += 1;
    expect(await calls(served, { path: "/a/1" })).toBe(1);
  });

  it("keeps nothing for a method whose settings do not say so", async () => {
    const methodSettings = { "~1a~1{id}/GET": { cache_ttl_in_seconds: 60 } };
    const served = await serve(setup({ methodSettings }));
    expect(await calls(served, { path: "/a/1" }, { path: "/a/1" })).toBe(2);
  });

  it("forgets a function's answers, and no others, when there is new code of it", async () => {
    const served = await serve(setup());
    await calls(served, { path: "/a/1" }, { path: "/a/2" });
    const [arn = ""] = served.invoked;
    for (const other of [`${arn}-other`, arn.slice(0, -1), ""]) served.gateway.flush(other);
    expect(await calls(served, { path: "/a/1" }, { path: "/a/2" })).toBe(0);
    served.gateway.flush(arn);
    expect(await calls(served, { path: "/a/1" }, { path: "/a/2" })).toBe(2);
  });

  it("does not keep what old code answers after there was new code", async () => {
    let answer = (): void => undefined;
    const old = { payload: JSON.stringify({ statusCode: 200, body: "old" }) };
    const served = await serve(setup(), () => new Promise((resolve) => (answer = () => resolve(old))));
    const asked = served.ask({ path: "/a/1" });
    await until(
      async () => served.invoked.length,
      (count) => count === 1,
    );
    served.gateway.flush(served.invoked[0]!);
    answer();
    expect((await asked).body).toBe("old");
    served.behave(returning({ statusCode: 200, body: "new" }));
    expect((await served.ask({ path: "/a/1" })).body).toBe("new");
  });

  it("answers a hit with the same status, headers and body, and an id of its own", async () => {
    const served = await serve(setup(), returning({ statusCode: 201, headers: { ETag: '"1"' }, body: "text" }));
    const [miss, hit] = [await served.ask({ path: "/a/1" }), await served.ask({ path: "/a/1" })];
    expect([hit.status, hit.body, hit.headers["etag"]]).toEqual([201, "text", '"1"']);
    expect(hit.headers["x-amzn-requestid"]).not.toBe(miss.headers["x-amzn-requestid"]);
  });

  it("distinguishes requests by the key parameters alone", async () => {
    const served = await serve(setup());
    const asks = [
      { path: "/a/1" },
      { path: "/a/2" },
      { path: "/a/1", query: "page=1" },
      { path: "/a/1", query: "page=" },
    ];
    expect(await calls(served, ...asks, ...asks)).toBe(4);
    expect(await calls(served, { path: "/a/1", query: "other=1", headers: { Authorization: "me" } })).toBe(0);
  });

  it("keeps answers of methods apart, and of GET only unless a method says otherwise", async () => {
    const served = await serve(setup({ methodSettings: { "*/*": cached } }));
    const post = { method: "POST", path: "/a/1" };
    expect(await calls(served, { path: "/a/1" }, { path: "/a/1" }, post, post)).toBe(3);
    expect(served.log.at(-1)?.cache).toBeUndefined();
  });

  it("keeps refusals of the function too, but not of the gateway", async () => {
    const served = await serve(setup(), returning({ statusCode: 404 }));
    expect(await calls(served, { path: "/a/1" }, { path: "/a/1" })).toBe(1);
    served.behave(returning("malformed"));
    expect(await calls(served, { path: "/a/2" }, { path: "/a/2" })).toBe(2);
  });

  it.each([
    ["keeps an answer of 1 MiB", 1_048_576, 1],
    ["does not keep more", 1_048_577, 2],
  ])("%s", async (_title, size, made) => {
    const served = await serve(setup(), returning({ statusCode: 200, body: "x".repeat(size) }));
    expect(await calls(served, { path: "/a/1" }, { path: "/a/1" })).toBe(made);
  });

  it.each([
    ["bodies", "", "x".repeat(1_000_000), ""],
    ["bodies of bytes", "", Buffer.alloc(1_000_000), ""],
    ["headers", "x".repeat(1_000_000), "", ""],
    ["keys", "", "", "x".repeat(500_000)],
  ])("counts %s into its size of 64 MiB, and evicts the least recently used", (_title, header, body, key) => {
    const cache = new StageCache();
    const answer = { status: 200, headers: ["X-A", header], body, traced: true };
    const keep = (at: number) => cache.keep(`${key}${at}`, { owner: cache, answer, expiresAt: 1 });
    const isKept = (at: number) => cache.find(`${key}${at}`, 0) !== undefined;
    for (let at = 0; at < 67; at++) keep(at);
    // As often as it likes: what is replaced counts no more.
    for (let time = 0; time < 67; time++) keep(66);
    expect([isKept(0), isKept(66)]).toEqual([true, true]);
    for (let at = 67; at < 70; at++) keep(at);
    expect([0, 1, 2, 3, 4, 69].map(isKept)).toEqual([true, false, false, false, true, true]);
  });

  it("is off for a time to live of 0", async () => {
    const methodSettings = { "~1a~1{id}/GET": { ...cached, cache_ttl_in_seconds: 0 } };
    const served = await serve(setup({ methodSettings }));
    expect(await calls(served, { path: "/a/1" }, { path: "/a/1" })).toBe(2);
  });

  it("keeps decoded answers from callers that take text", async () => {
    const served = await serve(
      setup({ binaryMediaTypes: ["image/png"] }),
      returning({ body: "AAAA", isBase64Encoded: true }),
    );
    expect((await served.ask({ path: "/a/1", headers: { Accept: "image/png" } })).bytes).toHaveLength(3);
    expect((await served.ask({ path: "/a/1" })).body).toBe("AAAA");
  });

  it("serves only callers that have a key", async () => {
    const methodSettings = { "~1records~1{recordId}/GET": cached };
    const served = await serve(recordsSetup({ stageAttributes: cluster, methodSettings }));
    await served.ask({ path: recordPath, headers: { "x-api-key": apiKey } });
    expect((await served.ask({ path: recordPath })).status).toBe(403);
  });
});

describe("a client that asks for a fresh answer", () => {
  const reload = { path: "/a/1", headers: { "Cache-Control": "max-age=0" } };
  const strategy = (name: string, authorize = true) => ({
    "~1a~1{id}/GET": {
      ...cached,
      require_authorization_for_cache_control: authorize,
      unauthorized_cache_control_header_strategy: name,
    },
  });

  it("is given the kept one and a warning, unless the stage says otherwise", async () => {
    const served = await serve(setup());
    expect(await calls(served, { path: "/a/1" }, reload)).toBe(1);
    const { headers } = await served.ask(reload);
    expect(headers["warning"]).toBe("199 Cache-control headers were ignored because the caller was unauthorized.");
    expect((await served.ask({ path: "/a/1" })).headers).not.toHaveProperty("warning");
  });

  it("is given the kept one without a warning, if the stage says so", async () => {
    const served = await serve(setup({ methodSettings: strategy("SUCCEED_WITHOUT_RESPONSE_HEADER") }));
    expect(await calls(served, { path: "/a/1" }, reload)).toBe(1);
    expect((await served.ask(reload)).headers).not.toHaveProperty("warning");
  });

  it("is refused, if the stage says so", async () => {
    const served = await serve(setup({ methodSettings: strategy("FAIL_WITH_403") }));
    const got = await served.ask(reload);
    expect([got.status, got.headers["x-amzn-errortype"]]).toEqual([403, "AccessDeniedException"]);
    expect(JSON.parse(got.body).Message).toContain("is not authorized to perform: execute-api:InvalidateCache");
    expect(served.events).toEqual([]);
  });

  it("is given a fresh one, which is kept, if the stage asks for no permission", async () => {
    const served = await serve(setup({ methodSettings: strategy("FAIL_WITH_403", false) }));
    expect(await calls(served, { path: "/a/1" }, reload, { path: "/a/1" })).toBe(2);
  });

  it.each(["max-age=0, no-cache", "no-store, Max-Age = 0"])("may say %s", async (value) => {
    const served = await serve(setup({ methodSettings: strategy("FAIL_WITH_403") }));
    expect((await served.ask({ path: "/a/1", headers: { "Cache-Control": value } })).status).toBe(403);
  });

  it.each(["no-cache", "max-age=01", "s-max-age=0"])("does not say %s", async (value) => {
    const served = await serve(setup({ methodSettings: strategy("FAIL_WITH_403") }));
    expect((await served.ask({ path: "/a/1", headers: { "Cache-Control": value } })).status).toBe(200);
  });
});
