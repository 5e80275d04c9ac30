import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readToken, writeToken } from "../../../local/tokens/json-web-token";
import { SigningKeys } from "../../../local/tokens/signing-keys";
import type { ApiSetup } from "./support/api";
import type { Ask } from "./support/client";
import { closeAll, type Served, serve } from "./support/serve";

const folder = mkdtempSync(join(tmpdir(), "keys-"));
const keys = new SigningKeys(join(folder, "signing-keys.json"));
const arn = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_Things123";
const issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Things123";
const other = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Others123";
const pool = (name: string) => ({ issuer: name, keySetUrls: [], audiences: [], isUserPool: true, system: "things" });

beforeAll(() => keys.provide([pool(issuer), pool(other)]));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(closeAll);

/** The gateway's clock. */
const now = Date.parse("2024-05-01T12:00:00Z") / 1000;

const life = { auth_time: now, iat: now, exp: now + 3600 };
const idClaims = { ...life, sub: "ada-1", token_use: "id", aud: "client1", "cognito:username": "ada" };
const accessClaims = { ...life, sub: "ada-1", token_use: "access", client_id: "client1", scope: "openid things/write" };

/** An API of which POST takes a scope, and GET an identity token. */
function apiOf(authorizer: object = {}, others: Partial<ApiSetup> = {}): ApiSetup {
  const scheme = {
    ...{ type: "apiKey", in: "header", name: "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools" },
    "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [arn], ...authorizer },
  };
  return {
    ...{
      stage: "dev",
      routes: { "GET /things/{id}": {}, "POST /things/{id}": { scopes: ["things/read", "things/write"] } },
    },
    ...{ securitySchemes: { users: scheme }, root: { security: [{ users: [] }] }, tokenKeys: keys },
    ...others,
  };
}

const reading = (token: string): Ask => ({ path: "/things/7", headers: { Authorization: token } });
const writing = (token: string): Ask => ({ ...reading(token), method: "POST" });

async function got(served: Served, wanted: Ask) {
  const { status, body, headers } = await served.ask(wanted);
  return { status, body: JSON.parse(body), errorType: headers["x-amzn-errortype"] };
}

const id = (claims: object = {}) => keys.sign(issuer, { ...idClaims, ...claims });
const access = (claims: object = {}) => keys.sign(issuer, { ...accessClaims, ...claims });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token whose header or claims were changed, with the signature of before. */
function changed(token: string, { header = {}, claims = {} }: { header?: object; claims?: object }): string {
  const read = readToken(token);
  const signed = `${part({ ...read?.header, ...header })}.${part({ ...read?.claims, ...claims })}`;
  return `${signed}.${read?.signature.toString("base64url")}`;
}

const keyOf = (name: string): { id: string; key: KeyObject } => {
  const kid = keys.keySet(name)?.keys[0]?.kid ?? "";
  return { id: kid, key: keys.publicKey(name, kid) as KeyObject };
};

describe("a token of the user pool lets its caller in", () => {
  it("as an identity token where the method has no scopes, whose claims the function gets as text", async () => {
    const claims = { email_verified: true, "cognito:groups": ["admins", "readers"], identities: [{ userId: "a" }] };
    const served = await serve(apiOf());
    const { status, body } = await got(served, reading(id(claims)));
    expect(status).toBe(200);
    expect(body.requestContext.authorizer).toEqual({
      claims: {
        ...{ iss: issuer, sub: "ada-1", aud: "client1", token_use: "id", "cognito:username": "ada" },
        ...{ auth_time: String(now), iat: "Wed May 01 12:00:00 UTC 2024", exp: "Wed May 01 13:00:00 UTC 2024" },
        ...{ email_verified: "true", "cognito:groups": "admins,readers", identities: '[{"userId":"a"}]' },
      },
    });
  });

  it("as an access token with one of the method's scopes, with or without the word Bearer", async () => {
    const served = await serve(apiOf());
    expect((await got(served, writing(access()))).status).toBe(200);
    expect((await got(served, writing(`Bearer ${access()}`))).status).toBe(200);
  });

  it("whatever it says of when it was made, as long as that is a day of the calendar", async () => {
    const served = await serve(apiOf());
    const last = 8_640_000_000_000;
    const made = async (iat: unknown) =>
      (await got(served, reading(id({ iat })))).body.requestContext.authorizer.claims.iat;
    expect(await made(last)).toBe("Sat Sep 13 00:00:00 UTC 275760");
    expect(await made(last + 1)).toBe(String(last + 1));
    expect(await made("then")).toBe("then");
    expect(await made(null)).toBeUndefined();
  });

  it("as one of several pools that the authorizer names", async () => {
    const served = await serve(apiOf({ providerARNs: [arn, arn.replace("Things", "Others")] }));
    expect((await got(served, reading(keys.sign(other, idClaims)))).status).toBe(200);
  });

  it("when its audience matches the authorizer's expression", async () => {
    const served = await serve(apiOf({ identityValidationExpression: "^client1$" }));
    expect((await got(served, reading(id()))).status).toBe(200);
    expect((await got(served, reading(id({ aud: "client2" })))).status).toBe(401);
    expect((await got(served, reading(id({ aud: undefined })))).status).toBe(401);
  });

  it("to templates and access logs, which name its claims", async () => {
    const api = apiOf(
      {},
      { accessLogFormat: "$context.authorizer.claims.sub $context.authorizer.claims.none $context.requestId" },
    );
    const mock = { mock: { says: '{"who": "$context.authorizer.claims.email"}' } };
    const served = await serve({ ...api, routes: { "GET /things/{id}": mock } });
    expect((await got(served, reading(id({ email: "a@example.com" })))).body).toEqual({ who: "a@example.com" });
    expect(served.accessLog).toEqual([expect.stringMatching(/^ada-1 - /)]);
  });
});

const hs256 = (key: string): string => {
  const signed = `${part({ kid: keyOf(issuer).id, alg: "HS256", typ: "JWT" })}.${part({ iss: issuer, ...idClaims })}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
};
const pem = (): string => keyOf(issuer).key.export({ type: "spki", format: "pem" }).toString();
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

describe("a request is refused with 401", () => {
  it.each<[string, () => string | undefined, RegExp]>([
    ["without a token", () => undefined, /identity source .*authorization is missing/],
    ["with an empty one", () => "", /is missing/],
    ["with the word Bearer alone", () => "Bearer", /no JSON Web Token/],
    ["with garbage in place of it", () => "let me in", /no JSON Web Token/],
    ["with two parts of one", () => id().split(".").slice(0, 2).join("."), /no JSON Web Token/],
    ["with a token whose claims were changed", () => changed(id(), { claims: { sub: "root" } }), /signature/],
    ["with a token without a signature", () => id().replace(/[^.]+$/, ""), /signature/],
    [
      "with alg: none",
      () => changed(id(), { header: { alg: "none" } }).replace(/[^.]+$/, ""),
      /the algorithm none, and its issuer signs by RS256/,
    ],
    ["with a token signed by the public key as a password", () => hs256(pem()), /the algorithm HS256/],
    [
      "with a stranger's key under the pool's key id",
      () => writeToken({ iss: issuer, ...idClaims }, { id: keyOf(issuer).id, key: stranger }),
      /signature/,
    ],
    [
      "with a key that the pool does not have",
      () => writeToken({ iss: issuer, ...idClaims }, { id: "constructor", key: stranger }),
      /the key constructor, which is not in its issuer's key set/,
    ],
    [
      "with a key whose name is an object without a text",
      () => changed(id(), { header: { kid: { toString: 1, valueOf: 1 } } }),
      /the key {"toString":1,"valueOf":1}, which is not in its issuer's key set/,
    ],
    [
      "with an algorithm whose name is one",
      () => changed(id(), { header: { alg: { toString: 1, valueOf: 1 } } }),
      /the algorithm {"toString":1,"valueOf":1}, and its issuer/,
    ],
    ["with another pool's token", () => keys.sign(other, idClaims), /the token is of .*Others123/],
    [
      "with another pool's token that names this one",
      () => changed(keys.sign(other, idClaims), { claims: { iss: issuer } }),
      /not in its issuer's key set/,
    ],
    ["with a token that does not say of whom it is", () => id({ iss: undefined }), /the token is of none/],
    ["with a token that is not valid yet", () => id({ nbf: now + 60 }), /not valid yet/],
    ["with a token that never ends", () => id({ exp: undefined }), /no time at which it expires/],
    ["with a token that ends at no time", () => id({ exp: "never" }), /no time at which it expires/],
    ["with an access token where an identity token is meant", () => access(), /identity token .*is access/],
  ])("%s", async (_title, token, reason) => {
    const served = await serve(apiOf());
    const text = token();
    const wanted = text === undefined ? { path: "/things/7" } : reading(text);
    expect(await got(served, wanted)).toEqual({
      ...{ status: 401, body: { message: "Unauthorized" }, errorType: "UnauthorizedException" },
    });
    expect(served.events).toHaveLength(0);
    expect(served.log[0]?.refusal).toEqual({ type: "UNAUTHORIZED", reason: expect.stringMatching(reason) });
  });

  it("with an identity token where the method has scopes", async () => {
    const served = await serve(apiOf());
    expect((await got(served, writing(id({ scope: "things/write" })))).status).toBe(401);
  });

  it("with an expired token, saying so", async () => {
    const served = await serve(apiOf());
    const token = id();
    expect((await got(served, reading(token))).status).toBe(200);
    served.clock.now += 3600_000;
    expect(await got(served, reading(token))).toEqual({
      ...{ status: 401, body: { message: "The incoming token has expired" }, errorType: "UnauthorizedException" },
    });
  });

  it("with two tokens of which the last one, which counts, is forged", async () => {
    const served = await serve(apiOf());
    const both = (...tokens: string[]): Ask => ({ path: "/things/7", headers: { Authorization: tokens } });
    expect((await got(served, both(id(), "forged"))).status).toBe(401);
    const passed = await got(served, both("forged", id()));
    expect([passed.status, passed.body.requestContext.authorizer.claims.sub]).toEqual([200, "ada-1"]);
  });

  it("after the pool's keys were replaced twice, and not before", async () => {
    const own = new SigningKeys(join(folder, "rotated.json"));
    await own.provide([pool(issuer)]);
    const served = await serve(apiOf({}, { tokenKeys: own }));
    const token = own.sign(issuer, idClaims);
    await own.rotate(issuer);
    expect((await got(served, reading(token))).status).toBe(200);
    expect((await got(served, reading(own.sign(issuer, idClaims)))).status).toBe(200);
    await own.rotate(issuer);
    expect((await got(served, reading(token))).status).toBe(401);
  });
});

describe("a caller whom the pool knows is refused with 403", () => {
  const denied = { status: 403, body: { Message: "User is not authorized to access this resource" } };

  it.each<[string, unknown]>([
    ["no scope", undefined],
    ["another scope", "openid things/delete"],
    ["a scope that only begins like it", "things/writes"],
    ["a list in place of a text", ["things/write"]],
  ])("with %s", async (_title, scope) => {
    const served = await serve(apiOf());
    expect(await got(served, writing(access({ scope })))).toEqual({ ...denied, errorType: "AccessDeniedException" });
    expect(served.log[0]?.refusal?.reason).toMatch(/takes things\/read or things\/write/);
  });

  it("where the API's own policy does not let it, too, and a stranger gets 401 before that", async () => {
    const policy = { Version: "2012-10-17", Statement: [] };
    const served = await serve(apiOf({}, { policy }));
    expect((await got(served, reading(id()))).status).toBe(403);
    expect((await got(served, reading("forged"))).status).toBe(401);
  });

  it("in the shape that the API gives such refusals", async () => {
    const gatewayResponses = { ACCESS_DENIED: { statusCode: "418", responseTemplates: { "application/json": "{}" } } };
    const served = await serve(apiOf({}, { gatewayResponses }));
    expect((await got(served, writing(access({ scope: "" })))).status).toBe(418);
  });
});

describe("an API does not start", () => {
  it.each<[string, object, string]>([
    ["with an authorizer of no pool", { providerARNs: [] }, "providerARNs must name a user pool, got none"],
    [
      "with an ARN of something else",
      { providerARNs: ["arn:aws:s3:::b"] },
      "must be ARNs of user pools, got arn:aws:s3:::b",
    ],
    [
      "with a pool by a stage variable",
      { providerARNs: ["arn:aws:cognito-idp:us-east-1:1:userpool/${stageVariables.Pool}"] },
      "by a stage variable",
    ],
  ])("%s", async (_title, authorizer, message) => {
    await expect(serve(apiOf(authorizer))).rejects.toThrow(message);
  });
});
