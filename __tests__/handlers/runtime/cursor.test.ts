import "../../support/handler-environment";

import fc from "fast-check";
import { cursors } from "../../../handlers/runtime/cursor";

const always = (value: string) => ({ read: async () => value, reread: async () => value });
const lists = cursors<Record<string, string>>("listRecords", always("secret"));
const refusal = (message: string) => ({ status: 400, details: [{ path: "query.cursor", message }] });
const foreign = refusal("is not a cursor of this list");

afterEach(() => jest.useRealTimers());

describe("a cursor", () => {
  it("stands for the position that it was made of, and is a token as contracts declare it", async () => {
    const positions = fc.dictionary(fc.string(), fc.string());
    await fc.assert(
      fc.asyncProperty(positions, fc.string(), async (position, query) => {
        const cursor = await lists.seal(position, query);

        expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/);
        expect(await lists.open(cursor, query)).toEqual(JSON.parse(JSON.stringify(position)));
      }),
    );
  });

  it("is refused when a character is changed, whichever", async () => {
    const cursor = await lists.seal({ recordId: "1" }, "a");
    for (let at = 0; at < cursor.length; at += 1) {
      const forged = `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`;

      await expect(lists.open(forged, "a")).rejects.toMatchObject(foreign);
    }
  });

  it("is refused by another list, for another query and under another secret", async () => {
    const cursor = await lists.seal({ recordId: "1" }, "a");

    await expect(lists.open(cursor, "b")).rejects.toMatchObject(foreign);
    await expect(cursors("listUsers", always("secret")).open(cursor, "a")).rejects.toMatchObject(foreign);
    await expect(cursors("listRecords", always("other")).open(cursor, "a")).rejects.toMatchObject(foreign);
  });

  it("is good for a day and no longer", async () => {
    jest.useFakeTimers({ now: 0 });
    const cursor = await lists.seal({ recordId: "1" }, "a");

    jest.setSystemTime(24 * 60 * 60 * 1000);
    await expect(lists.open(cursor, "a")).resolves.toEqual({ recordId: "1" });
    jest.setSystemTime(24 * 60 * 60 * 1000 + 1);
    await expect(lists.open(cursor, "a")).rejects.toMatchObject(
      refusal("is older than 24 hours; begin again without a cursor"),
    );
  });

  it("has the secret read again before it is refused", async () => {
    const rotated = { read: async () => "old", reread: async () => "secret" };
    const cursor = await lists.seal({ recordId: "1" }, "a");

    await expect(cursors("listRecords", rotated).open(cursor, "a")).resolves.toEqual({ recordId: "1" });
  });
});
