import { execFile } from "node:child_process";
import { createHmac, generateKeyPairSync, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { routeOf, tokenNeed } from "../../../local/run/user-access";
import { readToken, writeToken } from "../../../local/tokens/json-web-token";
import type { SigningKeys } from "../../../local/tokens/signing-keys";
import { type LocalSystem, startLocally } from "../support/local-system";

/** As the fixture's environment names them. */
const login = "https://login.example.com/";
const audience = "https://notes.example.com";

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

/** Claims of a token that lives from now on. */
function claimsOf(changes: object = {}): object {
  const now = Math.floor(Date.now() / 1000);
  return { sub: "ada", aud: audience, iat: now, exp: now + 600, scope: "notes/read", ...changes };
}

function keyOf(keys: SigningKeys, issuer: string): { readonly id: string; readonly key: KeyObject } {
  const id = keys.keySet(issuer)?.keys[0]?.kid ?? "";
  const key = keys.publicKey(issuer, id);
  if (!key) throw new Error(`${issuer} has no keys`);
  return { id, key };
}

/** A token whose header or claims were changed, with the signature of before. */
function changed(token: string, header: object, claims: object = {}): string {
  const read = readToken(token);
  return `${part({ ...read?.header, ...header })}.${part({ ...read?.claims, ...claims })}.${token.split(".")[2]}`;
}

/** A token that names an algorithm by which the public key would be its password. */
function confused({ id, key }: { readonly id: string; readonly key: KeyObject }, claims: object): string {
  const signed = `${part({ kid: id, alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  const password = key.export({ type: "spki", format: "pem" });
  return `${signed}.${createHmac("sha256", password).update(signed).digest("base64url")}`;
}

const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });
const reading = (system: LocalSystem, headers: Record<string, string>) => system.ask("GET", "/notes/7", { headers });

/** What a line prints that a person pastes into a shell. */
async function inShell(line = ""): Promise<unknown> {
  const { stdout } = await promisify(execFile)("sh", ["-c", line.replace("curl ", "curl -s -m 60 ")]);
  return JSON.parse(stdout);
}

describe("a function that checks tokens with jose, bundled as it is deployed, lets in", () => {
  let notes: LocalSystem;
  let keys: SigningKeys;
  beforeAll(async () => {
    notes = await startLocally("notes");
    keys = notes.runner.signingKeys;
  });
  afterAll(() => notes.stop());
  const token = (changes: object = {}) => keys.sign(login, claimsOf(changes));
  const reads = () =>
    notes.events.filter((event) => event.event === "invocation" && event.function === "notes-dev-read-note").length;

  it("whoever has a token that this machine has signed for the issuer, with a scope of the operation", async () => {
    const { status, body } = await reading(notes, bearer(token()));
    expect([status, body]).toEqual([200, { noteId: "7", text: "read by ada" }]);
  });

  it("with a key besides, where the operation asks for both", async () => {
    const headers = bearer(token({ scope: "notes/write" }));
    const body = { text: "a" };
    const given = await notes.ask("PUT", "/notes/7", { body, headers });
    expect([given.status, given.body.text]).toEqual([200, expect.stringMatching(/^written by ada with \w+/)]);
    expect((await notes.ask("PUT", "/notes/7", { body, headers: { ...headers, "x-api-key": "" } })).status).toBe(403);
  });

  it("by what each method needs, which its function alone says", () => {
    const [system] = notes.runner.systems;
    const needOf = (method: string, path: string) => {
      const route = system && routeOf(system, method, path);
      return route && system && tokenNeed(system, route);
    };
    expect(needOf("get", "/me")).toMatchObject({ header: "authorization", scopes: [], issuer: { issuer: login } });
    expect(needOf("GET", "/notes/{noteId}")?.scopes).toEqual(["notes/read", "notes/write"]);
    expect(needOf("PUT", "/notes/{noteId}")?.scopes).toEqual(["notes/write"]);
    expect([needOf("PUT", "/me"), needOf("GET", "/constructor")]).toEqual([undefined, undefined]);
  });

  it.each<[string, () => string | undefined, number]>([
    ["nobody without a token", () => undefined, 401],
    ["no garbage", () => "Bearer let-me-in", 401],
    ["no token without the word Bearer", () => token(), 401],
    ["no token whose claims were changed", () => `Bearer ${changed(token(), {}, { sub: "root" })}`, 401],
    ["no token without a signature", () => `Bearer ${changed(token(), { alg: "none" }).replace(/[^.]+$/, "")}`, 401],
    [
      "no token that names no algorithm and keeps a signature",
      () => `Bearer ${changed(token(), { alg: "none" })}`,
      401,
    ],
    [
      "no token of which the public key is the password",
      () => `Bearer ${confused(keyOf(keys, login), { iss: login, ...claimsOf() })}`,
      401,
    ],
    [
      "no stranger's token under the issuer's key id",
      () => `Bearer ${writeToken({ iss: login, ...claimsOf() }, { id: keyOf(keys, login).id, key: stranger })}`,
      401,
    ],
    [
      "no token of a key that the issuer does not have",
      () => `Bearer ${writeToken({ iss: login, ...claimsOf() }, { id: "another", key: stranger })}`,
      401,
    ],
    ["no expired token", () => `Bearer ${token({ exp: Math.floor(Date.now() / 1000) - 60 })}`, 401],
    ["no token that is not valid yet", () => `Bearer ${token({ nbf: Math.floor(Date.now() / 1000) + 600 })}`, 401],
    ["no token for another audience", () => `Bearer ${token({ aud: "https://other.example.com" })}`, 401],
    ["no token of another issuer", () => `Bearer ${token({ iss: "https://evil.example.com" })}`, 401],
    ["no token without a subject", () => `Bearer ${token({ sub: undefined })}`, 401],
    ["no token without the operation's scopes", () => `Bearer ${token({ scope: undefined })}`, 403],
    ["no token with another scope", () => `Bearer ${token({ scope: "notes/reads" })}`, 403],
  ])("%s", async (_title, header, status) => {
    const [text, before] = [header(), reads()];
    const answer = await reading(notes, text === undefined ? {} : { Authorization: text });
    const code = status === 401 ? "UNAUTHORIZED" : "ACCESS_DENIED";
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    expect(reads()).toBe(before);
  });

  it("whoever pastes the line that npm start prints, token and all", async () => {
    const [described] = notes.runner.listeners.describe("printed");
    expect(await inShell(described?.curl)).toEqual({ noteId: "ada", text: "" });
  });

  it("whoever pastes the line that the page shows, which has the command and no token", async () => {
    const [described] = notes.runner.listeners.describe();
    expect(described?.curl).toMatch(/"authorization: Bearer \$\(npm run -s token -- ada --data \S+\)"/);
    expect(described?.curl).not.toMatch(/eyJ/);
    expect(await inShell(described?.curl)).toEqual({ noteId: "ada", text: "" });
  });

  it("nobody who reads logs: no line of them has a token", () => {
    expect(JSON.stringify(notes.events)).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });
});

describe("a user pool lets in", () => {
  let notes: LocalSystem;
  let keys: SigningKeys;
  let pool = "";
  beforeAll(async () => {
    notes = await startLocally("pool-notes");
    keys = notes.runner.signingKeys;
    pool = notes.runner.systems[0]?.issuers[0]?.issuer ?? "";
  });
  afterAll(() => notes.stop());
  const access = (changes: object = {}) => keys.sign(pool, claimsOf({ token_use: "access", ...changes }));

  it("whoever has an access token with a scope of the operation", async () => {
    const { status, body } = await reading(notes, bearer(access()));
    expect([status, body]).toEqual([200, { noteId: "7", text: "read by ada" }]);
  });

  it.each<[string, () => string, number, object]>([
    ["no other token", () => access({ token_use: "id" }), 401, { code: "UNAUTHORIZED", message: "Unauthorized" }],
    ["no forged one", () => `${access()}x`, 401, { code: "UNAUTHORIZED" }],
    [
      "no expired one",
      () => access({ exp: 1 }),
      401,
      { code: "UNAUTHORIZED", message: "The incoming token has expired" },
    ],
    ["no token without the scope", () => access({ scope: "notes/list" }), 403, { code: "ACCESS_DENIED" }],
  ])("%s", async (_title, token, status, error) => {
    const answer = await reading(notes, bearer(token()));
    expect([answer.status, answer.body.error]).toEqual([status, expect.objectContaining(error)]);
  });

  it("and is no service of this machine: its API is refused by name", async () => {
    const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID } = notes.access;
    const authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00`;
    const response = await fetch(AWS_ENDPOINT_URL, {
      method: "POST",
      headers: {
        ...{ authorization, "x-amz-date": "20260101T000000Z" },
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.ListUsers",
      },
      body: "{}",
    });
    expect([response.status, await response.text()]).toEqual([501, expect.stringContaining("cognito-idp")]);
  });
});
