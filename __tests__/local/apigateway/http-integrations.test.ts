import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGateway } from "../../../local/apigateway/gateway";
import { type ApiSetup, definitionOf } from "./support/api";
import { type Backend, closeBackends, startBackend } from "./support/backend";
import type { Ask, Got } from "./support/client";
import { idle } from "./support/dependencies";
import { closeAll, serve } from "./support/serve";

let backend: Backend;
beforeEach(async () => {
  backend = await startBackend();
});
afterEach(async () => {
  await closeAll();
  await closeBackends();
});

const json = "application/json";
const defaultOnly = { default: { statusCode: "200" } };

/** An API with one route, `POST /{id}`, whose integration is the backend. */
const api = (integration: object, more: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  routes: {
    "ANY /{id}": {
      parameters: {
        "method.request.path.id": true,
        "method.request.querystring.q": false,
        "method.request.header.X-H": false,
      },
      other: { type: "http", httpMethod: "POST", uri: `${backend.url}/there`, responses: defaultOnly, ...integration },
    },
  },
  ...more,
});

async function asked(setup: ApiSetup, ask: Ask = {}): Promise<Got & { reason: string | undefined }> {
  const served = await serve(setup);
  const got = await served.ask({ method: "POST", path: "/7", ...ask });
  return { ...got, reason: served.log.at(-1)?.refusal?.reason };
}

const seen = () => {
  const [first] = backend.seen;
  if (!first) throw new Error("the backend was not called");
  return first;
};

describe("an http integration", () => {
  it("sends what its template makes, and answers what another one makes of the answer", async () => {
    const got = await asked(
      api({
        requestTemplates: { [json]: `{"id": "$input.params('id')", "a": $input.json('$.a')}` },
        responses: {
          default: {
            statusCode: "201",
            responseTemplates: { [json]: `{"got": $input.json('$.body'), "of": "$context.stage"}` },
          },
        },
      }),
      { headers: { "Content-Type": json }, body: '{"a": [1.0]}' },
    );
    expect(seen().body.toString()).toBe('{"id": "7", "a": [1.0]}');
    expect([got.status, JSON.parse(got.body)]).toEqual([201, { got: '{"id": "7", "a": [1.0]}', of: "dev" }]);
  });

  it("sends what is mapped, and the headers that are recorded, but not the client's", async () => {
    await asked(
      api({
        uri: `${backend.url}/things/{thing}`,
        requestParameters: {
          "integration.request.path.thing": "method.request.path.id",
          "integration.request.querystring.q": "method.request.querystring.q",
          "integration.request.querystring.fixed": "'a b'",
          "integration.request.querystring.all": "method.request.multivaluequerystring.m",
          "integration.request.header.X-Mapped": "method.request.header.X-H",
          "integration.request.header.X-Missing": "method.request.header.X-None",
          "integration.request.header.X-Body": "method.request.body.a.b",
          "integration.request.header.X-Stage": "context.stage",
        },
      }),
      {
        query: "q=1&m=1&m=2&unmapped=3",
        headers: { "Content-Type": json, "X-H": "h", "User-Agent": "client", Cookie: "c" },
        body: '{"a": {"b": "c"}}',
      },
    );
    const { headers, url, method } = seen();
    expect([method, url]).toEqual(["POST", "/things/7?q=1&fixed=a+b&all=1&all=2"]);
    expect(headers).toMatchObject({
      ...{ "x-mapped": "h", "x-body": "c", "x-stage": "dev", accept: json, "content-type": json },
      ...{ "user-agent": "AmazonAPIGateway_api1234567", "x-amzn-apigateway-api-id": "api1234567" },
      "x-amzn-trace-id": expect.stringContaining("Root="),
    });
    for (const name of ["x-missing", "cookie", "x-h", "x-forwarded-for"]) expect(headers).not.toHaveProperty(name);
  });

  it("sends what a template has overridden, over what is mapped", async () => {
    const set = [
      "#set($context.requestOverride.path.thing = 'set')",
      "#set($context.requestOverride.querystring.q = ['1', '2'])",
      "#set($context.requestOverride.header.X-A = 'set')",
      "body",
    ].join("");
    await asked(
      api({
        uri: `${backend.url}/{thing}`,
        requestParameters: {
          "integration.request.header.X-A": "'mapped'",
          "integration.request.path.thing": "'mapped'",
        },
        requestTemplates: { [json]: set },
      }),
    );
    expect([seen().url, seen().headers["x-a"], seen().body.toString()]).toEqual(["/set?q=1&q=2", "set", "body"]);
  });

  it.each([
    ["GET", 404, "4\\d{2}", 404],
    ["POST", 200, "4\\d{2}", 202],
    ["POST", 503, "(?i)5.*", 404],
    ["POST", 414, "4", 202],
  ])("of method %s that answers %s has the response that %s selects", async (method, status, pattern, expected) => {
    backend.answer((response) => response.writeHead(status).end("{}"));
    const responses = { [pattern]: { statusCode: "404" }, default: { statusCode: "202" } };
    const got = await asked(api({ httpMethod: method, responses }));
    expect([got.status, seen().method]).toEqual([expected, method]);
  });

  it("without a response for what it answered fails", async () => {
    const got = await asked(api({ responses: { "4.*": { statusCode: "400" } } }));
    expect([got.status, got.body, got.reason]).toEqual([
      500,
      '{"message": "Internal server error"}',
      "no integration response for 200",
    ]);
  });

  it("answers headers and members of the body that are mapped, and no others", async () => {
    backend.answer((response) => {
      response.writeHead(200, { "X-One": ["1", "2"], "X-Two": "2", "Content-Type": "text/plain", ETag: "e" });
      response.end('{"a": {"b": "c"}}');
    });
    const got = await asked(
      api({
        responses: {
          default: {
            statusCode: "200",
            responseParameters: {
              "method.response.header.X-Last": "integration.response.header.X-One",
              "method.response.header.X-All": "integration.response.multivalueheader.X-One",
              "method.response.header.X-Member": "integration.response.body.a.b",
              "method.response.header.X-None": "integration.response.body.none",
              "method.response.header.ETag": "integration.response.header.etag",
              "method.response.header.X-Fixed": "'fixed'",
            },
          },
        },
      }),
    );
    expect(got.headers).toMatchObject({
      ...{ "x-last": "2", "x-all": "1,2", "x-member": "c", etag: "e", "x-fixed": "fixed", "content-type": json },
      "x-amzn-trace-id": expect.stringContaining("Root="),
    });
    for (const name of ["x-one", "x-two", "x-none"]) expect(got.headers).not.toHaveProperty(name);
    expect(got.body).toBe('{"a": {"b": "c"}}');
  });

  it.each([
    ["NEVER", json, {}, 415],
    ["NEVER", json, { [json]: "t" }, 200],
    ["NEVER", "text/plain", { [json]: "t" }, 415],
    ["WHEN_NO_TEMPLATES", "text/plain", {}, 200],
    ["WHEN_NO_TEMPLATES", "text/plain", { [json]: "t" }, 415],
    ["WHEN_NO_MATCH", "text/plain", { [json]: "t" }, 200],
    ["NEVER", "text/plain", { $default: "t" }, 200],
  ])(
    "that passes bodies through %s takes %s with %j: %s",
    async (passthroughBehavior, type, requestTemplates, status) => {
      const got = await asked(api({ passthroughBehavior, requestTemplates }), {
        headers: { "Content-Type": `${type}; charset=utf-8` },
        body: "body",
      });
      expect(got.status).toBe(status);
      if (status === 415) expect(got.body).toBe('{"message": "Unsupported Media Type"}');
      else
        expect(seen().body.toString()).toBe(
          Object.keys(requestTemplates).some((key) => key === type || key[0] === "$") ? "t" : "body",
        );
    },
  );

  it("whose template fails is a fault of the API", async () => {
    const got = await asked(api({ requestTemplates: { [json]: "$util.parseJson('no')" } }));
    expect([got.status, got.reason, backend.seen]).toEqual([500, "$util.parseJson() was given no JSON", []]);
  });

  it("whose answer's template fails is a fault of the API, too", async () => {
    const responses = { default: { statusCode: "200", responseTemplates: { [json]: "$util.parseJson('no')" } } };
    const got = await asked(api({ responses }));
    expect([got.status, got.reason]).toEqual([500, "$util.parseJson() was given no JSON"]);
  });

  it.each(["Content-Length", "transfer-encoding", "X-Amzn-Trace-Id"])("that maps %s fails", async (name) => {
    const got = await asked(api({ requestParameters: { [`integration.request.header.${name}`]: "'1'" } }));
    expect([got.status, got.reason, backend.seen]).toEqual([500, `a mapping targets ${name.toLowerCase()}`, []]);
  });

  it("that takes too long is a timeout", async () => {
    backend.answer(() => undefined);
    const got = await asked(api({ timeoutInMillis: 50 }));
    expect([got.status, got.body]).toEqual([504, '{"message": "Endpoint request timed out"}']);
  });

  it.each([
    [
      "that nobody serves is a network error",
      () => "http://127.0.0.1:1/",
      504,
      "Network error communicating with endpoint",
    ],
    ["with a name that nobody knows is a fault of the API", () => "http://none.invalid/", 500, "Internal server error"],
    ["with a URI that is none is a fault of the API", () => "${stageVariables.none}", 500, "Internal server error"],
    ["that breaks off is a network error", () => backend.url, 504, "Network error communicating with endpoint"],
  ])("%s", async (_title, uri, status, message) => {
    backend.answer((response) => {
      response.writeHead(200, { "Content-Length": "100" }).write("half");
      response.destroy();
    });
    const got = await asked(api({ uri: uri() }));
    expect([got.status, JSON.parse(got.body)]).toEqual([status, { message }]);
  });

  it("that answers more than 10 MB fails", async () => {
    backend.answer((response) => response.end(Buffer.alloc(10 * 1024 * 1024 + 1, "a")));
    const got = await asked(api({}));
    expect([got.status, got.reason]).toEqual([500, "the integration's answer is more than 10 MB"]);
  });

  it("may have stage variables anywhere in its URI", async () => {
    const host = backend.url.replace("http://", "");
    const variables = { host, path: "test-path", query: "qs_key=qs_value" };
    await asked(
      api({ uri: "http://${stageVariables.host}/${stageVariables.path}?${stageVariables.query}" }, { variables }),
    );
    expect(seen().url).toBe("/test-path?qs_key=qs_value");
  });

  it.each(["constructor", "toString", "missing"])("has no stage variable %s that nobody set", async (name) => {
    const uri = `${backend.url}/a\${stageVariables.${name}}`;
    await asked(api({ uri }, { variables: { other: "x" } }));
    expect(seen().url).toBe("/a");
  });
});

describe("an http_proxy integration", () => {
  const proxy = (more: object = {}) => api({ type: "HTTP_PROXY", httpMethod: "ANY", responses: {}, ...more });

  it("passes on method, query, headers and body, and what is mapped over them", async () => {
    const got = await asked(
      proxy({
        uri: `${backend.url}/{id}`,
        requestParameters: {
          "integration.request.path.id": "method.request.path.id",
          "integration.request.header.X-H": "'mapped'",
          "integration.request.querystring.more": "'1'",
        },
        requestTemplates: { [json]: "ignored" },
      }),
      {
        method: "PATCH",
        query: "q=1&q=2",
        headers: { "X-H": "h", "X-Own": "own", "User-Agent": "client", Via: "1.1 p", "Content-Type": json },
        body: "body",
      },
    );
    const { method, url, headers, body } = seen();
    expect([method, url, body.toString()]).toEqual(["PATCH", "/7?q=1&q=2&more=1", "body"]);
    expect(headers).toMatchObject({
      ...{ "x-h": "mapped", "x-own": "own", "user-agent": "client", "content-type": json, accept: json },
      ...{ "x-amzn-apigateway-api-id": "api1234567", "x-forwarded-for": "127.0.0.1", host: new URL(backend.url).host },
    });
    expect(headers).not.toHaveProperty("via");
    expect(got.status).toBe(200);
  });

  it("answers what came, with the headers that API Gateway writes itself under other names", async () => {
    backend.answer((response) => {
      response.writeHead(418, { "X-Own": "own", Server: "s", "x-amzn-RequestId": "r", "Content-Type": "text/plain" });
      response.end("teapot");
    });
    const got = await asked(proxy());
    expect([got.status, got.body]).toEqual([418, "teapot"]);
    expect(got.headers).toMatchObject({
      ...{ "x-own": "own", "content-type": "text/plain", "x-amzn-remapped-server": "s", "content-length": "6" },
      ...{ "x-amzn-remapped-x-amzn-requestid": "r", "x-amzn-remapped-connection": "keep-alive" },
      "x-amzn-remapped-date": expect.any(String),
    });
    expect(got.headers["x-amzn-requestid"]).not.toBe("r");
  });

  it("follows no redirection", async () => {
    backend.answer((response) => response.writeHead(302, { Location: "/elsewhere" }).end());
    const got = await asked(proxy());
    expect([got.status, got.headers["location"], backend.seen.length]).toEqual([302, "/elsewhere", 1]);
  });
});

describe("a backend whose certificate nobody vouches for", () => {
  const folder = mkdtempSync(join(tmpdir(), "terrace-certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each<[string, object, number]>([
    ["is not called", {}, 504],
    ["is called where the integration says so", { tlsConfig: { insecureSkipVerification: true } }, 200],
    ["is not called where it says no", { tlsConfig: { insecureSkipVerification: false } }, 504],
  ])("%s", async (_title, settings, status) => {
    const how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"];
    execFileSync("openssl", ["req", "-x509", ...how, "-keyout", key, "-out", cert], { stdio: "pipe" });
    const certificate = { key: readFileSync(key), cert: readFileSync(cert) };
    const server = createServer(certificate, (_request, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const uri = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const got = await asked(api({ uri, ...settings }));
    server.closeAllConnections();
    server.close();
    expect([got.status, got.reason]).toEqual([
      status,
      status === 200 ? undefined : expect.stringContaining("certificate"),
    ]);
  });
});

describe("contents", () => {
  const image = "image/png";
  const bytes = Buffer.from([0x89, 0x50, 0xff, 0x00]);
  const encoded = bytes.toString("base64");
  const replaced = Buffer.from(bytes.toString("utf8"));

  it.each([
    ["binary as they are", image, undefined, bytes, bytes],
    ["binary as they are, once more", image, "CONVERT_TO_BINARY", bytes, bytes],
    ["binary as base64", image, "CONVERT_TO_TEXT", bytes, Buffer.from(encoded)],
    ["text as it is", "text/plain", undefined, Buffer.from("é"), Buffer.from("é")],
    ["text that is none with replacements", "text/plain", "CONVERT_TO_TEXT", bytes, replaced],
    ["base64 as what it stands for", "text/plain", "CONVERT_TO_BINARY", Buffer.from(encoded), bytes],
  ])("of a request arrive %s", async (_title, type, contentHandling, body, expected) => {
    await asked(api({ ...(contentHandling ? { contentHandling } : {}) }, { binaryMediaTypes: [image] }), {
      headers: { "Content-Type": type },
      body,
    });
    expect(seen().body).toEqual(expected);
  });

  it.each([
    ["that are to be binary, and are no base64", "text/plain", "CONVERT_TO_BINARY", {}, "contentHandling is"],
    [
      "that are binary, and have a template",
      image,
      "CONVERT_TO_BINARY",
      { [image]: "t" },
      "a template can't be applied",
    ],
  ])("of a request %s are a fault", async (_title, type, contentHandling, requestTemplates, reason) => {
    const got = await asked(api({ contentHandling, requestTemplates }, { binaryMediaTypes: [image] }), {
      headers: { "Content-Type": type },
      body: Buffer.concat([bytes, Buffer.from("é")]),
    });
    expect([got.status, got.reason]).toEqual([500, expect.stringContaining(reason)]);
  });

  it.each([
    ["binary to who accepts it", image, image, undefined, bytes, bytes],
    ["binary as base64 to others", image, "text/plain", undefined, bytes, Buffer.from(encoded)],
    ["binary as base64, if that is said", image, image, "CONVERT_TO_TEXT", bytes, Buffer.from(encoded)],
    ["binary to everybody, if that is said", image, "text/plain", "CONVERT_TO_BINARY", bytes, bytes],
    ["text to who accepts text", "text/plain", "text/plain", undefined, Buffer.from("é"), Buffer.from("é")],
    ["base64 decoded to who accepts binary", "text/plain", image, undefined, Buffer.from(encoded), bytes],
    [
      "base64 decoded to everybody, if that is said",
      "text/plain",
      "*/*",
      "CONVERT_TO_BINARY",
      Buffer.from(encoded),
      bytes,
    ],
  ])("of an answer go %s", async (_title, type, accept, contentHandling, body, expected) => {
    backend.answer((response) => response.writeHead(200, { "Content-Type": type }).end(body));
    const responses = { default: { statusCode: "200", ...(contentHandling ? { contentHandling } : {}) } };
    const got = await asked(api({ responses }, { binaryMediaTypes: [image] }), { headers: { Accept: accept } });
    expect(got.bytes).toEqual(expected);
  });
});

describe("an integration is refused at boot", () => {
  it.each([
    ["without a method", { httpMethod: undefined }, "Enumeration value for HttpMethod must be non-empty"],
    ["with a method that is none", { httpMethod: "FETCH" }, "httpMethod must be an HTTP method or ANY, got FETCH"],
    ["with a URI of another scheme", { uri: "ftp://a" }, "Invalid HTTP endpoint specified for URI (ftp://a)"],
    ["through a link to a network", { connectionType: "VPC_LINK" }, "VPC_LINK is not emulated"],
    [
      "with a mapping to nothing",
      { requestParameters: { "integration.request.body": "'a'" } },
      "Invalid mapping expression specified: integration.request.body",
    ],
    [
      "with a mapping of nothing",
      { requestParameters: { "integration.request.header.a": "nowhere.b" } },
      "the mapping nowhere.b is not emulated",
    ],
    [
      "with a mapping by what is no JSONPath",
      { requestParameters: { "integration.request.header.a": "method.request.body.[" } },
      "method.request.body.[ names no JSONPath",
    ],
    [
      "with a response's parameter that is no header",
      { responses: { default: { statusCode: 200, responseParameters: { a: "'b'" } } } },
      "must be method.response.header.<name>, got a",
    ],
    ["with a pattern that is none", { responses: { "(": { statusCode: 200 } } }, "is no regular expression"],
    [
      "with a status that is none",
      { responses: { default: { statusCode: "ok" } } },
      "statusCode must be an HTTP status, got ok",
    ],
    ["with contents that nobody knows", { contentHandling: "CONVERT" }, "contentHandling CONVERT is not emulated"],
    [
      "with a behavior that nobody knows",
      { passthroughBehavior: "SOMETIMES" },
      "passthroughBehavior SOMETIMES is not emulated",
    ],
    ["of a type that nobody knows", { type: "grpc" }, "type grpc is not emulated"],
  ])("%s", (_title, integration, problem) => {
    expect(() => createGateway(definitionOf(api(integration)), idle)).toThrow(problem);
  });

  it.each([
    ["EDGE", 29_001, "timeoutInMillis must be 50–29000, got 29001"],
    [undefined, 29_001, "timeoutInMillis must be 50–29000, got 29001"],
    ["REGIONAL", 300_001, "timeoutInMillis must be 50–300000, got 300001"],
    ["REGIONAL", 300_000, undefined],
    ["PRIVATE", 60_000, undefined],
  ])("where an API that is %s has a limit of %s ms, unless AWS lets", (type, timeoutInMillis, problem) => {
    const restApi = type === undefined ? {} : { endpoint_configuration: [{ types: [type] }] };
    const made = () => createGateway(definitionOf(api({ timeoutInMillis }, { restApi })), idle);
    if (problem === undefined) expect(made).not.toThrow();
    else expect(made).toThrow(problem);
  });
});
