import { apiKey, origin, recordPath, recordsSetup } from "./support/records";
import { type Behaviour, closeAll, hanging, returning, type Served, serve } from "./support/serve";

afterEach(closeAll);

const keyed = { "x-api-key": apiKey };
const json = { ...keyed, "Content-Type": "application/json" };
const record = { source: "meter-1", kind: "temperature", values: [1, 2] };

/** A refusal in the contract's shape, readable for the browser that sent the request. */
async function expectRefusal(served: Served, ask: Parameters<Served["ask"]>[0], expected: object): Promise<void> {
  const got = await served.ask(ask);
  const { error } = JSON.parse(got.body);
  expect({ status: got.status, type: got.headers["x-amzn-errortype"], ...error }).toMatchObject(expected);
  expect(error.requestId).toBe(got.headers["x-amzn-requestid"]);
  expect(got.headers["access-control-allow-origin"]).toBe(origin);
  expect(got.headers["content-type"]).toBe("application/json");
  expect(served.log.at(-1)).toMatchObject({ status: got.status, refusal: { type: error.code } });
}

const failing: Behaviour = () => ({
  payload: '{"errorType":"Error","errorMessage":"secret"}',
  functionError: "Unhandled",
});

describe("the deployed API refuses", () => {
  it("an unknown route", async () => {
    const served = await serve(recordsSetup());
    const expected = { status: 403, code: "MISSING_AUTHENTICATION_TOKEN", message: "Missing Authentication Token" };
    await expectRefusal(served, { path: "/not-there" }, { ...expected, type: "MissingAuthenticationTokenException" });
  });

  it("a method that its path does not have", async () => {
    const served = await serve(recordsSetup());
    await expectRefusal(
      served,
      { method: "PATCH", path: "/records" },
      { status: 403, code: "MISSING_AUTHENTICATION_TOKEN" },
    );
  });

  it.each([
    ["no key", {}],
    ["a wrong key", { "x-api-key": "another-key-of-20-chars" }],
  ])("a request with %s", async (_title, headers) => {
    const served = await serve(recordsSetup());
    const expected = { status: 403, code: "INVALID_API_KEY", message: "Forbidden", type: "ForbiddenException" };
    await expectRefusal(served, { path: recordPath, headers }, expected);
    expect(served.events).toEqual([]);
  });

  it("a key that is disabled", async () => {
    const served = await serve(recordsSetup({ keys: [{ name: "k", value: apiKey, enabled: false }] }));
    await expectRefusal(served, { path: recordPath, headers: keyed }, { status: 403, code: "INVALID_API_KEY" });
  });

  it("a body that does not fit the model, in words that nothing in the body can break", async () => {
    const served = await serve(recordsSetup());
    const body = JSON.stringify({ kind: "k", 'a"b\\c\n': '"}]}' });
    const ask = { method: "POST", path: "/records", headers: json, body };
    const message = "must match the schema in the API's document, of POST /records";
    const details = [{ path: "body", message }];
    await expectRefusal(served, ask, {
      status: 400,
      code: "BAD_REQUEST_BODY",
      message: "Invalid request body",
      details,
    });
  });

  it("a list without the parameter it needs", async () => {
    const served = await serve(recordsSetup());
    const message = "Missing required request parameters: [source]";
    const expected = { status: 400, code: "BAD_REQUEST_PARAMETERS", message, type: "BadRequestException" };
    await expectRefusal(served, { path: "/records", headers: keyed }, expected);
  });

  it("a preflight of a media type that no template is for", async () => {
    const served = await serve(recordsSetup());
    const ask = { method: "OPTIONS", path: "/records", headers: { "Content-Type": "text/plain" } };
    const expected = { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "Unsupported Media Type" };
    await expectRefusal(served, ask, { ...expected, type: "BadRequestException" });
  });

  it.each<[string, Behaviour]>([
    ["fails", failing],
    ["runs out of memory", () => ({ payload: '{"errorType":"Runtime.OutOfMemory"}', functionError: "Unhandled" })],
    ["returns no proxy answer", returning({ ok: true })],
    ["returns nothing", returning(null)],
    ["returns text that is no JSON", () => ({ payload: "nonsense" })],
  ])("with 502 when the function %s", async (_title, behaviour) => {
    const served = await serve(recordsSetup(), behaviour);
    const expected = { status: 502, message: "Internal server error", type: "InternalServerErrorException" };
    await expectRefusal(served, { path: recordPath, headers: keyed }, expected);
  });

  it("with 504 when the function takes longer than its integration waits", async () => {
    const served = await serve(recordsSetup(), hanging);
    const expected = { status: 504, code: "INTEGRATION_TIMEOUT", message: "Endpoint request timed out" };
    await expectRefusal(
      served,
      { path: recordPath, headers: keyed },
      { ...expected, type: "InternalServerErrorException" },
    );
  });

  it.each<[string, Behaviour]>([
    ["has no concurrency left", () => ({ payload: "", throttled: "function" })],
    ["can't be invoked", () => Promise.reject(new Error("no such function"))],
  ])("with 500 when the function %s", async (_title, behaviour) => {
    const served = await serve(recordsSetup(), behaviour);
    await expectRefusal(served, { path: recordPath, headers: keyed }, { status: 500, code: "INTEGRATION_FAILURE" });
  });

  it("with 500 when the function has no permission for the method, which the log names", async () => {
    const served = await serve(recordsSetup({ permitted: false }));
    await expectRefusal(served, { path: recordPath, headers: keyed }, { status: 500, code: "API_CONFIGURATION_ERROR" });
    const arn = "arn:aws:execute-api:us-east-1:000000000000:api1234567/dev/GET/records/{recordId}";
    expect(served.permissionsAsked).toEqual([arn]);
    expect(served.log[0]?.refusal?.reason).toContain(arn);
  });
});

describe("the deployed API answers", () => {
  it("a good request, and asks for the permission once", async () => {
    const served = await serve(recordsSetup(), returning({ statusCode: 201, body: "{}" }));
    const ask = { method: "POST", path: "/records", headers: json, body: JSON.stringify(record) };
    expect([(await served.ask(ask)).status, (await served.ask(ask)).status]).toEqual([201, 201]);
    expect(served.permissionsAsked).toHaveLength(1);
    expect(served.log[0]).toMatchObject({ operationId: "createRecord", resource: "/records", apiKeyId: "id-k" });
  });

  it("a preflight without a key", async () => {
    const served = await serve(recordsSetup());
    const got = await served.ask({ method: "OPTIONS", path: recordPath, headers: { Origin: origin } });
    expect(got.status).toBe(204);
    expect(got.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "OPTIONS,GET,PUT,DELETE",
      "access-control-max-age": "600",
      vary: "Origin",
    });
  });

  it.each([
    ["one of several origins with itself", "https://b.example", "https://b.example"],
    ["an origin that is not listed with the first", "https://evil.example", "https://a.example"],
  ])("a preflight from %s", async (_title, from, allowed) => {
    const served = await serve(recordsSetup({}, ["https://a.example", "https://b.example"]));
    const got = await served.ask({ method: "OPTIONS", path: "/records", headers: { Origin: from } });
    expect(got.headers["access-control-allow-origin"]).toBe(allowed);
  });

  it("a stage that is not there as an API that is not there", async () => {
    const served = await serve(recordsSetup());
    for (const urlPath of ["/prod/records", "/", "/prod", "/dev%2Frecords"]) {
      const got = await served.ask({ urlPath });
      expect([got.status, got.body, got.headers["x-amzn-errortype"]]).toEqual([
        403,
        '{"message":"Forbidden"}',
        "ForbiddenException",
      ]);
    }
  });
});
