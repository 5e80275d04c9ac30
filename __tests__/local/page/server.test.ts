import { spawnSync } from "node:child_process";
import { request } from "node:http";
import { endpoints } from "../../../local/page/server";
import { type LocalPage, startPage } from "../support/local-page";

let page: LocalPage;

beforeAll(async () => {
  page = await startPage("things");
});
afterAll(() => page.stop());

/** Asks with headers that fetch would not send. */
const ask = (path: string, headers: Record<string, string>, method = "GET", body = "") =>
  new Promise<{ status: number | undefined; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const { hostname, port } = new URL(page.url);
      const sent = request({ hostname, port, path, method, headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, body: text, headers: response.headers }));
      });
      sent.once("error", reject).end(body);
    },
  );

const paths = ["/", "/requests", "/main.js", ...endpoints.map(({ path }) => path), "/api/session", "/api/events"];

describe("nobody from elsewhere reads anything", () => {
  test.each(paths)("by a name of another site that leads here: %s", async (path) => {
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80"]) {
      expect(await ask(path, { host })).toMatchObject({ status: 403, body: '{"message":"unknown host"}' });
    }
  });

  test.each(paths)("by a page of another origin: %s", async (path) => {
    const { port } = new URL(page.url);
    for (const origin of [
      "http://evil.example",
      "null",
      `http://localhost:${Number(port) + 1}`,
      `https://localhost:${port}`,
    ]) {
      expect(await ask(path, { host: `localhost:${port}`, origin })).toMatchObject({ status: 403 });
    }
  });

  test.each(paths.filter((path) => path.startsWith("/api/")))(
    "by what a page of another site embeds: %s",
    async (path) => {
      for (const site of ["cross-site", "same-site"]) {
        const { status } = await ask(path, { host: "localhost", "sec-fetch-site": site });
        expect(status).toBe(403);
      }
    },
  );

  test("no answer lets another origin read it, and none may be framed", async () => {
    for (const path of ["/", "/main.js", "/api/overview", "/api/nothing"]) {
      const { headers } = await ask(path, { host: "localhost" });
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
      expect(headers).toMatchObject({
        "content-security-policy": expect.stringContaining("default-src 'none'; script-src 'self'"),
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
      });
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers["content-security-policy"]).not.toMatch(/unsafe|http/);
    }
  });

  test("it listens to this machine alone", async () => {
    expect((await fetch(page.url.replace("localhost", "127.0.0.1"))).status).toBe(200);
  });
});

describe("nobody without the token changes anything", () => {
  const posts = endpoints.filter(({ method }) => method === "POST").map(({ path }) => path);

  test.each(posts)("by a POST to %s", async (path) => {
    const json = { host: "localhost", "content-type": "application/json" };
    expect(await ask(path, json, "POST", "{}")).toMatchObject({ status: 403 });
    expect(await ask(path, { ...json, "x-page-token": "x".repeat(32) }, "POST", "{}")).toMatchObject({ status: 403 });
  });

  test.each(["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""])(
    "a form of another site is refused, with whatever token: %s",
    async (type) => {
      const { body } = await page.get("/api/session");
      const headers = { host: "localhost", "content-type": type, "x-page-token": body.token };
      expect(await ask(posts[0]!, headers, "POST", "{}")).toMatchObject({ status: 415 });
    },
  );

  test("a token is valid for one run", async () => {
    expect((await page.get("/api/session")).body.token).toMatch(/^[\w-]{32}$/);
    expect(await (await fetch(page.url)).text()).toContain((await page.get("/api/session")).body.token);
  });
});

describe("what is asked for wrongly is refused in words", () => {
  test.each([
    ["/api/nothing", 404, "there is no GET /api/nothing"],
    ["/api/send", 405, "there is no GET /api/send"],
    ["/api/requests/%E0%A4%A", 400, "%E0%A4%A is no text"],
    ["/api/requests/constructor", 404, "request constructor is not there, or no longer"],
    ["/api/traces/__proto__", 404, "trace __proto__ is not there, or no longer"],
    ["/api/requests?status=abc", 400, "status must be like 404 or 4xx, got abc"],
    ["/api/requests?limit=0", 400, "limit must be a whole number from 1, got 0"],
    ["/api/logs?limit=x", 400, "limit must be a whole number from 1, got x"],
    ["/api/events?logsAfter=-1", 400, "logsAfter must be a whole number, got -1"],
    ["/constructor.js", 404, "there is no /constructor.js"],
  ])("%s", async (path, status, message) => {
    expect(await page.get(path)).toMatchObject({ status, body: { message } });
  });

  test.each([
    ["http://example.com/", "url must begin with a URL of the overview"],
    ["file:///etc/passwd", "url must begin with a URL of the overview"],
    ["no url", "url must begin with a URL of the overview"],
  ])("a request to elsewhere is not sent: %s", async (url, message) => {
    expect(await page.post("/api/send", { url, method: "GET" })).toMatchObject({ status: 400, body: { message } });
    const near = page.system.url.replace("/dev", "/developer");
    expect(await page.post("/api/send", { url: `${near}/x`, method: "GET" })).toMatchObject({ status: 400 });
    const dots = `${page.system.url}/../../x`;
    expect(await page.post("/api/send", { url: dots, method: "GET" })).toMatchObject({ status: 400 });
  });

  test("a body that is none", async () => {
    const { token } = (await page.get("/api/session")).body;
    const headers = { host: "localhost", "content-type": "application/json", "x-page-token": token };
    expect(await ask("/api/send", headers, "POST", "{")).toMatchObject({
      status: 400,
      body: '{"message":"the body is no JSON"}',
    });
    expect(await page.post("/api/send", { url: 1 })).toMatchObject({
      status: 400,
      body: { message: "url must be a text, got number" },
    });
    expect(await page.post("/api/send", [])).toMatchObject({ status: 400 });
  });
});

test("every path of the interface is in its OpenAPI document, and every POST takes the token there", async () => {
  const { body } = await page.get("/api/openapi.json");
  for (const { path, method, operationId } of endpoints) {
    const operation = body.paths[path][method.toLowerCase()];
    expect(operation).toMatchObject({ operationId, ...(method === "POST" ? { security: [{ token: [] }] } : {}) });
  }
  expect(new Set(endpoints.map(({ operationId }) => operationId)).size).toBe(endpoints.length);
  // A module of its own kind, which tests can't load.
  const lint = `
    import { createConfig, lintFromString } from "@redocly/openapi-core";
    import { readFileSync } from "node:fs";
    const config = await createConfig({ extends: ["minimal"] });
    const problems = await lintFromString({ source: readFileSync(0, "utf8"), config });
    for (const { severity, message } of problems) if (severity === "error") console.log(message);`;
  const options = { input: JSON.stringify(body), encoding: "utf8" } as const;
  expect(spawnSync(process.execPath, ["--input-type=module", "-e", lint], options)).toMatchObject({
    status: 0,
    stdout: "",
  });
});

test("the files of the page are few and small", async () => {
  const html = await (await fetch(page.url)).text();
  const asked = new Set(["/", "/page.css", "/icon.svg", "/main.js"]);
  let bytes = 0;
  for (const path of asked) {
    const { headers, body } = await ask(path, { host: "localhost", "accept-encoding": "gzip" });
    bytes += body.length;
    if (!path.endsWith(".js")) continue;
    expect(headers["content-encoding"]).toBe("gzip");
    const source = await (await fetch(`${page.url}${path}`)).text();
    for (const [, file] of source.matchAll(/from "\.(\/[\w-]+\.js)"/g)) asked.add(file!);
  }
  expect(html).not.toMatch(/<script(?![^>]*src=)|\son\w+=|style=/);
  expect(bytes).toBeLessThan(60_000);
  expect(page.problems.filter((problem) => !problem.includes("was refused"))).toEqual([]);
});
