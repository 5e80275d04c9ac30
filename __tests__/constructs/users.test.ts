import { Construct } from "constructs";
import * as z from "zod/mini";
import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { Users } from "../../constructs/api/users";
import { NodeFunction } from "../../constructs/compute/node-function";
import type { Access } from "../../contracts/access";
import type { Api, Route } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { onDemand } from "../../contracts/fields";
import type { TokenSettings, UserPoolSettings, UsersSettings } from "../../environments/environment";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";

const plain = { summary: "", status: 204 } as const;
const params = onDemand(() => z.object({ id: z.string() }));
const routes = {
  listThings: { ...plain, method: "GET", path: "/things", access: "user", scopes: ["things/read", "things/write"] },
  getThing: { ...plain, method: "GET", path: "/things/{id}", access: "user", scopes: ["things/read"], params },
  putThing: {
    ...plain,
    method: "PUT",
    path: "/things/{id}",
    access: "userAndApiKey",
    scopes: ["things/write"],
    params,
  },
  readHealth: { ...plain, method: "GET", path: "/health", access: "public" },
} as const;
const tokens: TokenSettings = { issuer: "https://login.example.com/", audience: "https://api.example.com" };
const userPool: UserPoolSettings = { callbackUrls: ["https://app.example.com/signed-in"] };

interface Around {
  readonly from?: UsersSettings | undefined;
  readonly routes?: Record<string, Route>;
  readonly corsOrigins?: string[];
  readonly id?: string;
}

function served({ from = { tokens }, routes: given = routes, corsOrigins = [], id = "users" }: Around = {}) {
  const stack = emptyStack({ corsOrigins });
  const contract: Api = {
    name: "things",
    version: "1",
    description: "",
    models: { Error: ErrorSchema },
    routes: given,
  };
  const fn = new NodeFunction(stack, "serve", { entry: thingEntry, environment: { THINGS_TABLE: "things" } });
  const users = new Users(stack, id, { contract, from });
  const handlers = Object.fromEntries(Object.keys(given).map((operation) => [operation, fn]));
  const api = new RestApi(stack, "api", { contract, handlers, users });
  new ApiStage(stack, "stage", { api, throttle: { rateLimit: 1, burstLimit: 1 } });
  return { stack, contract, users, fn };
}

type Body = {
  readonly components: { readonly securitySchemes: Record<string, object> };
  readonly paths: Record<string, Record<string, { readonly security: object[]; readonly responses: object }>>;
  readonly [extension: string]: unknown;
};

const bodyOf = (stack: ReturnType<typeof synth>): Body =>
  JSON.parse((stack.at("aws_api_gateway_rest_api", "api") as { body: string }).body);

const variablesOf = (stack: ReturnType<typeof synth>) =>
  (
    stack.at("aws_lambda_function", "users/tokens/authorize-token") as {
      environment: { variables: Record<string, string> };
    }
  ).environment.variables;

describe("users by the tokens of an issuer", () => {
  const stack = synth(served().stack);
  const body = bodyOf(stack);

  it("are let in by a function that API Gateway asks, and keeps the answer of for a minute", () => {
    expect(body.components.securitySchemes["users"]).toEqual({
      ...{ type: "apiKey", in: "header", name: "Authorization" },
      "x-amazon-apigateway-authtype": "custom",
      "x-amazon-apigateway-authorizer": {
        type: "token",
        authorizerUri: expect.stringMatching(/function:test-dev-users-tokens-authorize-token:live\/invocations$/),
        authorizerResultTtlInSeconds: 60,
        identityValidationExpression: "^[Bb]earer [\\w-]+\\.[\\w-]+\\.[\\w-]+$",
      },
    });
  });

  it("need a token, and where the contract says so a key as well; a function is told no scopes", () => {
    expect(body.paths["/things"]?.["get"]?.security).toEqual([{ users: [] }]);
    expect(body.paths["/things/{id}"]?.["put"]?.security).toEqual([{ users: [] }, { apiKey: [] }]);
    expect(body.paths["/health"]?.["get"]?.security).toEqual([]);
  });

  it("are checked by issuer, audience, its keys and the scopes of each operation", () => {
    const { TOKEN_SCOPES = "", ...others } = variablesOf(stack);

    expect(others).toMatchObject({
      TOKEN_ISSUER: tokens.issuer,
      TOKEN_AUDIENCE: tokens.audience,
      TOKEN_KEY_SET_URL: "https://login.example.com/.well-known/jwks.json",
    });
    expect(JSON.parse(TOKEN_SCOPES)).toEqual({
      "GET/things": ["things/read", "things/write"],
      "GET/things/*": ["things/read"],
      "PUT/things/*": ["things/write"],
    });
  });

  it("have a function outside of any network, which authorizers of this API alone may call, and a stage that waits for it", () => {
    expect(stack.at("aws_lambda_function", "users/tokens/authorize-token")).not.toHaveProperty("vpc_config");
    expect(stack.at("aws_lambda_permission", "users/permission")).toMatchObject({
      principal: "apigateway.amazonaws.com",
      source_arn: "${aws_api_gateway_rest_api.api.execution_arn}/authorizers/*",
    });
    expect((stack.at("aws_api_gateway_stage", "stage") as { depends_on: string[] }).depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^aws_lambda_permission\.users_permission/),
        expect.stringMatching(/^aws_lambda_alias\.users_tokens/),
      ]),
    );
  });

  it("stand in the lines of the access log, and in those of no API without users", () => {
    const format = (made: ReturnType<typeof synth>) =>
      JSON.parse(
        (made.at("aws_api_gateway_stage", "stage") as { access_log_settings: { format: string } }).access_log_settings
          .format,
      );
    const open = emptyStack();
    const contract = { ...served().contract, routes: { readHealth: routes.readHealth } };
    const fn = new NodeFunction(open, "serve", { entry: thingEntry, environment: { THINGS_TABLE: "things" } });
    const api = new RestApi(open, "api", { contract, handlers: { readHealth: fn } });
    new ApiStage(open, "stage", { api, throttle: { rateLimit: 1, burstLimit: 1 } });

    expect(format(stack)).toMatchObject({ user: "$context.authorizer.principalId" });
    expect(format(synth(served({ from: { userPool } }).stack))).toMatchObject({
      user: "$context.authorizer.claims.sub",
    });
    expect(format(synth(open))).not.toHaveProperty("user");
  });

  it("are told that a token is missing, in the contract's form and by its header", () => {
    expect(body["x-amazon-apigateway-gateway-responses"]).toMatchObject({
      UNAUTHORIZED: {
        responseParameters: { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" },
        responseTemplates: { "application/json": expect.stringContaining('"code":"$context.error.responseType"') },
      },
    });
    expect(body.paths["/things"]?.["get"]?.responses).toHaveProperty("401");
    expect(body.paths["/health"]?.["get"]?.responses).not.toHaveProperty("401");
  });

  it("have a function whose refusals are no faults, or anybody could set off its alarms", () => {
    const { users, fn } = served();

    expect(users.functions.map((one) => one.faults().of.map(({ name }) => name))).toEqual([["Faults"]]);
    expect(fn.faults().of.map(({ name }) => name)).toEqual(["Errors", "Faults"]);
  });

  it("are told so in a browser as well", () => {
    expect(
      bodyOf(synth(served({ corsOrigins: ["https://app.example.com"] }).stack))[
        "x-amazon-apigateway-gateway-responses"
      ],
    ).toMatchObject({
      UNAUTHORIZED: {
        responseParameters: {
          "gatewayresponse.header.Access-Control-Allow-Origin": "'https://app.example.com'",
          "gatewayresponse.header.WWW-Authenticate": "'Bearer'",
        },
      },
    });
  });
});

describe("users of a pool", () => {
  const { stack: made, users } = served({ from: { userPool }, routes: { ...routes } });
  const stack = synth(made);
  const body = bodyOf(stack);

  it("are let in by API Gateway itself, by the scopes of each operation", () => {
    expect(body.components.securitySchemes["users"]).toEqual({
      ...{ type: "apiKey", in: "header", name: "Authorization" },
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": {
        type: "cognito_user_pools",
        providerARNs: [expect.stringMatching(/^\$\{aws_cognito_user_pool\.\w+\.arn\}$/)],
      },
    });
    expect(body.paths["/things"]?.["get"]?.security).toEqual([{ users: ["things/read", "things/write"] }]);
    expect(body.paths["/things/{id}"]?.["put"]?.security).toEqual([{ users: ["things/write"] }, { apiKey: [] }]);
    expect(users.functions).toEqual([]);
  });

  it("are invited, sign in by address and password, and get the contract's scopes for an hour", () => {
    expect(stack.at("aws_cognito_user_pool", "users/pool")).toMatchObject({
      admin_create_user_config: { allow_admin_create_user_only: true },
      username_attributes: ["email"],
      deletion_protection: "INACTIVE",
    });
    expect(stack.at("aws_cognito_resource_server", "users/pool/scopes-things")).toMatchObject({
      identifier: "things",
      scope: [{ scope_name: "read" }, { scope_name: "write" }],
    });
    expect(stack.at("aws_cognito_user_pool_client", "users/pool/client")).toMatchObject({
      generate_secret: false,
      allowed_oauth_flows: ["code"],
      allowed_oauth_scopes: ["openid", "things/read", "things/write"],
      callback_urls: userPool.callbackUrls,
      access_token_validity: 60,
      depends_on: [expect.stringMatching(/^aws_cognito_resource_server\./)],
    });
  });

  it("are of the API's deployment: another pool is another deployment", () => {
    const { triggers } = stack.at("aws_api_gateway_deployment", "api/deployment") as { triggers: object };

    expect(triggers).toMatchObject({ users: expect.stringMatching(/^\$\{aws_cognito_user_pool\.\w+\.arn\}$/) });
  });
});

const withThing = (changes: object): Record<string, Route> => ({
  getThing: { ...routes.getThing, ...changes } as Route,
});

test.each<[string, Around, string]>([
  [
    "an issuer by HTTP",
    { from: { tokens: { ...tokens, issuer: "http://login.example.com" } } },
    "users/tokens: issuer must be a URL like https://login.example.com, without query and fragment, got http://login.example.com; correct it",
  ],
  [
    "an issuer with a space behind it, as which no token names it",
    { from: { tokens: { ...tokens, issuer: "https://login.example.com " } } },
    "users/tokens: issuer must be a URL like",
  ],
  [
    "keys by HTTP",
    { from: { tokens: { ...tokens, keySetUrl: "http://a.example/keys" } } },
    "users/tokens: keySetUrl must be a URL",
  ],
  [
    "no audience",
    { from: { tokens: { ...tokens, audience: " " } } },
    'users/tokens: audience must say whom tokens are for, as their "aud" does, got none; name it',
  ],
  [
    "answers that are kept for a day",
    { from: { tokens: { ...tokens, resultTtlSeconds: 86_400 } } },
    "users/tokens: resultTtlSeconds must be a whole number 0–3600, got 86400; choose one in this range",
  ],
  [
    "scopes that are too much for a variable",
    { routes: withThing({ scopes: ["x".repeat(4000)] }) },
    "users/tokens: contract must have operations of users whose paths and scopes take up to 3072 characters",
  ],
  [
    "a scope of two words",
    { routes: withThing({ scopes: ["things read"] }) },
    'api: getThing: scopes must be of printable characters without spaces, quotes and backslashes (RFC 6749, 3.3), got "things read"; rename it',
  ],
  [
    "scopes of clients with keys",
    { routes: { ...routes, ...withThing({ access: "apiKey" }) } },
    "api: getThing: scopes must be of an operation of users, got things/read and the access apiKey; ask for users",
  ],
  [
    "a cached operation of users",
    { routes: withThing({ cache: { ttlSeconds: 60, keyParameters: ["id"] } }) },
    "api: getThing: cache must be left out where users call, or one sees another's answer; remove it",
  ],
  [
    "users of nothing",
    { routes: { readHealth: routes.readHealth } },
    "api: users must be left out where no operation has the access user, got them; remove them, or say so in the contract",
  ],
  [
    "a pool without scopes",
    { from: { userPool }, routes: withThing({ scopes: [] }) },
    "users/pool: getThing: scopes must name one where a user pool lets users in, got none; add things/read, say",
  ],
  [
    "a pool with scopes of no resource server",
    { from: { userPool }, routes: withThing({ scopes: ["things:read"] }) },
    "users/pool: getThing: scopes must be of a resource server where a user pool lets users in (things/read), got things:read; rename it",
  ],
  [
    "a pool without a page to come back to",
    { from: { userPool: { callbackUrls: [] } } },
    "users/pool: callbackUrls must name a page to come back to, got none; add one",
  ],
  [
    "a pool with a page by HTTP",
    { from: { userPool: { callbackUrls: ["http://app.example.com"] } } },
    "users/pool: callbackUrls must be pages like https://app.example.com/signed-in (or http://localhost), without fragment, got http://app.example.com; correct it",
  ],
  [
    "a pool with pages for signing out by HTTP",
    { from: { userPool: { ...userPool, logoutUrls: ["ftp://a.example"] } } },
    "users/pool: logoutUrls must be pages",
  ],
  [
    "a pool whose name has a word of AWS's",
    { from: { userPool }, id: "laws" },
    "laws/pool: the sign-in pages' domain must not contain aws, which Cognito keeps to itself, got test-dev-laws-pool; choose another id",
  ],
  [
    "a pool with a name that is too long",
    { from: { userPool }, id: "u".repeat(60) },
    "the name must be at most 50 characters",
  ],
])("%s is refused", (_title, around, message) => {
  expect(problemsOf(served(around).stack)).toContainEqual(expect.stringContaining(message));
});

test("operations of users without users, and with those of another contract, are refused", () => {
  const { stack, contract, fn } = served();
  const handlers = Object.fromEntries(Object.keys(routes).map((operation) => [operation, fn]));
  new RestApi(stack, "open", { contract, handlers });
  new RestApi(stack, "other", {
    ...{ contract: { ...contract, name: "others" }, handlers },
    users: new Users(stack, "others", { contract, from: { tokens } }),
  });

  expect(problemsOf(stack)).toEqual(
    expect.arrayContaining([
      "test-dev/open: users must say who lets users in, since listThings, getThing, putThing are theirs, got none; make Users of the contract",
      "test-dev/other: users must be those of others, got those of things; give both the same contract",
    ]),
  );
});

test("an operation with scopes is of users, and none of them is cached: anything else does not compile", () => {
  const open: Access = "public";
  // @ts-expect-error scopes of nobody
  const scoped: Route = { ...plain, method: "GET", path: "/a", access: open, scopes: ["a"] };
  // @ts-expect-error one user's answer for another
  const cached: Route = {
    ...plain,
    method: "GET",
    path: "/a",
    access: "user",
    cache: { ttlSeconds: 1, keyParameters: [] },
  };

  expect([scoped.access, cached.access]).toEqual(["public", "user"]);
});

test("stages with functions of their own share the users, and each waits for who lets them in", () => {
  const { stack, contract, fn } = served();
  const handlers = Object.fromEntries(Object.keys(routes).map((operation) => [operation, fn]));
  const api = new RestApi(new Construct(stack, "staged"), "api", {
    ...{ contract, stages: { one: handlers, two: handlers } },
    users: new Users(stack, "others", { contract, from: { tokens } }),
  });
  const dependencies = ["one", "two"].map((stage) =>
    api.dependenciesOf(stage).map((one) => (one as unknown as Construct).node.path),
  );

  for (const paths of dependencies) {
    expect(paths).toEqual(
      expect.arrayContaining(["test-dev/others/permission", "test-dev/others/tokens/authorize-token/live/Default"]),
    );
  }
});
