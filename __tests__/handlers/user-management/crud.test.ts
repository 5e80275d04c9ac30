import { randomUUID } from "node:crypto";
import { startUserManagement, type UserManagement } from "../../support/user-management";

let users: UserManagement;
beforeAll(async () => {
  users = await startUserManagement();
});
afterEach(() => users.heal());
afterAll(() => users.stop());

const person = { email: "Ada@Example.com", name: "Ada 🦊 Lovelace" };
const kept = { ...person, email: "ada@example.com" };

const create = async (userId: string = randomUUID(), body: object = person) =>
  users.createUser.ask({ body: { userId, ...body } });
const read = (userId: string) => users.getUser.ask({ params: { userId } });
const remove = (userId: string) => users.deleteUser.ask({ params: { userId } });
const replace = (userId: string, etag: string | undefined, body: object = { email: "b@example.com", name: "B" }) =>
  users.replaceUser.ask({ params: { userId }, headers: etag === undefined ? {} : { "If-Match": etag }, body });

describe("creating a user", () => {
  it("answers 201 with path, ETag and the address in lower case", async () => {
    const userId = randomUUID();

    const { status, headers, body: user } = await create(userId);

    expect(status).toBe(201);
    expect(user).toMatchObject({ userId, ...kept, version: 1 });
    expect(headers).toMatchObject({ ETag: `"1-${user.createdDate}"`, Location: `/test/users/${userId}` });
    expect((await read(userId)).body).toEqual(user);
  });

  it("makes up an id where there is none", async () => {
    const { body: user } = await users.createUser.ask({ body: person });

    expect(user.userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it("answers 409 for an id that is taken, and changes nothing", async () => {
    const { body: user } = await create();

    expect(await create(user.userId, { email: "other@example.com", name: "Other" })).toMatchObject({
      status: 409,
      body: { error: { code: "CONFLICT" } },
    });
    expect((await read(user.userId)).body).toEqual(user);
  });

  it("gives an id that was given up to the next, who gets an entry of a later date", async () => {
    const { body: first } = await create();
    await remove(first.userId);

    const { status, body: second } = await create(first.userId, { email: "c@example.com", name: "C" });

    expect(status).toBe(201);
    expect(second.createdDate > first.createdDate).toBe(true);
    expect((await read(first.userId)).body).toEqual(second);
  });

  it("completes what another died over", async () => {
    const userId = randomUUID();
    const entryDate = "2026-01-31T12:00:00.000Z";
    await users.database.put({ userId, createdDate: "#claim", entryDate });

    expect((await read(userId)).status).toBe(404);
    expect((await create(userId)).body.createdDate).toBe(entryDate);
    expect((await create(userId)).status).toBe(409);
  });
});

describe("replacing a user", () => {
  it("makes the next version, and keeps attributes that this code does not know", async () => {
    const { body: user, headers } = await create();
    const item = await users.database.item(user.userId, user.createdDate);
    await users.database.put({ ...item, unknown: "kept" });

    const replaced = await replace(user.userId, headers["ETag"]);

    expect(replaced).toMatchObject({ status: 200, headers: { ETag: `"2-${user.createdDate}"` } });
    expect(replaced.body).toMatchObject({
      ...user,
      email: "b@example.com",
      name: "B",
      version: 2,
      updatedDate: expect.any(String),
    });
    expect((await read(user.userId)).body).toEqual(replaced.body);
    expect(await users.database.item(user.userId, user.createdDate)).toMatchObject({ unknown: "kept" });
  });

  it.each([
    ["428 without If-Match", undefined, 428],
    ["412 with a version that is not there yet", "2", 412],
    ["412 with a tag that we never made", "x", 412],
  ])("answers %s and changes nothing", async (_, version, status) => {
    const { body: user } = await create();

    const answer = await replace(user.userId, version && `"${version}-${user.createdDate}"`);

    expect(answer.status).toBe(status);
    expect((await read(user.userId)).body).toEqual(user);
  });

  it("answers 412 to who read the user that had this id before, though the version is the same", async () => {
    const { body: first, headers } = await create();
    await remove(first.userId);
    const { body: second } = await create(first.userId);

    expect((await replace(first.userId, headers["ETag"])).status).toBe(412);
    expect((await read(first.userId)).body).toEqual(second);
  });

  it("answers 404 where there is no user, whatever the tag", async () => {
    const { body: user, headers } = await create();
    await remove(user.userId);

    expect((await replace(user.userId, headers["ETag"])).status).toBe(404);
    expect((await replace(randomUUID(), '"1-2026-01-31T12:00:00.000Z"')).status).toBe(404);
    expect((await replace(randomUUID(), '"none"')).status).toBe(404);
  });
});

describe("deleting a user", () => {
  it("answers 204, and nothing of the user is left but the id", async () => {
    const { body: user } = await create();

    expect(await remove(user.userId)).toMatchObject({ status: 204, body: undefined });
    expect((await read(user.userId)).status).toBe(404);
    expect((await remove(user.userId)).status).toBe(404);
    expect(Object.keys((await users.database.item(user.userId, user.createdDate)) ?? {}).sort()).toEqual(
      ["createdBy", "createdDate", "deletedDate", "userId", "writtenBy"].sort(),
    );
  });
});

describe("each change", () => {
  it("writes who did what to whom into the log bucket, and counts it for its stage", async () => {
    const { body: user, headers, output } = await create();
    await replace(user.userId, headers["ETag"]);
    await remove(user.userId);

    const entries = [...users.logBucket.objects.values()].map((text) => JSON.parse(text));
    expect(entries.filter(({ subject }) => subject === user.userId)).toMatchObject([
      { who: "key-1", what: "createUser", version: 1 },
      { who: "key-1", what: "replaceUser", version: 2 },
      { who: "key-1", what: "deleteUser", version: 2 },
    ]);
    expect(output.join()).toMatch(/"UsersCreated":1/);
    expect([...users.logBucket.objects.keys()].every((key) => key.startsWith("activity/user-management/"))).toBe(true);
  });

  it("is made all the same when the bucket is gone", async () => {
    users.logBucket.server.fault = () => ({ code: "NoSuchBucket", status: 404 });

    const { status, output } = await create();

    expect(status).toBe(201);
    expect(output.join()).toContain('"ActivityWriteFailed":1');
  });
});

it("a table that is throttled makes every operation a 503", async () => {
  users.database.server.fault = () => ({ code: "ProvisionedThroughputExceededException", status: 400 });

  for (const answer of await Promise.all([
    create(),
    read("ada"),
    replace("ada", '"1-2026-01-31T12:00:00.000Z"'),
    remove("ada"),
  ]))
    expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "2" } });
});
