import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

jest.setTimeout(300_000);

let advisories = 0;
/** Advisories by package, as npm's registry answers them. */
let known: Record<string, object[]> | undefined;
/** An advisory of an id of its own, by which npm keeps it. */
const advisory = (name: string, severity = "high", vulnerable_versions = "<2") => ({
  [name]: [
    { id: ++advisories, url: `https://example.com/${name}`, title: `${name} is weak`, severity, vulnerable_versions },
  ],
});

let registry: Server;
const folder = mkdtempSync(join(tmpdir(), "terrace audit "));
const git = (...args: string[]) =>
  spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder });

/** A project with these packages of version 1. */
function packages(dependencies: Record<string, string>, devDependencies: Record<string, string>): void {
  const root = { name: "p", version: "1.0.0", dependencies, devDependencies };
  const installed = (names: object, dev: boolean) =>
    Object.keys(names).map((name) => [`node_modules/${name}`, { version: "1.0.0", ...(dev ? { dev } : {}) }]);
  const all = Object.fromEntries([...installed(dependencies, false), ...installed(devDependencies, true)]);
  const lock = { name: "p", version: "1.0.0", lockfileVersion: 3, packages: { "": root, ...all } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(root));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
}

beforeAll(async () => {
  registry = createServer((request, response) => {
    request.resume().on("end", () => {
      const bulk = request.url?.endsWith("/advisories/bulk") === true;
      response.writeHead(bulk && known ? 200 : 503, { "content-type": "application/json" });
      response.end(JSON.stringify(bulk && known ? known : {}));
    });
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  mkdirSync(join(folder, ".ci"));
  cpSync(".ci/audit", join(folder, ".ci/audit"));
  writeFileSync(join(folder, ".ci/accepted-advisories.json"), "{}");
  packages({ served: "1.0.0" }, { tool: "1.0.0" });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "before");
});
afterAll(() => {
  registry.close();
  rmSync(folder, { recursive: true });
});

async function audit(...args: string[]) {
  const { port } = registry.address() as AddressInfo;
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_fetch_retries: "0",
    npm_config_cache: join(folder, "cache"),
  };
  const child = spawn("bash", [".ci/audit", ...args], { cwd: folder, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { status, said };
}

it("finds nothing where nothing is known, or nothing of weight", async () => {
  known = {};
  expect(await audit()).toEqual({ status: 0, said: "no advisory asks for anything\n" });
  known = advisory("served", "moderate");
  expect((await audit()).status).toBe(0);
});

it("names what is known of a package, and whether functions have it", async () => {
  known = { ...advisory("served"), ...advisory("tool", "critical") };
  const { status, said } = await audit();

  expect(status).toBe(1);
  expect(said).toContain("high, deployed: served <2: served is weak (https://example.com/served)\n");
  expect(said).toContain("critical, development: tool <2: tool is weak (https://example.com/tool)\n");
});

it("leaves to others what a change did not bring in, and fails by what it did", async () => {
  known = { ...advisory("served"), ...advisory("another") };
  expect(await audit("HEAD")).toMatchObject({ status: 0, said: expect.stringContaining("not of this change") });

  packages({ served: "1.0.0", another: "1.0.0" }, { tool: "1.0.0" });
  const { status, said } = await audit("HEAD");
  expect([status, said]).toEqual([1, expect.stringMatching(/another is weak .*another\)\n/)]);
});

it("accepts what is accepted until the day that is named, and no longer", async () => {
  packages({ served: "1.0.0" }, {});
  known = advisory("served");
  const accept = (until: string) =>
    writeFileSync(
      join(folder, ".ci/accepted-advisories.json"),
      JSON.stringify({ "https://example.com/served": { until, why: "not reached" } }),
    );

  accept("9999-01-01");
  expect(await audit()).toMatchObject({ status: 0, said: expect.stringContaining(": accepted until 9999-01-01") });
  accept("2020-01-01");
  expect((await audit()).status).toBe(1);
});

it("does not take no answer for a good one", async () => {
  known = undefined;

  expect(await audit()).toEqual({ status: 1, said: expect.stringContaining("npm audit did not answer") });
});

it("is asked by CI each night, and of pull requests that change packages by what they bring in", () => {
  const workflow = readFileSync(".github/workflows/audit.yml", "utf8");

  expect(workflow).toContain("- run: .ci/audit $BASE\n");
  expect(workflow).toMatch(/pull_request:\n {4}paths: \[package\.json, package-lock\.json,/);
});
