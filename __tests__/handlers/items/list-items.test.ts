import { eventually } from "../../support/eventually";
import { type ItemsSystem, startItems } from "../../support/items";

let items: ItemsSystem;
const made: string[] = [];
beforeAll(async () => {
  items = await startItems();
  for (const name of ["a", "b", "c", "d", "e"]) {
    made.push((await items.createItem.ask({ body: { name, asset: { contentType: "a/b", bytes: 1 } } })).body.id);
    // Ids of the same millisecond have no order.
    const madeAt = Date.now();
    await eventually(() => Date.now() > madeAt || undefined);
  }
});
afterAll(() => items.stop());

const list = (query: Record<string, string>) => items.listItems.ask({ query });

async function everyPage(limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { status, body } = await list({ limit: String(limit), ...(cursor ? { cursor } : {}) });
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(limit);
    ids.push(...body.items.map(({ id }: { id: string }) => id));
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

it.each([1, 2, 3, 4, 5, 6, 100])("by pages of %i every item comes once, newest first", async (limit) => {
  expect(await everyPage(limit)).toEqual([...made].reverse());
});

it("a page is followed by the same ones when items are made meanwhile", async () => {
  const { body: first } = await list({ limit: "2" });
  const late = (await items.createItem.ask({ body: { name: "late" } })).body.id;

  const { body: second } = await list({ limit: "100", cursor: first.nextCursor });

  expect(second.items.map(({ id }: { id: string }) => id)).toEqual([...made].reverse().slice(2));
  made.push(late);
});

it("says what assets are, and signs nothing", async () => {
  const { body } = await list({ cursor: made[2]! });

  expect(body.items[0]).toMatchObject({ name: "b", asset: { contentType: "a/b", bytes: 1 } });
  expect(JSON.stringify(body)).not.toContain("http");
});

it("beyond the oldest item is empty, and the last page", async () => {
  expect((await list({ cursor: "00000000-0000-7000-8000-000000000000" })).body).toEqual({ items: [] });
});

it.each([
  ["a limit of 0", { limit: "0" }, "limit", "must be an integer 1–100"],
  ["a limit of 101", { limit: "101" }, "limit", "must be an integer 1–100"],
  ["a limit of 1.5", { limit: "1.5" }, "limit", "must be an integer 1–100"],
  ["an empty limit", { limit: "" }, "limit", "must be an integer 1–100"],
  ["a cursor that was never issued", { cursor: "abc" }, "cursor", "must be a cursor as it was handed out"],
  ["an empty cursor", { cursor: "" }, "cursor", "must be a cursor as it was handed out"],
  ["a parameter that nobody knows", { offset: "1" }, "offset", "is not a known field"],
])("refuses %s", async (_, query, path, message) => {
  const { status, body } = await list(query as unknown as Record<string, string>);

  expect([status, body.error.details]).toEqual([400, [{ path: `query.${path}`, message }]]);
});
