import { complaintsOf, describeInBrowser, newPage, startBrowser } from "../support/browser";
import { type LocalPage, startPage } from "../support/local-page";

let notes: LocalPage;
let pool: LocalPage;
beforeAll(async () => {
  notes = await startPage("notes");
  pool = await startPage("pool-notes");
});
afterAll(async () => {
  await notes.stop();
  await pool.stop();
});

const route = { system: "notes", method: "GET", path: "/notes/{noteId}" };
const login = "https://login.example.com/";
const now = () => Math.floor(Date.now() / 1000);

/** Asks for a note with this header, and returns what the page says of it. */
async function refusal(page: LocalPage, authorization: string | undefined) {
  const { status } = await page.system.ask("GET", "/notes/7", {
    headers: authorization === undefined ? {} : { Authorization: authorization },
  });
  const { requests } = (await page.get("/api/requests?limit=1")).body;
  const { trace } = (await page.get(`/api/requests/${requests[0].id}`)).body;
  return { status, why: trace.why };
}

describe("a route of users", () => {
  it("is listed with what its tokens need, and whether it takes a key besides", async () => {
    const { routes } = (await notes.get("/api/routes")).body;
    const [readMe, readNote, writeNote] = ["readMe", "readNote", "writeNote"].map((id) =>
      routes.find(({ operationId }: { operationId: string }) => operationId === id),
    );
    expect(readMe.user).toEqual({ header: "authorization", issuer: login, scopes: [], subject: "ada" });
    expect([readNote.user.scopes, readNote.takesKey]).toEqual([["notes/read", "notes/write"], false]);
    expect([writeNote.user.scopes, writeNote.takesKey]).toEqual([["notes/write"], true]);
  });

  it("gets a token on demand, which the request that is sent with it shows masked", async () => {
    const { status, body } = await notes.post("/api/tokens", { ...route, subject: "grace" });
    expect([status, body.header, body.expiresInSeconds]).toEqual([200, "authorization", 3600]);
    const headers = [[body.header, body.value]];
    const sent = await notes.post("/api/send", {
      url: `${notes.system.url}/notes/7`,
      method: "GET",
      headers,
      body: "",
    });
    expect([sent.body.status, JSON.parse(sent.body.body).text]).toEqual([200, "read by grace"]);
    const { body: detail } = await notes.get(`/api/requests/${sent.body.id}`);
    expect(JSON.stringify(detail)).not.toContain(body.value.slice("Bearer ".length));
    expect(JSON.stringify(detail)).toContain('["authorization","••••••••"]');
  });

  it("gets one for other scopes", async () => {
    const { body } = await pool.post("/api/tokens", {
      ...route,
      system: "pool-notes",
      subject: "a",
      scopes: ["notes/no"],
    });
    expect((await refusal(pool, body.value)).status).toBe(403);
  });

  it.each<[string, object, number, string]>([
    ["of a system that does not run", { ...route, system: "constructor", subject: "a" }, 404, "is not there"],
    ["that is not there", { ...route, path: "/none", subject: "a" }, 404, "GET /none of notes is not there"],
    ["for nobody", { ...route, subject: "" }, 400, "subject must say whom"],
    ["for a subject that is no text", { ...route, subject: 7 }, 400, "subject must be a text"],
    ["for scopes that are no list", { ...route, subject: "a", scopes: "notes/read" }, 400, "scopes must be a list"],
  ])("gets none %s", async (_title, body, status, message) => {
    const answer = await notes.post("/api/tokens", body);
    expect([answer.status, answer.body.message]).toEqual([status, expect.stringContaining(message)]);
  });

  it("gets none for a page of another site, or a script that has not read the page's token", async () => {
    const headers = { "x-page-token": "guessed" };
    expect((await notes.post("/api/tokens", { ...route, subject: "a" }, headers)).status).toBe(403);
    expect((await notes.get("/api/tokens")).status).toBe(405);
  });
});

describe("a request without the right token is explained in a sentence, with the command that prints one:", () => {
  const token = (changes: object = {}) => {
    const claims = { sub: "ada", aud: "https://notes.example.com", iat: now(), exp: now() + 600, scope: "notes/read" };
    return notes.system.runner.signingKeys.sign(login, { ...claims, ...changes });
  };
  const issuerOf = (page: LocalPage) => page.system.runner.systems[0]?.issuers[0]?.issuer ?? "";

  it.each<[string, () => string | undefined, number, RegExp]>([
    ["none was sent", () => undefined, 401, /and no Authorization header was sent\.$/],
    ["no word before it", () => token(), 401, /and the Authorization header is not the word Bearer and a token\.$/],
    ["garbage", () => "Bearer a.b.c", 401, /and the token is no JSON Web Token/],
    [
      "a forged one",
      () => `Bearer ${token().slice(0, -4)}AAAA`,
      401,
      /and the signature is not of its issuer's key\.$/,
    ],
    ["an expired one", () => `Bearer ${token({ exp: now() - 60 })}`, 401, /and the token expired at 2\d{3}-.*Z\.$/],
    ["for another audience", () => `Bearer ${token({ aud: "b" })}`, 401, /is for b, and those for https:\/\/notes\./],
    [
      "of another issuer",
      () => `Bearer ${token({ iss: "https://b.c" })}`,
      401,
      /of https:\/\/b\.c, and those of https:\/\/login/,
    ],
    [
      "without the scope",
      () => `Bearer ${token({ scope: "x" })}`,
      403,
      /its scope is x, where notes\/read or notes\/write is/,
    ],
  ])("%s", async (_title, header, status, words) => {
    const found = await refusal(notes, header());
    expect([found.status, found.why.sentence]).toEqual([status, expect.stringMatching(words)]);
    expect(found.why.sentence).toMatch(/^GET \/notes\/\{noteId\} takes a user's token, and /);
    expect(found.why.fix).toEqual({
      kind: "run",
      text: expect.stringMatching(/^npm run -s token -- ada --scope notes\/read --data \S+$/),
    });
  });

  it("the wrong kind of a user pool's", async () => {
    const claims = { sub: "ada", token_use: "id", aud: "client", exp: now() + 600 };
    const { why } = await refusal(pool, pool.system.runner.signingKeys.sign(issuerOf(pool), claims));
    expect(why.sentence).toMatch(/and it is of the kind id, where access is taken \(token_use\)\.$/);
  });

  it("nothing of a token that is good", async () => {
    expect(await refusal(notes, `Bearer ${token()}`)).toEqual({ status: 200, why: undefined });
  });
});

describeInBrowser("the form of a route of users", () => {
  it("sends a token of whoever is named, and none of nobody, which is explained with the command to run", async () => {
    const browser = await startBrowser();
    try {
      const page = await newPage(browser);
      const complaints = complaintsOf(page);
      await page.goto(`${notes.url}/routes?route=readNote`);
      await page.getByRole("textbox", { name: "noteId" }).fill("7");
      await page.getByRole("textbox", { name: "User" }).fill("grace");
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText("read by grace").waitFor();
      await page.getByRole("textbox", { name: "User" }).fill("");
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByText("UNAUTHORIZED").waitFor();
      await page.getByRole("link", { name: "See what it did" }).click();
      await page.getByText("takes a user's token, and no Authorization header was sent.").waitFor();
      await page.getByText("npm run -s token -- ada --scope notes/read").waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
