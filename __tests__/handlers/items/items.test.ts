import { type ItemsSystem, startItems } from "../../support/items";

let items: ItemsSystem;
beforeAll(async () => {
  items = await startItems();
});
afterAll(() => items.stop());

const missing = "01937e4c-0000-7000-8000-000000000000";
const asset = { contentType: "image/png", bytes: 7 };
const create = async (body: object) => (await items.createItem.ask({ body })).body;
/** When a URL was signed, in milliseconds since 1970: `X-Amz-Date` is 20260131T120000Z. */
const signingTime = (parameters: URLSearchParams): number =>
  Date.parse((parameters.get("X-Amz-Date") ?? "").replace(/^(....)(..)(..T..)(..)(..)Z$/, "$1-$2-$3:$4:$5Z"));
const read = (id: string) => items.getItem.ask({ params: { id } });

describe("creating an item", () => {
  it("answers 201 with its path and what was sent", async () => {
    const body = { name: "Stuhl 🪑", description: "Buche" };

    const { status, headers, body: item } = await items.createItem.ask({ body });

    expect(status).toBe(201);
    expect(headers["Location"]).toBe(`/test/api/items/${item.id}`);
    expect(item).toEqual({ ...body, id: item.id, createdAt: item.createdAt });
  });

  it("gives ids that begin with the time of creation, which is what the list is ordered by", async () => {
    const { id, createdAt } = await create({ name: "x" });

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(Date.parse(createdAt));
  });

  it("with an asset says where to upload it, and keeps no URL", async () => {
    const item = await create({ name: "x", asset });

    const { url, headers, expiresAt } = item.asset.upload;
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe(`/${items.assets.bucket}/assets/${item.id}`);
    expect(headers).toEqual({ "Content-Type": "image/png", "If-None-Match": "*" });
    expect(searchParams.get("X-Amz-SignedHeaders")).toBe("content-length;content-type;host;if-none-match");
    expect(searchParams.get("X-Amz-Expires")).toBe("300");
    expect(Date.parse(expiresAt)).toBe(signingTime(searchParams) + 300_000);
    expect(item.asset).toEqual({ ...asset, upload: { url, headers, expiresAt } });
    expect((await items.database.items()).find(({ id }) => id === item.id)?.["asset"]).toEqual(asset);
  });

  it("signs no checksum into the URL: there is no body yet", async () => {
    const { upload } = (await create({ name: "x", asset })).asset;

    expect(upload.url).not.toMatch(/checksum/i);
  });
});

describe("reading an item", () => {
  it("gives what its creation gave", async () => {
    const item = await create({ name: "x", description: "y" });

    expect(await read(item.id)).toMatchObject({ status: 200, body: item });
  });

  it("says where to upload an asset as long as it is not there", async () => {
    const item = await create({ name: "x", asset });

    const { body } = await read(item.id);

    expect(body.asset).toEqual({ ...asset, upload: expect.objectContaining({ headers: item.asset.upload.headers }) });
  });

  it("says where to download an asset once it is there", async () => {
    const { id } = await create({ name: "x", asset });
    await items.assets.put(`assets/${id}`, "an image");

    const { body } = await read(id);

    expect(body.asset).toEqual({ ...asset, download: { url: expect.any(String), expiresAt: expect.any(String) } });
    const { pathname, searchParams } = new URL(body.asset.download.url);
    expect(pathname).toBe(`/${items.assets.bucket}/assets/${id}`);
    expect(searchParams.get("X-Amz-Expires")).toBe("300");
  });

  it("does not ask S3 for an asset where there is none", async () => {
    const { id } = await create({ name: "x" });
    items.assets.server.calls.length = 0;

    await read(id);

    expect(items.assets.server.calls).toEqual([]);
  });

  it("leaves out the table's other attributes", async () => {
    const item = await create({ name: "x" });
    const [kept] = (await items.database.items()).filter(({ id }) => id === item.id);
    await items.database.put({ ...kept, ownerOfALaterVersion: "somebody" });

    expect((await read(item.id)).body).toEqual(item);
  });

  it("answers 404 for an id that no item has", async () => {
    expect(await read(missing)).toMatchObject({ status: 404, body: { error: { code: "NOT_FOUND" } } });
  });

  it.each(["1", "%2F", "..", "01937e4c-0000-4000-8000-000000000000"])(
    "answers 400 for %s, which is no id",
    async (id) => {
      const { status, body } = await read(id);

      expect([status, body.error.details]).toEqual([
        400,
        [{ path: "params.id", message: "must be a UUID of version 7" }],
      ]);
    },
  );
});
