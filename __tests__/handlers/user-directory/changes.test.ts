import { first } from "../../support/aws-server";
import { startUserDirectory, type UserDirectory } from "../../support/user-directory";

let directory: UserDirectory;
beforeAll(async () => {
  directory = await startUserDirectory();
});
afterEach(() => directory.heal());
afterAll(() => directory.stop());

const ada = { email: "ada@example.com", name: "Ada" };
const change = { email: "lovelace@example.com", name: "Ada Lovelace" };

const enter = (userId: string) => directory.createUser.ask({ body: { userId, ...ada } });
const read = (userId: string) => directory.getUser.ask({ params: { userId } });
const replace = (userId: string, etag?: string, body: object = change) =>
  directory.replaceUser.ask({ params: { userId }, body, headers: etag === undefined ? {} : { "If-Match": etag } });
const remove = (userId: string, etag?: string) =>
  directory.deleteUser.ask({ params: { userId }, headers: etag === undefined ? {} : { "If-Match": etag } });
const etagOf = ({ headers }: { headers: Readonly<Record<string, string>> }): string => headers["ETag"] ?? "";

const notHanded = ['"1"', '"0-2026-01-31T12:00:00.123Z"', '"constructor"', '"1-2026-01-31T12:00:00.123Z"'];

describe("replacing a user", () => {
  it("answers 200 with the next version and its ETag, and keeps id and date of creation", async () => {
    const entered = await enter("replaced");

    const { status, headers, body } = await replace("replaced", etagOf(entered));

    expect(status).toBe(200);
    expect(body).toEqual({ ...entered.body, ...change, version: 2, updatedAt: expect.any(String) });
    const now = await read("replaced");
    expect([now.body, etagOf(now)]).toEqual([body, headers["ETag"]]);
  });

  it("moves the user to its other address", async () => {
    await replace("moved", etagOf(await enter("moved")), { email: "moved@example.com", name: "Ada" });

    const { body } = await directory.listUsers.ask({ query: { email: "moved@example.com" } });

    expect(body.items).toEqual([(await read("moved")).body]);
  });

  it("asks for If-Match, and takes no stale or foreign one", async () => {
    const stale = etagOf(await enter("raced"));
    await replace("raced", stale);

    expect((await replace("raced")).status).toBe(428);
    for (const etag of [stale, ...notHanded]) expect((await replace("raced", etag)).status).toBe(412);
    expect((await replace("raced", "2")).status).toBe(400);
  });

  it("is a 404 where nobody is, whatever If-Match says", async () => {
    for (const etag of notHanded) expect((await replace("nobody", etag)).status).toBe(404);
  });

  it("lists every problem of a body, and takes no id in it", async () => {
    const { status, body } = await replace("ada", '"1"', { userId: "eve", email: "x" });

    expect([status, body.error.details.map(({ path }: { path: string }) => path).sort()]).toEqual([
      400,
      ["body.email", "body.name", "body.userId"],
    ]);
  });

  it("takes who was entered before there were versions for the first, and leaves what else the item holds", async () => {
    const createdAt = "2025-01-31T12:00:00.123Z";
    await directory.database.put({ userId: "old", ...ada, createdAt, createdBy: "x", ofALaterVersion: 7 });

    const before = await read("old");
    const { status, body } = await replace("old", etagOf(before));

    expect(before.body).toEqual({ userId: "old", ...ada, version: 1, createdAt, updatedAt: createdAt });
    expect([status, body.version, body.createdAt]).toEqual([200, 2, createdAt]);
    expect(await directory.database.item("old")).toMatchObject({ ofALaterVersion: 7, createdBy: "x" });
  });

  it("is a success and no lost race with itself when the answer to the write is lost", async () => {
    const etag = etagOf(await enter("lost"));
    directory.database.server.fault = first("UpdateItem", "loseAnswer");

    expect(await replace("lost", etag)).toMatchObject({ status: 200, body: { version: 2 } });
  });
});

describe("deleting a user", () => {
  it("answers 204 once and 404 from then on, and is found by nothing", async () => {
    await enter("deleted");

    const { status, body } = await remove("deleted");

    expect([status, body]).toEqual([204, undefined]);
    expect((await remove("deleted")).status).toBe(404);
    expect((await read("deleted")).status).toBe(404);
    expect((await replace("deleted", '"1"')).status).toBe(404);
    const { body: found } = await directory.listUsers.ask({ query: { email: ada.email } });
    expect(found.items.map(({ userId }: { userId: string }) => userId)).not.toContain("deleted");
  });

  it("leaves nothing of the user but the id, and that for two days", async () => {
    await enter("forgotten");
    await remove("forgotten");

    const left = await directory.database.item("forgotten");

    const expected = ["createdAt", "createdBy", "deletedAt", "expiresAt", "userId", "writtenBy"];
    expect(Object.keys(left ?? {}).sort()).toEqual(expected);
    expect(left?.["expiresAt"]).toBe(Math.floor(Date.parse(String(left?.["deletedAt"])) / 1000) + 2 * 24 * 60 * 60);
  });

  it("with If-Match deletes that version and no other", async () => {
    const stale = etagOf(await enter("precise"));
    const { headers } = await replace("precise", stale);

    for (const etag of [stale, ...notHanded]) expect((await remove("precise", etag)).status).toBe(412);
    expect((await remove("precise", headers["ETag"])).status).toBe(204);
    expect((await remove("precise", headers["ETag"])).status).toBe(404);
  });

  it("frees the id for somebody else, whom no ETag of before is good for", async () => {
    const before = etagOf(await enter("again"));
    await remove("again");

    const entered = await enter("again");

    expect([entered.status, entered.body.version]).toEqual([201, 1]);
    expect((await replace("again", before)).status).toBe(412);
    expect((await remove("again", before)).status).toBe(412);
    expect(await read("again")).toMatchObject({ status: 200, body: entered.body });
  });

  it("is a success and no 404 of its own making when the answer to the write is lost", async () => {
    await enter("gone");
    directory.database.server.fault = first("PutItem", "loseAnswer");

    expect((await remove("gone")).status).toBe(204);
    expect((await read("gone")).status).toBe(404);
  });
});
