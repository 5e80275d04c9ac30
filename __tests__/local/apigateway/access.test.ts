import { createGateway } from "../../../local/apigateway/gateway";
import { type ApiSetup, definitionOf } from "./support/api";
import { idle } from "./support/dependencies";
import { closeAll, serve } from "./support/serve";

afterEach(closeAll);

const allow = { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" };
const deny = { ...allow, Effect: "Deny" };
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const api = (...statements: object[]): ApiSetup => ({
  stage: "dev",
  routes: { "GET /things/{id}": { key: true }, "POST /things/{id}": {}, "GET /": {} },
  policy: policy(...statements),
});
const resource = (path: string): string => `arn:aws:execute-api:us-east-1:********0000:api1234567/dev/${path}`;
const words = (path: string, end = ""): string =>
  JSON.stringify({
    Message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${resource(path)}${end}`,
  });

describe("a policy lets a request through", () => {
  it.each([
    ["that a statement allows", [allow]],
    [
      "by the API's whole ARN",
      [{ ...allow, Resource: "arn:aws:execute-api:us-east-1:000000000000:api1234567/dev/POST/*" }],
    ],
    ["by a pattern of its own resource", [{ ...allow, Resource: "execute-api:/*/POST/things/*" }]],
    ["that all accounts may make", [{ ...allow, Principal: { AWS: "*" } }]],
    ["from its address", [{ ...allow, Condition: { IpAddress: { "aws:SourceIp": "127.0.0.1" } } }]],
    ["from its network", [{ ...allow, Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"] } } }]],
    ["that no denial is about", [allow, { ...deny, Condition: { NotIpAddress: { "aws:SourceIp": "127.0.0.0/8" } } }]],
    ["by what it says of its client", [{ ...allow, Condition: { StringLike: { "aws:UserAgent": "test*" } } }]],
    [
      "through no network of its own",
      [allow, { ...deny, Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } }],
    ],
  ])("%s", async (_title, statements) => {
    const served = await serve(api(...statements));
    const got = await served.ask({ method: "POST", path: "/things/7", headers: { "User-Agent": "test/1" } });
    expect(got.status).toBe(200);
  });
});

describe("a policy refuses a request", () => {
  const explicit = " with an explicit deny";

  it.each([
    ["that is denied", [allow, deny], explicit],
    ["that no statement allows", [{ ...allow, Resource: "execute-api:/dev/GET/*" }], ""],
    ["of another stage", [{ ...allow, Resource: "execute-api:/prod/*" }], ""],
    ["from another address", [{ ...allow, Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }], ""],
    [
      "from an address that is denied",
      [allow, { ...deny, Condition: { IpAddress: { "aws:SourceIp": "127.0.0.1/32" } } }],
      explicit,
    ],
    [
      "from outside of a network",
      [allow, { ...deny, Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }],
      explicit,
    ],
    [
      "without an identity, if it names some",
      [{ ...allow, Principal: { AWS: "arn:aws:iam::000000000000:role/r" } }],
      "",
    ],
    [
      "from a network that has to be a private one",
      [{ ...allow, Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } } }],
      "",
    ],
  ])("%s", async (_title, statements, end) => {
    const served = await serve(api(...statements));
    const got = await served.ask({ method: "POST", path: "/things/7" });
    expect([got.status, got.headers["x-amzn-errortype"], got.body]).toEqual([
      403,
      "AccessDeniedException",
      words("POST/things/7", end),
    ]);
    expect(served.log[0]?.refusal?.reason).toContain("aws_api_gateway_rest_api_policy.p: User: anonymous");
    expect(served.events).toEqual([]);
  });

  it("before it asks for a key, but after the method is known", async () => {
    const served = await serve(api(deny));
    expect((await served.ask({ path: "/things/7" })).body).toBe(words("GET/things/7", explicit));
    expect((await served.ask({ path: "/" })).body).toBe(words("GET/", explicit));
    expect((await served.ask({ path: "/none" })).body).toBe('{"message":"Missing Authentication Token"}');
  });

  it("in the shape that the API gives it", async () => {
    const gatewayResponses = {
      ACCESS_DENIED: { statusCode: 404, responseTemplates: { "application/json": '{"no": 1}' } },
    };
    const served = await serve({ ...api(deny), gatewayResponses });
    const got = await served.ask({ path: "/" });
    expect([got.status, got.body]).toEqual([404, '{"no": 1}']);
  });
});

describe("a policy is refused at boot", () => {
  it.each([
    [
      "with a key that is not known",
      [{ ...allow, Condition: { StringEquals: { "aws:CurrentTime": "x" } } }],
      "condition key aws:CurrentTime is not known",
    ],
    [
      "with an operator that is not known",
      [{ ...allow, Condition: { DateLessThan: { "aws:SourceIp": "x" } } }],
      "condition operator DateLessThan is not known",
    ],
    ["without principals", [{ ...allow, Principal: undefined }], "it needs either Principal or NotPrincipal"],
    ["with a resource that is none", [{ ...allow, Resource: "api" }], "Resource api is no ARN"],
  ])("%s", (_title, statements, problem) => {
    expect(() => createGateway(definitionOf(api(...statements)), idle)).toThrow(
      `aws_api_gateway_rest_api_policy.p: policy: ${problem}`,
    );
  });
});
