import fc from "fast-check";
import { openApi } from "../../../contracts/openapi";
import { recordsApi } from "../../fixtures/records-api";
import type { ApiSetup } from "./support/api";
import { exchangeBytes } from "./support/client";
import { apiKey, recordsSetup } from "./support/records";
import { closeAll, echo, returning, type Served, serve } from "./support/serve";

afterAll(closeAll);

const paths = Object.keys(openApi(recordsApi).paths);
const headerValue = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 30,
});
const name = fc.constantFrom(
  "Accept",
  "Content-Type",
  "Cache-Control",
  "Origin",
  "If-Match",
  "x-amzn-trace-id",
  "X-HTTP-Method-Override",
  "X-Any",
  "Host",
);
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

/** Requests that begin like those of the contract and then go astray. */
const requests = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"),
  path: fc.oneof(
    fc
      .constantFrom(...paths)
      .chain((path) => fc.webPath().map((rest) => path.replace(/\{.*\}/, rest.slice(1) || "id"))),
    visible.map((text) => `/${text}`),
  ),
  query: fc.option(fc.oneof(visible, fc.webQueryParameters()), { nil: undefined }),
  headers: fc.dictionary(name, headerValue, { maxKeys: 5 }),
  keyed: fc.boolean(),
  body: fc.option(
    fc.oneof(
      fc.json(),
      fc.string(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
    { nil: undefined },
  ),
});
type Requested = typeof requests extends fc.Arbitrary<infer R> ? R : never;

function bytesOf({ method, path, query, headers, keyed, body }: Requested): Buffer {
  const content = Buffer.from(body ?? "");
  const all = { Host: "h", ...headers, ...(keyed ? { "x-api-key": apiKey } : {}), Connection: "close" };
  const lines = Object.entries(all).map(([header, value]) => `${header}: ${value}`);
  const target = `/dev${path}${query === undefined ? "" : `?${query}`}`;
  const head = [`${method} ${target} HTTP/1.1`, ...lines, `Content-Length: ${content.length}`, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), content]);
}

const api: ApiSetup = recordsSetup({
  stageAttributes: {
    cache_cluster_enabled: true,
    access_log_settings: {
      format: '{"id":"$context.requestId","ua":"$context.identity.userAgent","path":"$context.path"}',
    },
  },
  methodSettings: { "*/*": { caching_enabled: true } },
});

describe("any request", () => {
  it("is answered, never by a fault of the gateway, and logged in one line of JSON", async () => {
    const served = await serve(api, echo);
    const ask = async (asked: Requested): Promise<void> => {
      const got = await exchangeBytes(served.port, bytesOf(asked));
      expect(got).toMatch(/^HTTP\/1\.1 [234]\d\d /);
      const line = served.accessLog.pop();
      if (line !== undefined) expect(JSON.parse(line)).toMatchObject({ id: expect.any(String) });
    };
    await fc.assert(fc.asyncProperty(requests, ask), { numRuns: 300 });
  });

  it("that a handler is given is given whole", async () => {
    const served = await serve({ stage: "dev", routes: { "POST /{proxy+}": {} } }, returning({}));
    const segment = fc.string({ unit: fc.constantFrom("a", "%20", "+", "%2F", ":", "~"), minLength: 1, maxLength: 8 });
    const given = fc.record({
      segment,
      values: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 }),
      body: fc.string({ unit: "binary" }),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ segment: path, values, body }) => {
        const query = new URLSearchParams(values.map((value): [string, string] => ["v", value])).toString();
        await sent(served, { method: "POST", path: `/${path}`, query, body });
        const event = served.events.pop();
        expect(event.pathParameters.proxy).toBe(path);
        expect(event.multiValueQueryStringParameters?.v ?? []).toEqual(values.map((value) => value.toWellFormed()));
        const received = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : (event.body ?? "");
        expect(received).toBe(body.toWellFormed());
      }),
      { numRuns: 100 },
    );
  });

  it("is answered whatever the function returns", async () => {
    const served = await serve({ stage: "dev", routes: { "GET /x": {} } });
    const member = fc.constantFrom("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded");
    const returned = fc.oneof(fc.jsonValue(), fc.dictionary(member, fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(returned, async (value) => {
        served.behave(returning(value));
        const { status } = await sent(served, { path: "/x" });
        expect(status).toBeGreaterThanOrEqual(200);
        expect(served.log.at(-1)?.refusal?.reason ?? "").not.toContain("fault of the local gateway");
      }),
      { numRuns: 200 },
    );
  });
});

const sent = (served: Served, ask: Parameters<Served["ask"]>[0]) => served.ask(ask);
