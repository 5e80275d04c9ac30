import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSignedBy, readToken } from "../../../local/tokens/json-web-token";
import { type NamedIssuer, SigningKeys } from "../../../local/tokens/signing-keys";

const data = mkdtempSync(join(tmpdir(), "tokens-"));
const empty = join(data, "empty");
const file = join(data, "signing-keys.json");
const keys = new SigningKeys(file);
afterAll(() => rmSync(data, { recursive: true }));

const login = "https://login.example.com";
const pool = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_People123";
const of = (system: string, issuer: string, audiences: readonly string[]): NamedIssuer => ({
  ...{ system, issuer, audiences, keySetUrls: [], isUserPool: issuer === pool },
});
const things = of("things", login, ["https://things.example.com"]);
const people = of("people", pool, ["client1"]);

/** What the command prints and says. */
function run(...args: string[]) {
  const all = ["run.js", "local/tokens/main.ts", ...args, ...(args.includes("--data") ? [] : ["--data", data])];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8" });
  return { status, stdout, stderr };
}

function token(...args: string[]) {
  const { status, stdout, stderr } = run(...args);
  expect([status, stderr]).toEqual([0, ""]);
  const read = readToken(stdout.trimEnd());
  // Nothing but the token, in one line.
  expect(stdout).toBe(`${stdout.trimEnd()}\n`);
  if (!read) throw new Error(`${stdout} is no token`);
  const { header, claims } = read;
  const key = keys.publicKey(String(claims["iss"]), String(header["kid"]));
  expect(key && isSignedBy(key, read)).toBe(true);
  return { header, claims };
}

describe("of the one issuer that a system names, a token is printed", () => {
  beforeAll(() => keys.provide([things]));

  it("for its audience, with the scopes, for an hour", () => {
    const { header, claims } = token("ada", "--scope", "things:read", "--scope", "things:write");
    expect(header).toMatchObject({ alg: "RS256", typ: "JWT" });
    expect(claims).toMatchObject({ iss: login, sub: "ada", aud: "https://things.example.com" });
    expect(claims["scope"]).toBe("things:read things:write");
    expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(3600);
  });

  it("for another audience, and for a time that is over", () => {
    const { claims } = token("ada", "--audience", "https://other.example.com", "--expires=-1m");
    expect(claims).toMatchObject({ aud: "https://other.example.com" });
    expect(claims).not.toHaveProperty("scope");
    expect(Number(claims["exp"]) - Number(claims["iat"])).toBe(-60);
  });

  it("by a new key from then on, beside which the one before stays known", () => {
    const before = token("ada").header["kid"];
    const after = token("ada", "--new-key").header["kid"];
    expect(after).not.toBe(before);
    expect(token("ada").header["kid"]).toBe(after);
    expect(keys.keySet(login)?.keys.map(({ kid }) => kid)).toEqual([after, before]);
  });

  it("by the same keys after another start, and those of a system that was not started again are kept, too", async () => {
    const before = token("ada").header["kid"];
    await keys.provide([people]);
    expect(run("ada", "--issuer", login).stderr).toMatch(/is none of those whose tokens are taken/);
    await keys.provide([things]);
    expect(token("ada").header["kid"]).toBe(before);
  });
});

describe("of a user pool it is", () => {
  beforeAll(() => keys.provide([people]));

  it("an access token where scopes are named", () => {
    const { claims } = token("ada", "--scope", "things/write");
    expect(claims).toMatchObject({ iss: pool, token_use: "access", client_id: "client1", scope: "things/write" });
    expect(claims).not.toHaveProperty("aud");
  });

  it("an identity token where none are", () => {
    const { claims } = token("ada");
    expect(claims).toMatchObject({ token_use: "id", aud: "client1", "cognito:username": "ada" });
  });
});

describe("nothing is printed, with one line that says what to do,", () => {
  it.each<[string, readonly NamedIssuer[], readonly string[], RegExp]>([
    ["without a subject", [things], [], /^one subject is needed.* got 0\n$/],
    ["with two subjects", [things], ["ada", "grace"], /^one subject is needed.* got 2\n$/],
    ["where nothing was started", [], ["ada", "--data", empty], /^there are no keys in .*npm start makes them.*\n$/],
    [
      "where nothing that was started takes tokens",
      [],
      ["ada"],
      /^no system that was started here takes tokens; .*\n$/,
    ],
    [
      "where systems take those of several issuers",
      [things, people],
      ["ada"],
      /^tokens of several issuers are taken: .*login\.example\.com \(--system things\).*choose with --system, or --issuer\n$/,
    ],
    [
      "where one system takes those of several",
      [things, of("things", pool, [])],
      ["ada", "--system", "things"],
      /choose with --issuer\n$/,
    ],
    [
      "where two systems mean other audiences by the same issuer",
      [things, of("items", login, ["https://items.example.com"])],
      ["ada"],
      /^https:\/\/login\.example\.com gives out tokens for several audiences: choose with --system, or --audience\n$/,
    ],
    [
      "for a system that takes none",
      [things],
      ["ada", "--system", "constructor"],
      /^--system constructor takes no tokens/,
    ],
    [
      "of an issuer that nobody named",
      [things],
      ["ada", "--issuer", "https://a.b"],
      /^--issuer https:\/\/a\.b is none/,
    ],
    [
      "for a time that is none",
      [things],
      ["ada", "--expires", "soon"],
      /^--expires must be a time like .* got soon\n$/,
    ],
    ["with two scopes in one", [things], ["ada", "--scope", "a b"], /^--scope must be one scope .* got "a b"/],
    ["with an option that there is not", [things], ["ada", "--scopes", "a"], /--scopes.*--help lists the options\n$/],
  ])("%s", async (_title, named, args, words) => {
    await keys.provide(named);
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout, stderr]).toEqual([1, "", expect.stringMatching(words)]);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  const entry = { keys: ["-----BEGIN PRIVATE KEY-----"], named: [things] };
  it.each<[string, string, RegExp]>([
    ["the file", "{", /signing-keys\.json is damaged/],
    [
      "an issuer's entry",
      JSON.stringify({ [login]: "-----BEGIN" }),
      /\(its entry https:\/\/login\.example\.com is not as/,
    ],
    [
      "a key",
      JSON.stringify({ [login]: JSON.stringify(entry) }),
      /\(its entry https:\/\/login\.example\.com is not as/,
    ],
    [
      "the list of keys",
      JSON.stringify({ [login]: JSON.stringify({ ...entry, keys: [] }) }),
      /is not as it was written/,
    ],
    ["who names it", JSON.stringify({ [login]: JSON.stringify({ ...entry, named: [5] }) }), /is not as it was written/],
  ])(
    "where %s is damaged, of which it repeats nothing; nor does a start go on with it",
    async (_title, text, words) => {
      const whole = readFileSync(file);
      writeFileSync(file, text);
      const { status, stdout, stderr } = run("ada");
      expect([status, stdout, stderr]).toEqual([1, "", expect.stringMatching(words)]);
      expect(stderr).not.toContain("BEGIN");
      await expect(keys.provide([things])).rejects.toThrow(words);
      writeFileSync(file, whole);
    },
  );
});

it("is chosen by the system's name where several take tokens", async () => {
  await keys.provide([things, people]);
  expect(token("ada", "--system", "people").claims["iss"]).toBe(pool);
  expect(token("ada", "--issuer", login).claims["iss"]).toBe(login);
});

it("says how it is used, without any keys", () => {
  expect(run("--help", "--data", empty)).toEqual({
    ...{ status: 0, stderr: "" },
    stdout: expect.stringMatching(/^Usage: npm run -s token -- <subject>[\s\S]*--scope <scope>/),
  });
});
