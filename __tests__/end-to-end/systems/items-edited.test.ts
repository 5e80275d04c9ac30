import { ProjectCopy } from "../../../bench/copy";
import { type RunnerProcess, startRunner, stopRunners } from "../../local/support/runner";

const project = new ProjectCopy();
let runner: RunnerProcess;
let url = "";
let headers: Record<string, string> = {};
let notEmulated: readonly string[] = [];

async function start(): Promise<void> {
  runner = startRunner(project.folder, "items", "--json", "--port", "0");
  const [system] = (await runner.next("ready")).systems;
  url = `${system!.url}/api/items`;
  headers = { "x-api-key": system!.apiKey!, "content-type": "application/json" };
  ({ notEmulated } = system!);
}

beforeAll(async () => {
  // What is uploaded as application/late is signed as if that had been five minutes ago.
  project.edit("handlers/items/asset-store.ts", (text) =>
    text
      .replace("function lifetime() {", "function lifetime({ contentType }: AssetFacts) {")
      .replaceAll("lifetime()", "lifetime(facts)")
      .replace(
        "Math.floor(Date.now() / 1000)",
        '(Math.floor(Date.now() / 1000) - (contentType === "application/late" ? 301 : 0))',
      ),
  );
  project.edit("environments/dev.ts", (text) =>
    text.replace(
      "  items: {\n",
      '  items: {\n    domain: { name: "items.example.com", hostedZoneId: "Z0123456789" },\n',
    ),
  );
  await start();
});
afterAll(stopRunners);

const asset = { contentType: "text/plain", bytes: 5 };
// biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
const ask = async (path: string, init: RequestInit = {}): Promise<{ status: number; item: any }> => {
  const response = await fetch(`${url}${path}`, { headers, ...init });
  return { status: response.status, item: await response.json() };
};
const create = (body: object) => ask("", { method: "POST", body: JSON.stringify(body) });
const read = (id: string) => ask(`/${id}`);
const upload = async (to: { url: string; headers: Record<string, string> }) =>
  (await fetch(to.url, { method: "PUT", headers: to.headers, body: "hello" })).status;

test("a domain of one's own is the cloud's, and the local run says so", () => {
  expect(notEmulated).toEqual(expect.arrayContaining(["DNS", "certificates", "custom domains"]));
});

test("a URL whose time is over is refused, and the next one is good", async () => {
  const { item: late } = await create({ name: "x", asset: { ...asset, contentType: "application/late" } });
  const { url: lateUrl, headers: lateHeaders } = late.asset.upload;
  const refused = await fetch(lateUrl, { method: "PUT", headers: lateHeaders, body: "hello" });
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("Request has expired")]);
  const { item } = await create({ name: "x", asset });
  expect(await upload((await read(item.id)).item.asset.upload)).toBe(200);
  expect((await fetch((await read(item.id)).item.asset.download.url)).status).toBe(200);
});

test("the quota of a day is counted, also over a restart", async () => {
  process.kill(-runner.child.pid!, "SIGINT");
  await runner.ended;
  // A key of another name has not used anything yet.
  project.edit("constructs/api/usage-plan.ts", (text) =>
    text.replace("`${name}-${client}`", "`${name}-quota-${client}`"),
  );
  project.edit("environments/dev.ts", (text) =>
    text.replace(/( items: \{[\s\S]*quotaPerDay: )10_000/, (_, before: string) => `${before}3`),
  );
  await start();
  expect([(await create({ name: "x" })).status, (await create({})).status]).toEqual([201, 400]);
  // Without a key nothing is counted.
  expect((await fetch(url)).status).toBe(403);
  process.kill(-runner.child.pid!, "SIGINT");
  await runner.ended;
  await start();
  expect((await fetch(url, { headers })).status).toBe(200);
  const over = await fetch(url, { headers });
  expect([over.status, await over.text()]).toEqual([429, expect.stringContaining("Limit Exceeded")]);
});
