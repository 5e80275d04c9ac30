import fc from "fast-check";
import { type ItemsSystem, startItems } from "../../support/items";

let items: ItemsSystem;
beforeAll(async () => {
  items = await startItems();
});
afterAll(() => items.stop());

const asset = { contentType: "image/png", bytes: 1 };
const largest = 50 * 1024 * 1024;

const accepted: readonly [what: string, change: object][] = [
  ["a name of 1 character", { name: "x" }],
  ["a name of 200 characters", { name: "x".repeat(200) }],
  ["a name of several planes", { name: "𝒳 é 椅子 🪑" }],
  ["a description of 1 character", { description: "x" }],
  ["a description of 2000 characters", { description: "x".repeat(2000) }],
  ["data of null", { data: null }],
  ["data of false", { data: false }],
  ["data of an empty text", { data: "" }],
  ["data of odd texts", { data: ["\u0000", "\ud800", "𝒳", "\u2028", '"\\'] }],
  ["data of far numbers", { data: [1e308, 5e-324, 1e21, 0.1, -9007199254740991] }],
  ["data under odd names", { data: { "": 1, constructor: 2, list: 3, id: 4, "a.b": [] } }],
  ["data 98 levels deep", { data: JSON.parse(`${"[".repeat(98)}${"]".repeat(98)}`) }],
  ["data of 100 KB", { data: "x".repeat(102_398) }],
  ["data of 100 KB in characters of three bytes", { data: ["€".repeat(34_132)] }],
  ["an asset of 1 byte", { asset: { ...asset, bytes: 1 } }],
  ["an asset of 50 MiB", { asset: { ...asset, bytes: largest } }],
  ["an asset of the shortest type", { asset: { ...asset, contentType: "a/b" } }],
  ["an asset of the longest type", { asset: { ...asset, contentType: `${"a".repeat(30)}/${"b".repeat(69)}` } }],
  ["an asset of an odd type", { asset: { ...asset, contentType: "application/vnd.api+json" } }],
];

const nameRule = "must be 1–200 characters";
const descriptionRule = "must be 1–2000 characters";
const typeRule = "must be a media type without parameters, like image/png";
const bytesRule = `must be a whole number 1–${largest}`;

const refused: readonly [what: string, change: object, path: string, message: string][] = [
  ["no name", { name: undefined }, "name", "is required"],
  ["an empty name", { name: "" }, "name", nameRule],
  ["a name of 201 characters", { name: "x".repeat(201) }, "name", nameRule],
  ["a name with a line break", { name: "a\nb" }, "name", "must not contain control characters"],
  ["a name with half a character", { name: "\ud83e" }, "name", "must be well-formed Unicode"],
  ["a name that is a number", { name: 1 }, "name", "must be a string"],
  ["a name that is null", { name: null }, "name", "must be a string"],
  ["an empty description", { description: "" }, "description", descriptionRule],
  ["a description of 2001 characters", { description: "x".repeat(2001) }, "description", descriptionRule],
  ["a description that is null", { description: null }, "description", "must be a string"],
  ["data of 100 KB and a byte", { data: "x".repeat(102_399) }, "data", "must be at most 102400 bytes of JSON"],
  ["data of long characters", { data: "€".repeat(34_133) }, "data", "must be at most 102400 bytes of JSON"],
  ["an asset that is null", { asset: null }, "asset", "must be an object"],
  ["an asset without a type", { asset: { bytes: 1 } }, "asset.contentType", "is required"],
  ["an asset without a length", { asset: { contentType: "a/b" } }, "asset.bytes", "is required"],
  ["an asset of 0 bytes", { asset: { ...asset, bytes: 0 } }, "asset.bytes", bytesRule],
  ["an asset of 50 MiB and a byte", { asset: { ...asset, bytes: largest + 1 } }, "asset.bytes", bytesRule],
  ["an asset of half a byte", { asset: { ...asset, bytes: 0.5 } }, "asset.bytes", bytesRule],
  ["an asset whose length is text", { asset: { ...asset, bytes: "1" } }, "asset.bytes", bytesRule],
  ["an asset of an empty type", { asset: { ...asset, contentType: "" } }, "asset.contentType", typeRule],
  ["an asset of half a type", { asset: { ...asset, contentType: "image" } }, "asset.contentType", typeRule],
  ["a type with parameters", { asset: { ...asset, contentType: "a/b;c=d" } }, "asset.contentType", typeRule],
  ["a type with a line break", { asset: { ...asset, contentType: "a/b\r\nx: y" } }, "asset.contentType", typeRule],
  [
    "a type that is too long",
    { asset: { ...asset, contentType: `a/${"b".repeat(70)}` } },
    "asset.contentType",
    typeRule,
  ],
  ["an asset with a key of its own", { asset: { ...asset, key: "x" } }, "asset.key", "is not a known field"],
  ["an id", { id: "01937e4c-0000-7000-8000-000000000000" }, "id", "is not a known field"],
  ["a field that nobody knows", { colour: "red" }, "colour", "is not a known field"],
];

describe("a new item", () => {
  it.each(accepted)("may have %s, which reads back the same", async (_, change) => {
    const body = { name: "chair", ...change };

    const created = await items.createItem.ask({ body });
    const read = await items.getItem.ask({ params: { id: created.body.id } });

    expect(created).toMatchObject({ status: 201, body });
    expect(read).toMatchObject({ status: 200, body });
  });

  it.each(refused)("may not have %s", async (_, change, path, message) => {
    const { status, body } = await items.createItem.ask({ body: { name: "chair", ...change } });

    expect([status, body.error.details]).toEqual([400, [{ path: `body.${path}`, message }]]);
  });

  it("gives back any data as it came, by itself and in the list", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
        const data = JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto"));
        const created = await items.createItem.ask({ body: { name: "chair", data } });
        const read = await items.getItem.ask({ params: { id: created.body.id } });
        const { body: page } = await items.listItems.ask({ query: { limit: "1" } });

        expect([created.body.data, read.body.data, page.items[0].data]).toEqual([data, data, data]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["a number beyond a double", '{"name":"x","data":[1e999]}', "body.data", /double/],
    [
      "a name that would change a prototype",
      '{"name":"x","data":{"__proto__":1}}',
      "body.data.__proto__",
      /not an allowed/,
    ],
    ["data that is too deep", `{"name":"x","data":${"[".repeat(101)}${"]".repeat(101)}}`, "body", /100 levels/],
  ])("is refused with %s", async (_, rawBody, path, message) => {
    const { status, body } = await items.createItem.ask({ rawBody });

    expect([status, body.error.details]).toEqual([400, [{ path, message: expect.stringMatching(message) }]]);
  });

  it("leaves pages within what Lambda returns, however large its items are", async () => {
    for (let count = 0; count < 12; count += 1)
      await items.createItem.ask({ body: { name: "chair", data: "x".repeat(102_000) } });
    const { status, body } = await items.listItems.ask({ query: { limit: "100" } });

    expect(status).toBe(200);
    expect(body.items.length).toBeLessThan(12);
    expect(body.nextCursor).toBe(body.items.at(-1).id);
  });

  it("is refused with every problem at once", async () => {
    const { body } = await items.createItem.ask({ body: { name: "", asset: { bytes: 0 }, extra: 1 } });

    expect(body.error.details.map(({ path }: { path: string }) => path).sort()).toEqual([
      "body.asset.bytes",
      "body.asset.contentType",
      "body.extra",
      "body.name",
    ]);
  });
});
