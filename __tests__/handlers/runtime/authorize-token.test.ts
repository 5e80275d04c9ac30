import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../constructs/synth/bundle";
import { type EventFunction, startEventFunction } from "../../support/function";
import { issued, keySet, type SigningKey, signedBy, signedByPassword, signingKey, tokenOf } from "../../support/tokens";

const folder = mkdtempSync(join(tmpdir(), "authorize-token-"));
bundle(["runtime/authorize-token.ts"], folder);
// In which time passes when an event says so.
const entry = join(folder, "authorizer.mjs");
writeFileSync(
  entry,
  `import { handler as authorize } from "./runtime/authorize-token.mjs";
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead;
  export const handler = ({ seconds = 0, ...event }, context) => {
    ahead += seconds * 1000;
    return authorize(event, context);
  };`,
);

const [issuer, audience] = ["https://login.example.com/", "https://api.example.com"];
const api = "arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod";
const [key, rsaKey, stranger] = [signingKey(), signingKey("RS256"), signingKey()];

/** The issuer's side: what it answers for its keys, and how often it was asked. */
let keys: () => object | number = () => keySet(key, rsaKey);
let asked = 0;
const server = createServer((_request, response) => {
  asked += 1;
  const answer = keys();
  if (typeof answer === "number") response.writeHead(answer).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
});

const started: EventFunction[] = [];
let authorizer: EventFunction;

function start(url: string): EventFunction {
  const made = startEventFunction(entry, {
    ...{ POWERTOOLS_SERVICE_NAME: "things", ENVIRONMENT: "test", LOG_LEVEL: "INFO" },
    ...{ TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, TOKEN_KEY_SET_URL: url },
    TOKEN_SCOPES: JSON.stringify({
      "GET/me": [],
      "GET/things": ["things/read", "things/write"],
      "PUT/things/*": ["things/write"],
    }),
  });
  started.push(made);
  return made;
}

const issuerUrl = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  keys = () => keySet(key, rsaKey);
  asked = 0;
  authorizer = start(issuerUrl());
});
afterEach(() => Promise.all(started.splice(0).map((one) => one.stop())));
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterAll(() => rmSync(folder, { recursive: true }));

const now = () => Math.floor(Date.now() / 1000);
const claims = () => ({ iss: issuer, aud: audience, sub: "ada", exp: now() + 600, nbf: now() - 1, iat: now() - 1 });
const scoped = (...scopes: string[]) => ({ ...claims(), scope: scopes.join(" ") });

const eventOf = (token: string, method = "GET/things") => ({
  ...{ type: "TOKEN", authorizationToken: `Bearer ${token}`, methodArn: `${api}/${method}` },
});
const ask = (token: string, method = "GET/things", of = authorizer) => of.give(eventOf(token, method));

/** The same so many seconds later. */
const askLater = (seconds: number, token: string) => authorizer.give({ ...eventOf(token), seconds });

/** What the line on a token says came of it. */
const outcomeIn = (output: readonly string[]) =>
  output.flatMap((line) => {
    const { message, outcome } = JSON.parse(line);
    return message === "token" ? [outcome] : [];
  });

describe("a token of the issuer", () => {
  it("is its subject's, with all its claims, and opens what its scopes are enough for", async () => {
    const given = { ...scoped("things/read", "profile"), groups: ["a", "b"] };
    const { result } = await ask(issued(key, given));

    expect(result).toEqual({
      principalId: "ada",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Action: "execute-api:Invoke", Effect: "Allow", Resource: [`${api}/GET/me`, `${api}/GET/things`] },
        ],
      },
      context: { claims: JSON.stringify(given) },
    });
  });

  it("opens the same whichever operation it came for, since API Gateway keeps the policy for all", async () => {
    const token = issued(key, scoped("things/write"));
    const answers = [await ask(token, "GET/me"), await ask(token, "PUT/things/7"), await ask(token, "DELETE/things/7")];

    expect(new Set(answers.map(({ result }) => JSON.stringify(result))).size).toBe(1);
    expect(answers[0]?.result).toMatchObject({
      policyDocument: { Statement: [{ Resource: [`${api}/GET/me`, `${api}/GET/things`, `${api}/PUT/things/*`] }] },
    });
  });

  it.each<[string, object, object]>([
    ["for several audiences", { aud: ["https://other.example.com", audience] }, {}],
    ["with scopes as a list", { scope: undefined, scp: ["things/write"] }, {}],
    ["with scopes as a text by another name", { scope: undefined, scp: "things/write openid" }, {}],
    ["that says it is an access token", {}, { typ: "at+jwt" }],
    ["that says it is an access token, in full", {}, { typ: "application/at+JWT" }],
    ["that does not say what it is", {}, { typ: undefined }],
    ["from a clock that is three seconds fast", { nbf: now() + 3 }, {}],
  ])("%s is good", async (_title, changes, header) => {
    const { result } = await ask(issued(key, { ...scoped("things/write"), ...changes }, header));

    expect(result).toMatchObject({ policyDocument: { Statement: [{ Effect: "Allow", Resource: { length: 3 } }] } });
  });

  it("is good by each of the issuer's keys", async () => {
    expect((await ask(issued(rsaKey, scoped()))).result).toMatchObject({ principalId: "ada" });
  });

  it("is good whichever way Bearer is written", async () => {
    const authorizationToken = `bearer ${issued(key, scoped())}`;
    const { result } = await authorizer.give({ type: "TOKEN", authorizationToken, methodArn: `${api}/GET/me` });

    expect(result).toMatchObject({ principalId: "ada" });
  });
});

const forged = (token: string): string => {
  const [header, , signature] = token.split(".");
  return [
    header,
    Buffer.from(JSON.stringify({ ...scoped("things/write"), sub: "eve" })).toString("base64url"),
    signature,
  ].join(".");
};
const pem = (of: SigningKey): string => of.publicKey.export({ format: "pem", type: "spki" }).toString();
const without = (name: string) => Object.fromEntries(Object.entries(scoped()).filter(([claim]) => claim !== name));

describe("a token is refused as nobody's, and its words are in no log,", () => {
  test.each<[string, () => string, string]>([
    ["whose claims were changed", () => forged(issued(key, scoped())), "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"],
    [
      "that somebody else signed under the issuer's key",
      () => issued({ ...stranger, kid: key.kid }, scoped()),
      "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    ],
    ["of an unknown key", () => issued(stranger, scoped()), "ERR_JWKS_NO_MATCHING_KEY"],
    [
      "that brings its own key",
      () => issued(stranger, scoped(), { jwk: stranger.publicKey.export({ format: "jwk" }) }),
      "ERR_JWKS_NO_MATCHING_KEY",
    ],
    [
      "that says where its key is",
      () => issued(stranger, scoped(), { jku: `${issuerUrl()}/mine` }),
      "ERR_JWKS_NO_MATCHING_KEY",
    ],
    [
      "without a signature",
      () => tokenOf({ alg: "none", kid: key.kid }, scoped(), () => ""),
      "ERR_JOSE_ALG_NOT_ALLOWED",
    ],
    [
      "without a signature, in capitals",
      () => tokenOf({ alg: "NONE", kid: key.kid }, scoped(), () => ""),
      "ERR_JOSE_ALG_NOT_ALLOWED",
    ],
    [
      "that has the public key for a password",
      () => tokenOf({ alg: "HS256", kid: rsaKey.kid }, scoped(), signedByPassword(pem(rsaKey))),
      "ERR_JOSE_ALG_NOT_ALLOWED",
    ],
    [
      "whose algorithm is not its key's",
      () => tokenOf({ alg: "RS256", kid: key.kid }, scoped(), signedBy(rsaKey)),
      "ERR_JWKS_NO_MATCHING_KEY",
    ],
    ["that has expired", () => issued(key, { ...scoped(), exp: now() - 10 }), "ERR_JWT_EXPIRED"],
    ["that never expires", () => issued(key, without("exp")), "exp"],
    ["that is not valid yet", () => issued(key, { ...scoped(), nbf: now() + 60 }), "nbf"],
    ["for somebody else", () => issued(key, { ...scoped(), aud: "https://other.example.com" }), "aud"],
    ["for nobody", () => issued(key, without("aud")), "aud"],
    ["of another issuer", () => issued(key, { ...scoped(), iss: "https://login.example.com" }), "iss"],
    ["of no issuer", () => issued(key, without("iss")), "iss"],
    ["of nobody", () => issued(key, without("sub")), "sub"],
    ["whose subject is empty", () => issued(key, { ...scoped(), sub: "" }), "sub"],
    ["whose subject is a number", () => issued(key, { ...scoped(), sub: 7 }), "sub"],
    ["for something else than calling an API", () => issued(key, scoped(), { typ: "logout+jwt" }), "typ"],
    ["that says by a number what it is", () => issued(key, scoped(), { typ: 5 }), "typ"],
    [
      "with an extension that nobody knows",
      () => issued(key, scoped(), { crit: ["x"], x: 1 }),
      "ERR_JOSE_NOT_SUPPORTED",
    ],
    ["that is none", () => "a.b.c", "ERR_JWS_INVALID"],
    ["that is empty", () => "", "ERR_JWS_INVALID"],
    ["that is a constructor's name", () => "constructor", "ERR_JWS_INVALID"],
  ])("%s", async (_title, token, outcome) => {
    const text = token();
    const { error, output } = await ask(text);

    expect(error).toBe("Unauthorized");
    expect(outcomeIn(output)).toEqual([`refused: ${outcome}`]);
    for (const word of text.split(".").filter((one) => one.length > 20)) expect(output.join("\n")).not.toContain(word);
    expect(output.join("\n")).not.toContain("Faults");
  });
});

it("a token whose scopes are enough for nothing is refused everything, and not unknown", async () => {
  const scopes = JSON.stringify({ "PUT/things/*": ["things/write"] });
  const strict = startEventFunction(entry, {
    ...{ POWERTOOLS_SERVICE_NAME: "things", ENVIRONMENT: "test", TOKEN_SCOPES: scopes },
    ...{ TOKEN_ISSUER: issuer, TOKEN_AUDIENCE: audience, TOKEN_KEY_SET_URL: issuerUrl() },
  });
  started.push(strict);

  expect(
    (await ask(issued(key, scoped("constructor", "things/write/more")), "PUT/things/7", strict)).result,
  ).toMatchObject({
    policyDocument: { Statement: [{ Effect: "Deny", Resource: [`${api}/*`] }] },
  });
});

describe("the issuer's keys", () => {
  it("are asked for once for many tokens", async () => {
    for (const subject of ["a", "b", "c"]) await ask(issued(key, { ...scoped(), sub: subject }));

    expect(asked).toBe(1);
  });

  it("are not asked for again for each token of an unknown key", async () => {
    for (let count = 0; count < 5; count += 1) await ask(issued(signingKey(), scoped()));

    expect(asked).toBe(1);
  });

  it("are asked for again for an unknown key half a minute later, which then may be new", async () => {
    const next = signingKey();
    await ask(issued(key, scoped()));
    keys = () => keySet(key, next);
    const [soon, later] = [await askLater(29, issued(next, scoped())), await askLater(2, issued(next, scoped()))];

    expect([soon.error, later.result]).toEqual(["Unauthorized", expect.objectContaining({ principalId: "ada" })]);
    expect(asked).toBe(2);
  });

  it("are good for ten minutes, after which a key that was taken out opens nothing", async () => {
    const token = issued(key, { ...scoped(), exp: now() + 3600 });
    await ask(token);
    keys = () => keySet(rsaKey);
    const [before, after] = [await askLater(590, token), await askLater(20, token)];

    expect([before.result, after.error]).toEqual([expect.objectContaining({ principalId: "ada" }), "Unauthorized"]);
  });

  it.each<[string, () => object | number]>([
    ["is not there", () => 404],
    ["fails", () => 500],
    ["says something else", () => ({ hello: "world" })],
  ])("are a fault where the issuer %s, and no token's", async (_title, answer) => {
    keys = answer;
    const { error, output } = await ask(issued(key, scoped()));

    expect(error).toBe("the token was not checked");
    expect(outcomeIn(output)).toEqual(["failed"]);
    expect(output.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ Faults: 1 }));
  });

  it("are asked for again after a fault", async () => {
    keys = () => 500;
    await ask(issued(key, scoped()));
    keys = () => keySet(key);

    expect((await ask(issued(key, scoped()))).result).toMatchObject({ principalId: "ada" });
  });

  it("are a fault where nobody answers", async () => {
    const { error } = await ask(issued(key, scoped()), "GET/me", start("http://127.0.0.1:9/keys"));

    expect(error).toBe("the token was not checked");
  });
});
