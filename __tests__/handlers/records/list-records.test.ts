import fc from "fast-check";
import { cursorSecret, type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterAll(() => records.stop());

const recordOf = (source: string, index: number, createdAt: string) => ({
  recordId: `01937e4c-0000-7000-8000-${Math.random().toString(16).slice(2, 14).padEnd(12, "0")}`,
  source,
  kind: "k",
  values: [index],
  summary: { count: 1, min: index, max: index, mean: index, stddev: 0 },
  version: 1,
  createdAt,
  updatedAt: createdAt,
});

/** Puts records of a source into the table; several share a time, as they do when clients are fast. */
async function fill(source: string, count: number, perInstant = 3): Promise<string[]> {
  const start = Date.parse("2026-01-01T00:00:00.000Z");
  const items = Array.from({ length: count }, (_, index) =>
    recordOf(source, index, new Date(start + Math.floor(index / perInstant) * 1000).toISOString()),
  );
  await Promise.all(items.map((item) => records.database.put(item)));
  return items.map(({ recordId }) => recordId);
}

const list = (source: string, limit?: number, cursor?: string, fn = records.listRecords) =>
  fn.ask({ query: { source, ...(limit ? { limit: String(limit) } : {}), ...(cursor ? { cursor } : {}) } });

/** Every page of a source, by following its cursors. */
async function walk(source: string, limit: number) {
  const pages: { recordId: string; createdAt: string }[][] = [];
  let cursor: string | undefined;
  do {
    const { status, body } = await list(source, limit, cursor);
    expect(status).toBe(200);
    pages.push(body.items);
    cursor = body.nextCursor;
  } while (cursor);
  return pages;
}

describe("a list", () => {
  it("has the records of its source alone, newest first", async () => {
    for (const source of ["newest", "other", "newest"]) {
      await records.createRecord.ask({ body: { source, kind: "k", values: [1], labels: { a: "b" } } });
    }

    const { status, body } = await list("newest");

    expect(status).toBe(200);
    expect(body.items).toHaveLength(2);
    expect(body).not.toHaveProperty("nextCursor");
    expect(body.items[0].createdAt >= body.items[1].createdAt).toBe(true);
    expect(body.items.map(({ source }: { source: string }) => source)).toEqual(["newest", "newest"]);
    expect(body.items[0]).not.toHaveProperty("writtenBy");
  });

  it("is empty for a source that has none", async () => {
    expect((await list("nobody")).body).toEqual({ items: [] });
  });

  it("has 25 records unless asked for another number", async () => {
    await fill("many", 30);

    expect((await list("many")).body.items).toHaveLength(25);
  });

  it("no longer has a record that was deleted", async () => {
    const [recordId = ""] = await fill("shrinking", 2);
    await records.deleteRecord.ask({ params: { recordId } });

    expect((await list("shrinking")).body.items).toHaveLength(1);
  });

  it("is walked page by page with every record once, in order, whatever the pages' size", async () => {
    const size = fc.record({ count: fc.integer({ min: 0, max: 25 }), limit: fc.integer({ min: 1, max: 12 }) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(size, async ({ count, limit }) => {
        run += 1;
        const ids = await fill(`walked-${run}`, count);

        const pages = await walk(`walked-${run}`, limit);

        const items = pages.flat();
        expect(items.map(({ recordId }) => recordId).sort()).toEqual(ids.sort());
        expect(items.map(({ createdAt }) => createdAt)).toEqual(
          items
            .map(({ createdAt }) => createdAt)
            .sort()
            .reverse(),
        );
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }),
      { numRuns: 12 },
    );
  });

  it("still goes on when the record at which a page ended is gone", async () => {
    await fill("moving", 6, 1);
    const { body } = await list("moving", 3);
    await records.deleteRecord.ask({ params: { recordId: body.items[2].recordId } });

    expect((await list("moving", 3, body.nextCursor)).body.items).toHaveLength(3);
  });
});

describe("a cursor", () => {
  const cursorOf = async (source: string): Promise<string> => {
    await fill(source, 3);
    return (await list(source, 1)).body.nextCursor;
  };
  const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);

  it.each([
    ["changed in what it says", (cursor: string) => flip(cursor, 3)],
    ["changed in its signature", (cursor: string) => flip(cursor, cursor.length - 5)],
    ["cut", (cursor: string) => cursor.slice(0, -1)],
    ["without a signature", (cursor: string) => cursor.split(".")[0] ?? ""],
    ["signed twice", (cursor: string) => `${cursor}.${cursor.split(".")[1]}`],
    ["made up", () => "abc.def"],
    ["of no token's form", () => "{}"],
  ])("that is %s is refused", async (_, forge) => {
    const { status, body } = await list("forged", 1, forge(await cursorOf("forged")));

    expect(status).toBe(400);
    expect(body.error.details).toMatchObject([{ path: "query.cursor" }]);
  });

  it("of another source is refused", async () => {
    expect((await list("its-own", 1, await cursorOf("its-other"))).status).toBe(400);
  });

  it("does not bind the pages' size", async () => {
    expect((await list("sized", 2, await cursorOf("sized"))).body.items).toHaveLength(2);
  });

  it("is taken by an instance that read the secret before it was rotated, and one of the old secret is not", async () => {
    await fill("rotated", 3);
    const current = records.deploy("listRecords");
    const before = (await list("rotated", 1, undefined, current)).body.nextCursor;
    records.parameters.values.set(cursorSecret.name, "another-secret-that-no-log-ever-shows");
    const fresh = records.deploy("listRecords");

    const after = (await list("rotated", 1, undefined, fresh)).body.nextCursor;

    expect((await list("rotated", 1, after, current)).status).toBe(200);
    expect((await list("rotated", 1, before, fresh)).status).toBe(400);
    expect((await list("rotated", 1, before, current)).status).toBe(400);
  });
});
