import { spawnSync } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { join } from "node:path";
import { SigningKeys, signingKeysFile } from "../../local/tokens/signing-keys";
import type { RunnerProcess } from "../local/support/runner";
import { eventually } from "../support/eventually";
import { testExamples } from "../support/pages/examples";
import { issued, signingKey, tokenOf } from "../support/tokens";

const page = testExamples("docs/users.md");

const [issuer, audience] = ["https://login.example.com", "https://notes.example.com"];
const now = () => Math.floor(Date.now() / 1000);

describe("the running stacks", () => {
  let runner: RunnerProcess;
  let keys: SigningKeys;
  const at = { notes: { url: "", apiKey: "" }, shared: { url: "", apiKey: "" } };

  beforeAll(async () => {
    runner = page.start();
    for (const { system, url, apiKey = "" } of (await runner.next("ready")).systems) {
      Object.assign(at, { [system]: { url, apiKey } });
    }
    keys = new SigningKeys(join(page.data, signingKeysFile));
  });

  /** A token as a person at this machine prints it. */
  function printed(...args: string[]): string {
    const command = ["run.js", "local/tokens/main.ts", "--data", page.data, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim();
  }

  const scopes = (...names: string[]) => names.flatMap((name) => ["--scope", name]);
  const ofNotes = (subject: string, ...names: string[]) => printed(subject, "--system", "notes", ...scopes(...names));

  interface Asked {
    readonly method?: string;
    readonly body?: object;
    readonly key?: string;
    readonly of?: keyof typeof at;
  }

  /** What is answered to whoever brings this. */
  async function ask(authorization: string | undefined, { method = "GET", body, key, of = "notes" }: Asked = {}) {
    const response = await fetch(`${at[of].url}/notes/1`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(key === undefined ? {} : { "x-api-key": key }),
        ...(body ? { "content-type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return {
      status: response.status,
      asks: response.headers.get("www-authenticate"),
      body: (await response.json()) as { error?: { code: string } },
    };
  }

  const bearer = (token: string): string => `Bearer ${token}`;
  const write = (token: string, text: string, key = at.notes.apiKey) =>
    ask(bearer(token), { method: "PUT", body: { text }, key });

  it("keep what somebody writes, for them alone", async () => {
    const [ada, bob] = [ofNotes("ada", "notes/write"), ofNotes("bob", "notes/read")];

    expect(await write(ada, "Buy milk")).toMatchObject({ status: 200, body: { noteId: "1", text: "Buy milk" } });
    expect(await ask(bearer(ada))).toMatchObject({ status: 200, body: { text: "Buy milk" } });
    expect(await ask(bearer(bob))).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
  });

  it("ask for a key beside the token, for the scope, and for one of two scopes", async () => {
    const [writer, reader, none] = [
      ofNotes("ada", "notes/write"),
      ofNotes("ada", "notes/read"),
      ofNotes("ada", "profile"),
    ];
    const [withoutKey, withoutScope, reading, nothing] = [
      await write(writer, "a", ""),
      await write(reader, "a"),
      await ask(bearer(reader)),
      await ask(bearer(none)),
    ];

    expect([withoutKey, withoutScope, reading, nothing].map(({ status }) => status)).toEqual([403, 403, 200, 403]);
    expect(withoutScope.body.error?.code).toBe("ACCESS_DENIED");
    expect(nothing.body.error?.code).toBe("ACCESS_DENIED");
  });

  /** Claims of a good token, with what a forger changes. */
  const claims = (changes: object = {}) => ({
    ...{ iss: issuer, aud: audience, sub: "ada", scope: "notes/read", exp: now() + 600 },
    ...changes,
  });
  const publicKey = () => {
    const { kid = "" } = keys.keySet(issuer)?.keys[0] ?? {};
    return { kid, pem: String(keys.publicKey(issuer, kid)?.export({ format: "pem", type: "spki" })) };
  };
  const stranger = signingKey("RS256");
  const forged = (): string => {
    const [header = "", , signature = ""] = keys.sign(issuer, claims()).split(".");
    return [header, Buffer.from(JSON.stringify(claims({ sub: "eve" }))).toString("base64url"), signature].join(".");
  };

  it.each<[string, () => string | undefined]>([
    ["nothing", () => undefined],
    ["a password", () => "Basic YWRhOnNlY3JldA=="],
    ["a text that is no token", () => bearer("let-me-in")],
    ["a token whose claims were changed", () => bearer(forged())],
    ["a token that somebody else signed", () => bearer(issued({ ...stranger, kid: publicKey().kid }, claims()))],
    ["a token of an unknown key", () => bearer(issued(stranger, claims()))],
    [
      "a token that is over",
      () => bearer(printed("ada", "--system", "notes", "--expires=-1m", "--scope", "notes/read")),
    ],
    ["a token that never ends", () => bearer(keys.sign(issuer, claims({ exp: undefined })))],
    ["a token that is not valid yet", () => bearer(keys.sign(issuer, claims({ nbf: now() + 600 })))],
    [
      "a token for somebody else",
      () => bearer(printed("ada", "--system", "notes", "--audience", "https://other.example.com")),
    ],
    ["a token of another issuer", () => bearer(printed("ada", "--system", "shared", "--scope", "notes/read"))],
    ["a token that says another issuer", () => bearer(keys.sign(issuer, claims({ iss: "https://evil.example.com" })))],
    ["a token without a signature", () => bearer(tokenOf({ alg: "none", kid: publicKey().kid }, claims(), () => ""))],
    [
      "a token with alg none and a signature",
      () => bearer(tokenOf({ alg: "none", kid: publicKey().kid }, claims(), () => "a")),
    ],
    [
      "a token that has the public key for a password",
      () => {
        const { kid, pem } = publicKey();
        return bearer(
          tokenOf({ alg: "HS256", kid }, claims(), (text) => createHmac("sha256", pem).update(text).digest()),
        );
      },
    ],
  ])("answer 401 to %s", async (_title, authorization) => {
    expect(await ask(authorization())).toMatchObject({
      status: 401,
      asks: "Bearer",
      body: { error: { code: "UNAUTHORIZED", message: "Unauthorized" } },
    });
  });

  it("ask their function once for each token, whatever it is used for", async () => {
    const token = ofNotes("eve", "notes/write");
    /** How often the function was asked, once all is told that happened until now. */
    const authorizations = async () => {
      const path = `/${randomUUID()}`;
      await fetch(`${at.notes.url}${path}`);
      await runner.next("request", (event) => event.event === "request" && event.path.endsWith(path));
      return runner.events.filter((event) => event.event === "invocation" && /authorize-token$/.test(event.function))
        .length;
    };
    const before = await authorizations();
    for (const text of ["a", "b"]) expect((await write(token, text)).status).toBe(200);
    expect((await ask(bearer(token))).body).toMatchObject({ text: "b" });

    expect((await authorizations()) - before).toBe(1);
  });

  it("go on with tokens of before when the issuer signs by a new key", async () => {
    const before = ofNotes("ada", "notes/read");
    const { kid } = publicKey();
    printed("ada", "--system", "notes", "--new-key", ...scopes("notes/read"));

    expect(publicKey().kid).not.toBe(kid);
    expect((await ask(bearer(before))).status).toBe(200);
  });

  it("let in whom a pool knows, by its scopes, and nobody by another's tokens", async () => {
    const token = printed("ada", "--system", "shared", ...scopes("notes/read"));
    const other = printed("ada", "--system", "shared", ...scopes("profile"));
    const identity = printed("ada", "--system", "shared");
    const asked = (authorization: string | undefined) => ask(authorization, { of: "shared" });

    expect(await asked(bearer(token))).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
    expect((await asked(bearer(ofNotes("ada", "notes/read")))).status).toBe(401);
    expect((await asked(bearer(other))).status).toBe(403);
    expect((await asked(bearer(identity))).status).toBe(401);
    expect((await asked(undefined)).status).toBe(401);
  });

  it("write whose request it was, and nothing of tokens, in what they log", async () => {
    const of = (system: string, status: string) =>
      eventually(() => {
        const lines = runner.events.flatMap((event) =>
          event.event === "accessLog" && event.system === system ? [JSON.parse(event.line)] : [],
        );
        return lines.find((line) => line.status === status);
      });

    expect(await of("notes", "200")).toMatchObject({ user: "ada" });
    expect(await of("notes", "401")).toMatchObject({ user: "-" });
    expect(await of("shared", "404")).toMatchObject({ user: "ada" });
    expect(JSON.stringify(runner.events)).not.toMatch(/eyJ[\w-]{20,}\.[\w-]+/);
  });
});
