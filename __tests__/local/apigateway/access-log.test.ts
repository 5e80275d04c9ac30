import type { ApiSetup } from "./support/api";
import { apiKey, recordPath, recordsSetup } from "./support/records";
import { closeAll, hanging, returning, serve } from "./support/serve";

afterEach(closeAll);

/** All that the deployed stage logs, and what only some APIs know. */
const format = JSON.stringify({
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  traceId: "$context.xrayTraceId",
  time: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  userAgent: "$context.identity.userAgent",
  apiKeyId: "$context.identity.apiKeyId",
  method: "$context.httpMethod",
  resourcePath: "$context.resourcePath",
  path: "$context.path",
  status: "$context.status",
  responseLength: "$context.responseLength",
  latencyMs: "$context.responseLatency",
  integrationStatus: "$context.integrationStatus",
  functionStatus: "$context.integration.status",
  errorType: "$context.error.responseType",
  error: "$context.error.message",
  principal: "$context.authorizer.principalId",
  protocol: "$context.protocol",
  caller: "$context.identity.caller",
});
const setup = recordsSetup({ accessLogFormat: format, stageAttributes: { xray_tracing_enabled: true } });

async function logged(behaviour: Parameters<typeof serve>[1], ask: object, api: ApiSetup = setup) {
  const served = await serve(api, behaviour);
  const got = await served.ask(ask);
  expect(served.accessLog).toHaveLength(1);
  return { got, line: served.accessLog[0]! };
}

describe("a stage's access log", () => {
  it("has a line in the stage's own format for each request", async () => {
    const headers = { "x-api-key": apiKey, "User-Agent": "ua/1" };
    const { got, line } = await logged(returning({ statusCode: 404, body: "{}" }), { path: recordPath, headers });
    expect(JSON.parse(line)).toEqual({
      requestId: got.headers["x-amzn-requestid"],
      extendedRequestId: got.headers["x-amz-apigw-id"],
      traceId: expect.stringMatching(/^1-66322ec0-[0-9a-f]{24}$/),
      time: "01/May/2024:12:00:00 +0000",
      ip: "127.0.0.1",
      userAgent: "ua/1",
      apiKeyId: "id-k",
      method: "GET",
      resourcePath: "/records/{recordId}",
      path: `/dev${recordPath}`,
      status: "404",
      responseLength: "2",
      latencyMs: "0",
      integrationStatus: "200",
      functionStatus: "404",
      errorType: "-",
      error: "-",
      principal: "-",
      protocol: "HTTP/1.1",
      caller: "-",
    });
  });

  it("has a line for a request that the gateway refuses, a dash standing for what there was not", async () => {
    const { line } = await logged(undefined, { path: "/not-there" });
    expect(JSON.parse(line)).toMatchObject({
      status: "403",
      resourcePath: "-",
      apiKeyId: "-",
      integrationStatus: "-",
      errorType: "MISSING_AUTHENTICATION_TOKEN",
      error: "Missing Authentication Token",
    });
  });

  it("has the time of the request and of its integration", async () => {
    const api = {
      ...setup,
      accessLogFormat: "$context.requestId $context.integrationLatency $context.responseLatency",
    };
    const served = await serve(api, (event) => {
      served.clock.now += 7;
      return returning({})(event, new AbortController().signal, () => undefined);
    });
    await served.ask({ path: recordPath, headers: { "x-api-key": apiKey } });
    expect(served.accessLog[0]).toMatch(/ 7 7$/);
  });

  it("has the outcome of a function that was too slow", async () => {
    const { line } = await logged(hanging, { path: recordPath, headers: { "x-api-key": apiKey } });
    expect(JSON.parse(line)).toMatchObject({ status: "504", integrationStatus: "-", errorType: "INTEGRATION_TIMEOUT" });
  });

  it("can't be forged by a header", async () => {
    const { line } = await logged(undefined, { path: "/x", headers: { "User-Agent": '"}\t{"status":"200' } });
    expect(JSON.parse(line)).toMatchObject({ status: "403", userAgent: '"}\t{"status":"200' });
  });

  it("may have a format of 3 KB", async () => {
    const accessLogFormat = `$context.requestId ${"x".repeat(3072 - 19)}`;
    await expect(serve({ ...setup, accessLogFormat })).resolves.toBeDefined();
  });

  it.each([
    ["without an id", "$context.status", "must contain at least $context.requestId or $context.extendedRequestId"],
    ["of more than 3 KB", `$context.requestId ${"x".repeat(3072 - 18)}`, "must be at most 3 KB"],
    ["of more bytes than that", `$context.requestId é${"x".repeat(3072 - 20)}`, "must be at most 3 KB"],
  ])("is refused at boot in a format %s", async (_title, accessLogFormat, problem) => {
    await expect(serve({ ...setup, accessLogFormat })).rejects.toThrow(problem);
  });
});

describe("a gateway response", () => {
  const api = (definition: object): ApiSetup => ({
    stage: "dev",
    variables: { team: "ours" },
    routes: { "GET /x/{id}": { key: true } },
    gatewayResponses: { INVALID_API_KEY: definition },
  });

  it("is chosen by the first type that the caller accepts", async () => {
    const responseTemplates = { "application/json": "{}", "text/html": "<p>$context.error.message</p>" };
    const served = await serve(api({ responseTemplates }));
    const html = await served.ask({ path: "/x/1", headers: { Accept: "text/html,application/json" } });
    expect([html.headers["content-type"], html.body]).toEqual(["text/html", "<p>Forbidden</p>"]);
    const json = await served.ask({ path: "/x/1", headers: { Accept: "image/png" } });
    expect([json.headers["content-type"], json.body]).toEqual(["application/json", "{}"]);
  });

  it("may use the request, the context and the stage's variables, safely within JSON", async () => {
    const template =
      '{"q":"$method.request.querystring.q","id":"$method.request.path.id","team":"$stageVariables.team","path":"${context.path}","none":"$context.unknown"}';
    const served = await serve(api({ responseTemplates: { "application/json": template } }));
    const got = await served.ask({ path: "/x/7", query: "q=%22%5c%0a" });
    expect(JSON.parse(got.body)).toEqual({ q: '"\\\n', id: "7", team: "ours", path: "/dev/x/7", none: "" });
  });

  it("may set headers, its content type too, but none that can't be sent", async () => {
    const responseParameters = {
      "gatewayresponse.header.Content-Type": "'application/problem+json'",
      "gatewayresponse.header.X-Q": "method.request.querystring.q",
      "gatewayresponse.header.X-H": "method.request.header.X-H",
      "gatewayresponse.header.X-Type": "context.error.responseType",
      "gatewayresponse.header.X-Team": "stageVariables.team",
    };
    const served = await serve(api({ responseParameters }));
    const { headers } = await served.ask({ path: "/x/1", query: "q=a%0d%0aSet-Cookie:%20b", headers: { "x-h": "1" } });
    expect(headers).toMatchObject({
      "content-type": "application/problem+json",
      "x-type": "INVALID_API_KEY",
      "x-team": "ours",
      "x-h": "1",
    });
    expect([headers["x-q"], headers["set-cookie"]]).toEqual([undefined, undefined]);
  });
});
