import { RestApi } from "../../constructs/api/rest-api";
import { Users } from "../../constructs/api/users";
import { NodeFunction } from "../../constructs/compute/node-function";
import type { Api } from "../../contracts/api";
import type { UsersSettings } from "../../environments/environment";
import type { StackJson } from "../../stack-json/document";
import { accessRows } from "../../tools/access/matrix";
import { compare } from "../../tools/changes/compare";
import { Architecture } from "../../tools/diagram/architecture";
import { Stack } from "../../tools/diagram/stack";
import { notesApi } from "../fixtures/notes-api";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, synth } from "../support/stack";

const tokens = { issuer: "https://login.example.com", audience: "https://notes.example.com" };
const userPool = { callbackUrls: ["https://notes.example.com/in"] };

type Routes = (typeof notesApi)["routes"];

/** A stack with notes, whose routes a test changes. */
function notes(from: UsersSettings, changes: object = {}, scoped: object = {}): StackJson {
  const stack = emptyStack();
  const { readMe, readNote, ...others } = notesApi.routes;
  const routes = { ...others, readMe: { ...readMe, ...scoped }, readNote: { ...readNote, ...changes } } as Routes;
  const contract: Api = { ...notesApi, routes };
  const fn = new NodeFunction(stack, "serve", { entry: thingEntry, environment: { THINGS_TABLE: "things" } });
  const users = new Users(stack, "users", { contract, from });
  const handlers = Object.fromEntries(Object.keys(routes).map((operation) => [operation, fn]));
  new RestApi(stack, "api", { contract, handlers, users });
  return synth(stack).json as StackJson;
}

const withPool = (changes: object = {}) => notes({ userPool }, changes, { scopes: ["notes/me"] });

const reported = (before: StackJson, after: StackJson): string[] =>
  compare(new Map([["notes", before]]), new Map([["notes", after]]))
    .filter(({ about }) => about === "access")
    .map(({ severity, text }) => `${severity}: ${text.replace(/_[0-9A-F]{8}\b/, "")}`);

describe("a change of who may call", () => {
  const [before, pooled] = [notes({ tokens }), withPool()];

  it.each<[string, StackJson, StackJson, string[]]>([
    ["nothing", before, notes({ tokens }), []],
    [
      "another issuer",
      before,
      notes({ tokens: { ...tokens, issuer: "https://login.example.org" } }),
      [
        "risk: users_tokens_authorize-token takes tokens of https://login.example.org, no more those of https://login.example.com",
        "risk: users_tokens_authorize-token takes tokens by the keys at https://login.example.org/.well-known/jwks.json, no more those by the keys at https://login.example.com/.well-known/jwks.json",
      ],
    ],
    [
      "another audience",
      before,
      notes({ tokens: { ...tokens, audience: "https://other.example.com" } }),
      [
        "risk: users_tokens_authorize-token takes tokens for https://other.example.com, no more those for https://notes.example.com",
      ],
    ],
    [
      "a scope more, of which one is enough",
      before,
      notes({ tokens }, { scopes: ["notes/read", "notes/write", "openid"] }),
      ["risk: GET /notes/*: scopes notes/read or notes/write → notes/read or notes/write or openid"],
    ],
    [
      "no scopes any more",
      before,
      notes({ tokens }, { scopes: [] }),
      ["risk: GET /notes/*: scopes notes/read or notes/write → none"],
    ],
    [
      "a scope less",
      before,
      notes({ tokens }, { scopes: ["notes/write"] }),
      ["notice: GET /notes/*: scopes notes/read or notes/write → notes/write"],
    ],
    [
      "a scope where there was none",
      before,
      notes({ tokens }, {}, { scopes: ["notes/me"] }),
      ["notice: GET /me: scopes none → notes/me"],
    ],
    [
      "a scope more of a user pool",
      pooled,
      withPool({ scopes: ["notes/read", "notes/write", "notes/all"] }),
      ["risk: GET /notes/*: scopes notes/read or notes/write → notes/read or notes/write or notes/all"],
    ],
    [
      "a key in place of a token",
      before,
      notes({ tokens }, { access: "apiKey", scopes: undefined }),
      ["notice: GET /notes/{noteId}: access a user's token → an API key"],
    ],
    [
      "a key beside the token",
      before,
      notes({ tokens }, { access: "userAndApiKey" }),
      ["notice: GET /notes/{noteId}: access a user's token → a user's token and an API key"],
    ],
    [
      "everybody",
      before,
      notes({ tokens }, { access: "public", scopes: undefined }),
      ["risk: GET /notes/{noteId}: access a user's token → public"],
    ],
  ])("to %s is reported", (_title, then, now, changes) => {
    expect(reported(then, now)).toEqual(changes);
  });
});

const tokenEdges = (json: StackJson): string[] =>
  new Architecture(new Stack({ ...json, provider: { aws: [{ region: "us-east-1" }] } })).edges
    .filter(({ labels }) => labels.includes("tokens"))
    .map(({ from, to }) => `${from} → ${to}`.replace(/_[0-9A-F]{8}\b/g, ""));

it("the picture shows whom the API asks for whose a token is", () => {
  expect(tokenEdges(notes({ tokens }))).toEqual([
    "aws_api_gateway_rest_api.api → aws_lambda_function.users_tokens_authorize-token",
  ]);
  expect(tokenEdges(withPool())).toEqual(["aws_api_gateway_rest_api.api → aws_cognito_user_pool.users_pool"]);
});

it("the access matrix says that the API's authorizers may ask the function, and that it may do nothing of its own", () => {
  const rows = accessRows(notes({ tokens }));

  expect(rows.filter(({ resource }) => resource.includes("authorize-token"))).toEqual([
    {
      holder: "API `api`, `authorizers/*` (apigateway)",
      resource: "function `users tokens authorize-token`",
      ...{ actions: ["lambda:InvokeFunction"], denied: false, conditions: [] },
    },
  ]);
  expect(rows.filter(({ holder }) => holder === "users tokens authorize-token")).toEqual([]);
});
