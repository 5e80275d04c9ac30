import type { ApiSetup } from "./support/api";
import { functionArn } from "./support/api";
import type { Ask } from "./support/client";
import { type Behaviour, closeAll, type Event, echo, serve } from "./support/serve";

afterEach(closeAll);

const authorizerArn = functionArn.replace(/:f$/, ":who");
const authorizerUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${authorizerArn}/invocations`;

/** An API whose routes ask an authorizer, which has what a test gives it. */
function apiWith(authorizer: object, others: Partial<ApiSetup> = {}, name = "Authorization"): ApiSetup {
  const scheme = {
    ...{ type: "apiKey", in: "header", name, "x-amazon-apigateway-authtype": "custom" },
    "x-amazon-apigateway-authorizer": { type: "token", authorizerUri, ...authorizer },
  };
  return {
    ...{ stage: "dev", routes: { "GET /things/{id}": {}, "POST /things/{id}": {} } },
    securitySchemes: { user: scheme },
    root: { security: [{ user: [] }] },
    ...others,
  };
}

const statement = (Effect: string, ...Resource: string[]) => ({ Effect, Action: "execute-api:Invoke", Resource });
const api = "arn:aws:execute-api:us-east-1:000000000000:api1234567/dev";
const answer = (...Statement: object[]) => ({
  principalId: "ada",
  policyDocument: { Version: "2012-10-17", Statement },
  context: { role: "reader", level: 3, isNew: true },
});
const failing = (errorMessage: string): string => JSON.stringify({ errorType: "Error", errorMessage });

/** A function that answers authorizers' events by the given value, and echoes others. */
const authorizing =
  (value: unknown): Behaviour =>
  (event, ...rest) =>
    event.type ? { payload: JSON.stringify(value) } : echo(event, ...rest);
const isAuthorizers = (event: Event): boolean => event.type !== undefined;

const signedIn: Ask = { path: "/things/7", headers: { Authorization: "token-1" } };

describe("an authorizer's function", () => {
  it("gets the token and the request's ARN, and its answer goes to the function behind", async () => {
    const served = await serve(apiWith({}), authorizing(answer(statement("Allow", `${api}/GET/things/*`))));
    const got = await served.ask(signedIn);
    expect(served.events[0]).toEqual({
      ...{ type: "TOKEN", authorizationToken: "token-1", methodArn: `${api}/GET/things/7` },
    });
    expect(JSON.parse(got.body).requestContext.authorizer).toEqual({
      ...{ principalId: "ada", role: "reader", level: "3", isNew: "true", integrationLatency: expect.any(Number) },
    });
    expect(served.permissionsAsked[0]).toBe("arn:aws:execute-api:us-east-1:000000000000:api1234567/authorizers/user");
  });

  it("of type REQUEST gets the request without its body", async () => {
    const identitySource = "method.request.header.X-User, method.request.querystring.at";
    const served = await serve(
      apiWith({ type: "request", identitySource }),
      authorizing(answer(statement("Allow", "*"))),
    );
    const wanted = { method: "POST", path: "/things/7", query: "at=1", headers: { "X-User": "ada" }, body: "{}" };
    expect((await served.ask(wanted)).status).toBe(200);
    expect(served.events[0]).toMatchObject({
      ...{ type: "REQUEST", methodArn: `${api}/POST/things/7`, path: "/things/7", httpMethod: "POST" },
      ...{ pathParameters: { id: "7" }, queryStringParameters: { at: "1" } },
    });
    expect(served.events[0]).not.toHaveProperty("body");
    expect((await served.ask({ ...wanted, query: "at=" })).status).toBe(401);
    expect(served.events.filter(isAuthorizers)).toHaveLength(1);
  });

  it("is asked once for a token while its result lives, whose policy is evaluated for each request", async () => {
    const served = await serve(
      apiWith({ authorizerResultTtlInSeconds: 60 }),
      authorizing(answer(statement("Allow", `${api}/GET/things/*`))),
    );
    const statuses: number[] = [];
    const asked = async (wanted: Ask) => statuses.push((await served.ask(wanted)).status);
    await asked(signedIn);
    await asked({ ...signedIn, path: "/things/8" });
    await asked({ ...signedIn, method: "POST" });
    expect(statuses).toEqual([200, 200, 403]);
    expect(served.events.filter(isAuthorizers)).toHaveLength(1);
    await asked({ ...signedIn, headers: { Authorization: "token-2" } });
    expect(served.events.filter(isAuthorizers)).toHaveLength(2);
    served.clock.now += 60_000;
    await asked(signedIn);
    expect(served.events.filter(isAuthorizers)).toHaveLength(3);
  });

  it("is asked each time where results live for no time", async () => {
    const served = await serve(
      apiWith({ authorizerResultTtlInSeconds: 0 }),
      authorizing(answer(statement("Allow", "*"))),
    );
    await served.ask(signedIn);
    await served.ask(signedIn);
    expect(served.events.filter(isAuthorizers)).toHaveLength(2);
  });
});

describe("a request is refused", () => {
  const words = "User is not authorized to access this resource";
  const unauthorized = [401, { message: "Unauthorized" }, "UnauthorizedException"] as const;
  const failed = [500, { message: null }, "AuthorizerConfigurationException"] as const;
  const allowed = answer(statement("Allow", "*"));

  it.each<[string, Ask["headers"], Behaviour, readonly [number, object, string], number]>([
    ["without a token, and nobody is asked", {}, authorizing(allowed), unauthorized, 0],
    ["with an empty token", { Authorization: "" }, authorizing(allowed), unauthorized, 0],
    ["whose token is not of the expected form", { Authorization: "no spaces" }, authorizing(allowed), unauthorized, 0],
    [
      "that the policy denies",
      signedIn.headers,
      authorizing(answer(statement("Allow", "*"), statement("Deny", `${api}/GET/*`))),
      [403, { Message: `${words} with an explicit deny` }, "AccessDeniedException"],
      1,
    ],
    [
      "that the policy does not allow",
      signedIn.headers,
      authorizing(answer(statement("Allow", `${api}/POST/*`))),
      [403, { Message: words }, "AccessDeniedException"],
      1,
    ],
    [
      "where the function says Unauthorized",
      signedIn.headers,
      () => ({ payload: failing("Unauthorized"), functionError: "Unhandled" }),
      unauthorized,
      1,
    ],
    [
      "where the function fails",
      signedIn.headers,
      () => ({ payload: failing("no"), functionError: "Unhandled" }),
      failed,
      1,
    ],
    ["where the answer is null", signedIn.headers, authorizing(null), failed, 1],
    ["where the answer names nobody", signedIn.headers, authorizing({ ...allowed, principalId: undefined }), failed, 1],
    [
      "where the answer has no policy",
      signedIn.headers,
      authorizing({ ...allowed, policyDocument: undefined }),
      failed,
      1,
    ],
    ["where the policy is malformed", signedIn.headers, authorizing(answer({ Effect: "Allow" })), failed, 1],
    [
      "where the context has an object",
      signedIn.headers,
      authorizing({ ...allowed, context: { groups: ["a"] } }),
      failed,
      1,
    ],
  ])("%s", async (_title, headers = {}, behaviour, [status, body, errorType], calls) => {
    const served = await serve(apiWith({ identityValidationExpression: "^\\S+$" }), behaviour);
    const got = await served.ask({ path: "/things/7", headers });
    expect([got.status, JSON.parse(got.body), got.headers["x-amzn-errortype"]]).toEqual([status, body, errorType]);
    expect(served.events).toHaveLength(calls);
  });

  it("where the function's policy does not let the authorizer call it", async () => {
    const served = await serve(apiWith({}, { permitted: false }), authorizing(allowed));
    expect((await served.ask(signedIn)).status).toBe(500);
    expect(served.events).toHaveLength(0);
    expect(served.log[0]?.refusal).toEqual({
      type: "AUTHORIZER_CONFIGURATION_ERROR",
      reason: expect.stringContaining("/authorizers/user"),
    });
  });

  it("in the shape that the API gives such refusals", async () => {
    const gatewayResponses = { UNAUTHORIZED: { statusCode: "418", responseTemplates: { "application/json": "{}" } } };
    const served = await serve(apiWith({}, { gatewayResponses }), authorizing(allowed));
    const got = await served.ask({ path: "/things/7" });
    expect([got.status, got.body]).toEqual([418, "{}"]);
  });

  it("that the API's own policy denies before anybody is asked, and one that it allows needs no other", async () => {
    const all = { Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
    const policy = (Effect: string) => ({ Version: "2012-10-17", Statement: [{ ...all, Effect }] });
    const denying = await serve(apiWith({}, { policy: policy("Deny") }), authorizing(allowed));
    expect((await denying.ask(signedIn)).status).toBe(403);
    expect(denying.events).toHaveLength(0);
    const nothing = authorizing(answer(statement("Allow", "arn:aws:execute-api:us-east-1:000000000000:other/*")));
    const allowing = await serve(apiWith({}, { policy: policy("Allow") }), nothing);
    expect((await allowing.ask(signedIn)).status).toBe(200);
  });
});
