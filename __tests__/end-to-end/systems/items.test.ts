import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { denied, type LocalSystem, startLocally } from "../../local/support/local-system";
import { expectEachGrantNeeded } from "../../local/support/proven-grants";
import { temporaryFolder } from "../../local/support/stack-file";

const data = temporaryFolder();
let items: LocalSystem;
let url = "";
let key: Record<string, string> = {};

beforeAll(async () => {
  items = await startLocally("items");
  url = `${items.url}/api/items`;
  key = { "x-api-key": items.apiKey };
});
afterAll(() => items.stop());

async function ask(path = "", init: RequestInit = {}) {
  const headers = { ...key, "content-type": "application/json", ...init.headers };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
}
const create = (body: object) => ask("", { method: "POST", body: JSON.stringify(body) });

/** A response as another process receives it, which knows nothing but the URL. */
function curl(...args: string[]): { status: number; text: string } {
  const said = execFileSync("curl", ["-s", "-w", "\n%{http_code}", ...args], { encoding: "utf8" });
  const end = said.lastIndexOf("\n");
  return { status: Number(said.slice(end + 1)), text: said.slice(0, end) };
}

test("items are made, read and listed", async () => {
  const made = await create({ name: "chair", description: "beech" });
  expect(made.status).toBe(201);
  expect(made.headers.get("location")).toBe(`/dev/api/items/${made.body.id}`);
  expect(await ask(`/${made.body.id}`)).toMatchObject({ status: 200, body: made.body });
  await create({ name: "table" });
  const first = await ask("?limit=1");
  expect(first.body.items.map(({ name }: { name: string }) => name)).toEqual(["table"]);
  const second = await ask(`?limit=1&cursor=${first.body.nextCursor}`);
  expect(second.body.items).toEqual([made.body]);
});

test.each([
  ["no key", {}],
  ["another key", { "x-api-key": "guessed" }],
])("with %s no route answers", async (_, headers: Record<string, string>) => {
  for (const [method, path] of [
    ["GET", ""],
    ["POST", ""],
    ["GET", "/01937e4c-0000-7000-8000-000000000000"],
    ["DELETE", "/01937e4c-0000-7000-8000-000000000000"],
  ] as const) {
    const init = { method, headers, ...(method === "POST" ? { body: '{"name":"x"}' } : {}) };
    expect((await fetch(`${url}${path}`, init)).status).toBe(403);
  }
});

test.each<[what: string, asked: () => Promise<{ status: number }>, status: number]>([
  ["an item without a name", () => create({}), 400],
  ["an asset without bytes", () => create({ name: "x", asset: { contentType: "a/b" } }), 400],
  ["a field that nobody knows", () => create({ name: "x", colour: "red" }), 400],
  ["a body that is no JSON", () => ask("", { method: "POST", body: "{" }), 400],
  ["a limit that is none", () => ask("?limit=0"), 400],
  ["a cursor that is none", () => ask("?cursor=x"), 400],
  ["an id that is none", () => ask("/x"), 400],
  ["an item that is not there", () => ask("/01937e4c-0000-7000-8000-000000000000"), 404],
  ["a method that is none", () => ask("", { method: "DELETE" }), 403],
])("%s is refused", async (_, asked, status) => {
  expect((await asked()).status).toBe(status);
});

test("an asset is uploaded and downloaded by another process, which has no key", async () => {
  const file = join(data, "asset.bin");
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
  writeFileSync(file, bytes);
  const { body: item } = await create({ name: "photo", asset: { contentType: "image/png", bytes: bytes.length } });
  // An item says it again as long as nothing is there.
  const { upload } = (await ask(`/${item.id}`)).body.asset;
  const headers = Object.entries(upload.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);

  expect(curl("-T", file, ...headers, upload.url)).toEqual({ status: 200, text: "" });
  expect(curl("-T", file, ...headers, upload.url).status).toBe(412);

  const { asset } = (await ask(`/${item.id}`)).body;
  expect(asset).toEqual({ contentType: "image/png", bytes: bytes.length, download: expect.anything() });
  const loaded = join(data, "loaded.bin");
  expect(curl("-o", loaded, asset.download.url).status).toBe(200);
  expect(execFileSync("cmp", [file, loaded]).length).toBe(0);
});

test("a URL is good for its own object, method, type and length alone", async () => {
  const [one, two] = [await create({ name: "1", asset: small }), await create({ name: "2", asset: small })];
  const { url: signed, headers } = one.body.asset.upload;
  const put = async (to: string, changes: RequestInit = {}) =>
    (await fetch(to, { method: "PUT", headers, body: "hello", ...changes })).status;

  expect(await put(signed.replace(one.body.id, two.body.id))).toBe(403);
  expect(await put(signed, { body: "longer" })).toBe(403);
  expect(await put(signed, { headers: { ...headers, "Content-Type": "text/html" } })).toBe(403);
  expect((await fetch(signed)).status).toBe(403);
  expect((await fetch(signed, { method: "DELETE" })).status).toBe(403);
  expect(await put(signed)).toBe(200);
  const { download } = (await ask(`/${one.body.id}`)).body.asset;
  expect((await fetch(download.url.replace(one.body.id, two.body.id))).status).toBe(403);
  expect((await fetch(download.url, { method: "PUT", headers, body: "hello" })).status).toBe(403);
});
const small = { contentType: "text/plain", bytes: 5 };

test("a deleted item is gone with its asset, and nobody uploads one in its place by a URL that is good still", async () => {
  const { id, asset } = (await create({ name: "x", asset: small })).body;
  const put = async () =>
    (await fetch(asset.upload.url, { method: "PUT", headers: asset.upload.headers, body: "hello" })).status;
  expect(await put()).toBe(200);
  const { download } = (await ask(`/${id}`)).body.asset;

  const gone = await ask(`/${id}`, { method: "DELETE" });

  expect([gone.status, gone.body]).toEqual([204, ""]);
  expect((await ask(`/${id}`)).status).toBe(404);
  expect((await ask(`/${id}`, { method: "DELETE" })).status).toBe(404);
  expect(await (await fetch(download.url)).text()).toBe("");
  expect(await put()).toBe(412);
});

test("a page of the environment's origin may upload", async () => {
  const { upload } = (await create({ name: "x", asset: small })).body.asset;
  const { status, text } = curl(
    ...["-i", "-X", "OPTIONS", "-H", "Origin: http://localhost:5173", "-H", "Access-Control-Request-Method: PUT"],
    ...["-H", "Access-Control-Request-Headers: content-type,if-none-match", upload.url],
  );
  expect(status).toBe(200);
  expect(text).toMatch(/access-control-allow-origin: http:\/\/localhost:5173/i);
});

/** All steps of a client, and the result of each. */
async function everything(): Promise<unknown[]> {
  const put = async ({ url: to, headers }: { url: string; headers: Record<string, string> }) =>
    (await fetch(to, { method: "PUT", headers, body: "hello" })).status;
  const listed = (await ask()).status;
  const [one, two] = [await create({ name: "1", asset: small }), await create({ name: "2", asset: small })];
  if (one.status !== 201) return [listed, one.status];
  const uploaded = await put(one.body.asset.upload);
  const read = [await ask(`/${one.body.id}`), await ask(`/${two.body.id}`)];
  const failed = read.find(({ status }) => status !== 200);
  if (failed) return [listed, uploaded, failed.status];
  const { download } = read[0]?.body.asset ?? {};
  const downloaded = download && (await fetch(download.url)).status;
  const late = await put(read[1]?.body.asset.upload);
  return [listed, uploaded, downloaded, late, (await ask(`/${one.body.id}`, { method: "DELETE" })).status];
}

test("clients make use of every right that roles grant, and miss each that is gone", async () => {
  expect(await everything()).toEqual([200, 200, 200, 200, 204]);
  await expectEachGrantNeeded(items, everything);
});

test("a Deny in the bucket's policy refuses an upload that the URL's signer may make", async () => {
  const { upload } = (await create({ name: "x", asset: small })).body.asset;
  const put = async () => (await fetch(upload.url, { method: "PUT", headers: upload.headers, body: "hello" })).status;
  await items.deployWithPolicies("aws_s3_bucket_policy", denied);
  expect(await put()).toBe(403);
  expect(items.events.filter(({ event }) => event === "denial").at(-1)).toMatchObject({
    ...{ action: "s3:PutObject", explicit: true },
    policy: { kind: "bucket", address: expect.stringMatching(/^aws_s3_bucket_policy\.assets/) },
  });
  await items.deployChanged((text) => text);
  expect(await put()).toBe(200);
});
