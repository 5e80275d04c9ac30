import { type Fault, first } from "../../support/aws-server";
import type { Answer } from "../../support/function";
import { type ItemsSystem, startItems } from "../../support/items";

let items: ItemsSystem;
let id: string;
const body = { name: "chair", asset: { contentType: "image/png", bytes: 1 } };
beforeAll(async () => {
  items = await startItems();
  ({ id } = (await items.createItem.ask({ body })).body);
});
afterEach(() => items.heal());
afterAll(() => items.stop());

/** Every operation at once, each with this much time left. */
const askAll = (remainingMs: number): Promise<Answer[]> =>
  Promise.all([
    items.createItem.ask({ body }, remainingMs),
    items.listItems.ask({}, remainingMs),
    items.getItem.ask({ params: { id } }, remainingMs),
  ]);

const unavailable = { status: 503, headers: { "Retry-After": "2" }, body: { error: { code: "UNAVAILABLE" } } };

const faults: readonly [what: string, fault: Fault][] = [
  ["is throttled", { code: "ProvisionedThroughputExceededException", status: 400 }],
  ["has a fault of its own", { code: "InternalServerError", status: 500 }],
  ["breaks the connection", "disconnect"],
  ["hangs", "hang"],
];

describe("a table that does not answer well", () => {
  it.each(faults)("and %s makes every operation a 503 within the function's time", async (_, fault) => {
    items.database.server.fault = () => fault;

    for (const answer of await askAll(1500)) expect(answer).toMatchObject(unavailable);
  });

  it.each(faults.slice(0, 3))("once, and %s, is asked again", async (_, fault) => {
    items.database.server.fault = first("PutItem", fault);

    expect((await items.createItem.ask({ body })).status).toBe(201);
  });

  it("and whose answer is lost has made one item: the call that is sent again finds its own", async () => {
    const before = (await items.database.items()).length;
    items.database.server.fault = first("PutItem", "loseAnswer");

    const created = await items.createItem.ask({ body });

    expect(created.status).toBe(201);
    expect((await items.database.items()).length).toBe(before + 1);
    expect((await items.getItem.ask({ params: { id: created.body.id } })).status).toBe(200);
  });
});

describe("a bucket that does not answer well", () => {
  it.each([
    ["is throttled", { code: "SlowDown", status: 503 }],
    ["has a fault of its own", { code: "InternalError", status: 500 }],
    ["breaks the connection", "disconnect"],
    ["hangs", "hang"],
  ] as const)("and %s makes reading an item with an asset a 503", async (_, fault) => {
    items.assets.server.fault = () => fault;

    expect(await items.getItem.ask({ params: { id } }, 1500)).toMatchObject(unavailable);
  });

  it("is not needed to make, list or read items otherwise", async () => {
    items.assets.server.fault = () => "disconnect";
    const plain = await items.createItem.ask({ body: { name: "plain" } });

    expect((await items.createItem.ask({ body })).status).toBe(201);
    expect((await items.listItems.ask({})).status).toBe(200);
    expect((await items.getItem.ask({ params: { id: plain.body.id } })).status).toBe(200);
  });
});

it("an item that is not what it should be is a 500 and a log of where, without the value", async () => {
  const [item] = await items.database.items();
  await items.database.put({ ...item, id, name: 7 });

  const { status, output } = await items.getItem.ask({ params: { id } });

  expect(status).toBe(500);
  expect(JSON.parse(output[0] ?? "").issues).toEqual([{ code: "invalid_type", path: "name" }]);
});

it("URLs are in no log", async () => {
  const { output } = await items.createItem.ask({ body });

  expect(output.join()).not.toContain("X-Amz");
});
