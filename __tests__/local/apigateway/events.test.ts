import type { ApiSetup } from "./support/api";
import { exchangeBytes } from "./support/client";
import { closeAll, type Event, type Served, serve } from "./support/serve";

afterEach(closeAll);

const api: ApiSetup = { stage: "dev", routes: { "ANY /{proxy+}": {}, "ANY /": {} } };

async function eventOf(ask: Parameters<Served["ask"]>[0], setup = api): Promise<Event> {
  const served = await serve(setup);
  await served.ask(ask);
  return served.events[0];
}

describe("an event", () => {
  it.each(["/dev", "/dev/"])("of the root has the path / (%s)", async (urlPath) => {
    const event = await eventOf({ urlPath });
    expect([event.path, event.resource, event.requestContext.path]).toEqual(["/", "/", urlPath]);
  });

  it("has the path byte for byte", async () => {
    const path = "/%2F/a%20b/%E2%98%83/~!$&'()*+,;=:@";
    const event = await eventOf({ path });
    expect([event.path, event.pathParameters.proxy]).toEqual([path, path.slice(1)]);
  });

  it("names the resource by six letters and digits, the same ones for all of its methods", async () => {
    const routes = { "GET|POST /a": {}, "GET /b": {} };
    const idOf = async (method: string, path: string): Promise<string> =>
      (await eventOf({ method, path }, { stage: "dev", routes })).requestContext.resourceId;
    const [get, post, other] = [await idOf("GET", "/a"), await idOf("POST", "/a"), await idOf("GET", "/b")];
    expect(get).toMatch(/^[0-9a-z]{6}$/);
    expect([post, other === get]).toEqual([get, false]);
  });

  it("names the operation, if it has an id", async () => {
    const routes = { "GET /named": { operationId: "getNamed" }, "GET /nameless": {} };
    const named = await eventOf({ path: "/named" }, { stage: "dev", routes });
    const nameless = await eventOf({ path: "/nameless" }, { stage: "dev", routes });
    expect(named.requestContext.operationName).toBe("getNamed");
    expect(nameless.requestContext).not.toHaveProperty("operationName");
  });

  it("has the query decoded, malformed escapes as they came, and semicolons as separators", async () => {
    const { multiValueQueryStringParameters: query } = await eventOf({
      path: "/x",
      query: "a=%zz&a=%E2%98%83&b=1;c=2&&=d",
    });
    expect(query).toEqual({ a: ["%zz", "☃"], b: ["1"], c: ["2"], "": ["d"] });
  });

  it("has no query for a bare question mark", async () => {
    expect((await eventOf({ path: "/x", query: "" })).queryStringParameters).toBeNull();
  });

  it("has parameters and headers with names of objects' own", async () => {
    const served = await serve(api);
    const head =
      "GET /dev/x?__proto__=1&constructor=2 HTTP/1.1\r\nHost: h\r\n__proto__: 3\r\nConnection: close\r\n\r\n";
    await exchangeBytes(served.port, head);
    const { queryStringParameters, headers } = served.events[0];
    expect(Object.entries(queryStringParameters)).toEqual(
      Object.entries(JSON.parse('{"__proto__":"1","constructor":"2"}')),
    );
    expect(Object.keys(headers)).toContain("__proto__");
  });

  it("has all values of a header, and the last one in the single map", async () => {
    const served = await serve(api);
    await exchangeBytes(served.port, "GET /dev/x HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n");
    const { headers, multiValueHeaders } = served.events[0];
    expect([headers["X-A"], multiValueHeaders["X-A"], headers["x-a"]]).toEqual(["2", ["1", "2"], undefined]);
  });

  it("has the caller's address after those that proxies name", async () => {
    const { headers, requestContext } = await eventOf({ path: "/x", headers: { "x-forwarded-for": "10.0.0.1" } });
    expect(headers["X-Forwarded-For"]).toBe("10.0.0.1, 127.0.0.1");
    expect(requestContext.identity.sourceIp).toBe("127.0.0.1");
  });

  it("has one tracing header, a new one if the caller's is nonsense", async () => {
    const { multiValueHeaders } = await eventOf({ path: "/x", headers: { "x-amzn-trace-id": "nonsense" } });
    expect(multiValueHeaders["X-Amzn-Trace-Id"]).toEqual([expect.stringMatching(/^Root=1-66322ec0-[0-9a-f]{24}$/)]);
  });

  it("has the tracing header that the invocation carries, too", async () => {
    const served = await serve(api);
    await served.ask({ path: "/x" });
    expect(served.traces).toEqual([served.events[0].headers["X-Amzn-Trace-Id"]]);
  });

  it("has the time as a number and as a log writes it", async () => {
    const { requestContext } = await eventOf({ path: "/x" });
    expect([requestContext.requestTime, requestContext.requestTimeEpoch]).toEqual([
      "01/May/2024:12:00:00 +0000",
      1714564800000,
    ]);
  });

  it("has the host that the caller named, without the port", async () => {
    const { requestContext } = await eventOf({ path: "/x", headers: { Host: "api.example:8080" } });
    expect([requestContext.domainName, requestContext.domainPrefix]).toEqual(["api.example", "api"]);
  });

  it("has the method that X-HTTP-Method-Override names, and not the header", async () => {
    const event = await eventOf({ method: "POST", path: "/x", headers: { "X-HTTP-Method-Override": "patch" } });
    expect([event.httpMethod, event.headers["X-HTTP-Method-Override"]]).toEqual(["PATCH", undefined]);
  });

  it("has text as base64 if its type is binary to the API", async () => {
    const headers = { "Content-Type": "text/csv; charset=utf-8" };
    const event = await eventOf(
      { method: "POST", path: "/x", headers, body: "a,b" },
      { ...api, binaryMediaTypes: ["text/csv"] },
    );
    expect([event.body, event.isBase64Encoded]).toEqual(["YSxi", true]);
  });

  it("has the body of any method", async () => {
    const event = await eventOf({ method: "GET", path: "/x", headers: { "Content-Length": "1" }, body: "x" });
    expect(event.body).toBe("x");
  });

  it("has no key on a route that needs none", async () => {
    const keys = [{ name: "k", value: "k".repeat(20) }];
    const event = await eventOf({ path: "/x", headers: { "x-api-key": "k".repeat(20) } }, { ...api, keys });
    expect(event.requestContext.identity).not.toHaveProperty("apiKey");
  });

  it("has the stage's variables", async () => {
    expect((await eventOf({ path: "/x" }, { ...api, variables: { a: "1" } })).stageVariables).toEqual({ a: "1" });
  });
});

describe("a route", () => {
  const setup: ApiSetup = {
    stage: "dev",
    routes: { "GET /a/{id}": {}, "POST /a/b": {}, "GET /a/{id}/c": {}, "GET /a/b/{deep+}": {} },
  };

  it.each([
    ["/a/b", "/a/{id}", { id: "b" }],
    ["/a/1/", "/a/{id}", { id: "1" }],
    ["/a/b/c", "/a/b/{deep+}", { deep: "c" }],
    ["/a/1/c", "/a/{id}/c", { id: "1" }],
  ])("for GET %s is %s", async (path, resource, parameters) => {
    const event = await eventOf({ path }, setup);
    expect([event.resource, event.pathParameters]).toEqual([resource, parameters]);
  });

  it.each(["/a", "/a/", "/a//c", "/A/1", "/%61/1", "/a/1/d"])("for GET %s is not there", async (path) => {
    const served = await serve(setup);
    expect((await served.ask({ path })).status).toBe(403);
  });

  it("that was tried and left leaves no variables", async () => {
    const event = await eventOf({ path: "/a/1/d" }, { stage: "dev", routes: { ...setup.routes, "GET /{proxy+}": {} } });
    expect([event.resource, event.pathParameters]).toEqual(["/{proxy+}", { proxy: "a/1/d" }]);
  });

  it("of ANY does not stand for methods that API Gateway does not know", async () => {
    const served = await serve(api);
    expect((await served.ask({ method: "PROPFIND", path: "/x" })).status).toBe(403);
  });
});
