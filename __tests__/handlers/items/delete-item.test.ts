import { first } from "../../support/aws-server";
import { type ItemsSystem, startItems } from "../../support/items";

let items: ItemsSystem;
beforeAll(async () => {
  items = await startItems();
});
afterEach(() => items.heal());
afterAll(() => items.stop());

const asset = { contentType: "text/plain", bytes: 5 };
const create = async (body: object = { name: "photo", description: "x", data: { of: "Ada" }, asset }) =>
  (await items.createItem.ask({ body })).body;
const remove = (id: string, remainingMs?: number) => items.deleteItem.ask({ params: { id } }, remainingMs);
const read = async (id: string) => (await items.getItem.ask({ params: { id } })).status;
const listed = async (): Promise<string[]> =>
  (await items.listItems.ask({ query: { limit: "100" } })).body.items.map(({ id }: { id: string }) => id);
const upload = async ({ url, headers }: { url: string; headers: Record<string, string> }) =>
  (await fetch(url, { method: "PUT", headers, body: "hello" })).status;
const keptOf = (id: string) => items.database.item("items", id);
const bytesOf = async (url: string) => (await (await fetch(url)).arrayBuffer()).byteLength;

it("answers 204 once and 404 from then on; the item is neither read nor listed", async () => {
  const [{ id }, other] = [await create({ name: "chair" }), await create({ name: "table" })];

  expect(await remove(id)).toMatchObject({ status: 204, body: undefined });

  expect((await remove(id)).status).toBe(404);
  expect(await read(id)).toBe(404);
  expect(await listed()).not.toContain(id);
  expect(await listed()).toContain(other.id);
});

it("leaves nothing of the item but its id, and that for two days", async () => {
  const item = await create();
  await remove(item.id);

  const left = await keptOf(item.id);

  const { deletedAt } = left as { deletedAt: string };
  expect(left).toEqual({
    ...{ list: "items", id: item.id, createdAt: item.createdAt, name: "(deleted)" },
    ...{ deletedAt, writtenBy: expect.any(String) },
    expiresAt: expect.any(Number),
  });
  const untilThen = Number(left?.["expiresAt"]) - Date.parse(deletedAt) / 1000;
  expect(Math.round(untilThen / 3600)).toBe(48);
});

it("leaves no asset to download, not by a URL that is good still", async () => {
  const item = await create();
  expect(await upload(item.asset.upload)).toBe(200);
  const { download } = (await items.getItem.ask({ params: { id: item.id } })).body.asset;
  expect(await bytesOf(download.url)).toBe(5);

  await remove(item.id);

  expect(await bytesOf(download.url)).toBe(0);
});

it.each(["before", "after"])("lets nobody upload an asset by a URL signed %s an upload of it", async (when) => {
  const item = await create();
  if (when === "after") await upload(item.asset.upload);

  await remove(item.id);

  expect(await upload(item.asset.upload)).toBe(412);
});

it("asks nothing of the bucket for an item that carries no asset", async () => {
  const { id } = await create({ name: "chair" });
  items.assets.server.calls.length = 0;

  await remove(id);

  expect(items.assets.server.calls).toEqual([]);
});

it.each([
  ["the bucket fails", () => items.assets.server, "PUT"],
  ["the table fails after the asset is erased", () => items.database.server, "PutItem"],
] as const)(
  "half done, because %s, shows the item to nobody, and is completed when it is asked for again",
  async (_, server, operation) => {
    const item = await create();
    await upload(item.asset.upload);
    server().fault = (called) => (called === operation ? { code: "InternalError", status: 500 } : undefined);

    expect((await remove(item.id)).status).toBe(503);
    expect(await read(item.id)).toBe(404);
    expect(await listed()).not.toContain(item.id);
    expect((await keptOf(item.id))?.["expiresAt"]).toBeUndefined();

    items.heal();
    expect((await remove(item.id)).status).toBe(204);
    expect((await remove(item.id)).status).toBe(404);
    expect((await keptOf(item.id))?.["expiresAt"]).toBeDefined();
    expect(await upload(item.asset.upload)).toBe(412);
    expect(items.assets.objects.get(`assets/${item.id}`)).toBe("");
  },
);

it.each(["UpdateItem", "PutItem"])("is a success when the answer to %s is lost", async (operation) => {
  const { id } = await create();
  items.database.server.fault = first(operation, "loseAnswer");

  expect((await remove(id)).status).toBe(204);
  expect(await read(id)).toBe(404);
});

it("is a 404 for an id that no item has, and makes nothing", async () => {
  const id = "01937e4c-0000-7000-8000-000000000000";

  expect((await remove(id)).status).toBe(404);
  expect(await keptOf(id)).toBeUndefined();
});

it.each(["1", "..", "01937e4c-0000-4000-8000-000000000000"])("is a 400 for %s, which is no id", async (id) => {
  expect((await remove(id)).status).toBe(400);
});
