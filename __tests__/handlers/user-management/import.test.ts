import { randomUUID } from "node:crypto";
import { uuidV7 } from "../../../handlers/runtime/uuid";
import { first } from "../../support/aws-server";
import { startUserManagement, type UserManagement } from "../../support/user-management";

let users: UserManagement;
beforeAll(async () => {
  users = await startUserManagement();
});
afterEach(() => {
  users.heal();
  users.lambda.events.length = 0;
});
afterAll(() => users.stop());

const person = () => ({ userId: randomUUID(), email: "ada@example.com", name: "Ada" });
const eventOf = (user: object, importId = uuidV7(Date.now())) => ({ importId, caller: "key-1", user });
const read = async (userId: string) => (await users.getUser.ask({ params: { userId } })).body;

describe("accepting an import", () => {
  it("hands each user to the import function, with the import's id and the caller's", async () => {
    const people = Array.from({ length: 120 }, person);

    const { status, body } = await users.importUsers.ask({ body: { users: people } });

    expect(status).toBe(202);
    expect(body).toEqual({ importId: expect.stringMatching(/-7/), users: 120 });
    expect(users.lambda.events.map(({ functionName }) => functionName)).toEqual(people.map(() => "import-user"));
    const events = users.lambda.events.map(({ payload }) => payload);
    expect(events).toEqual(expect.arrayContaining(people.map((user) => eventOf(user, body.importId))));
  });

  it("answers 503 when Lambda does not take all of them, so that the client sends the import again", async () => {
    users.lambda.server.fault = first("POST", ...Array(9).fill({ code: "TooManyRequestsException", status: 429 }));

    const answer = await users.importUsers.ask({ body: { users: [person(), person()] } });

    expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "2" } });
  });
});

describe("importing a user", () => {
  it("makes it, with an activity entry that names import and caller", async () => {
    const user = person();
    const event = eventOf(user);

    const { error } = await users.importUser.give(event);

    expect(error).toBeUndefined();
    expect(await read(user.userId)).toMatchObject({ ...user, version: 1 });
    const entries = [...users.logBucket.objects.values()].map((text) => JSON.parse(text));
    expect(entries.filter(({ subject }) => subject === user.userId)).toMatchObject([
      { who: "key-1", what: "importUsers", requestId: `${event.importId}-${user.userId}` },
    ]);
  });

  it("that came before changes nothing, also when it has been changed or deleted since", async () => {
    const user = person();
    const event = eventOf(user);
    await users.importUser.give(event);
    const before = await users.getUser.ask({ params: { userId: user.userId } });
    const change = { email: "b@example.com", name: "B" };
    const headers = { "If-Match": before.headers["ETag"] ?? "" };
    await users.replaceUser.ask({ params: { userId: user.userId }, headers, body: change });

    expect((await users.importUser.give(event)).error).toBeUndefined();
    expect(await read(user.userId)).toMatchObject({ ...change, version: 2 });

    await users.deleteUser.ask({ params: { userId: user.userId } });
    expect((await users.importUser.give(event)).error).toBeUndefined();
    expect((await users.getUser.ask({ params: { userId: user.userId } })).status).toBe(404);
  });

  it("whom another import has made just so succeeds", async () => {
    const user = person();
    await users.importUser.give(eventOf(user));

    expect((await users.importUser.give(eventOf(user))).error).toBeUndefined();
  });

  it("whose id belongs to somebody else waits in the queue, which is no failure, in words that quote nobody", async () => {
    const user = person();
    await users.importUser.give(eventOf(user));
    const event = eventOf({ ...user, name: "Somebody Else" });

    const { error, output } = await users.importUser.give(event);

    expect(error).toBeUndefined();
    expect(output.join()).not.toMatch(/Somebody|ada@example/);
    expect(await read(user.userId)).toMatchObject(user);
    expect(users.failedImports.messages.at(-1)).toMatchObject({
      requestContext: { functionArn: expect.stringMatching(/:function:/) },
      requestPayload: event,
      responsePayload: { errorMessage: "CONFLICT" },
    });
  });

  it("whose conflict the queue does not take fails, so that nobody is lost", async () => {
    const user = person();
    await users.importUser.give(eventOf(user));
    users.failedImports.server.fault = () => "disconnect";

    expect((await users.importUser.give(eventOf({ ...user, name: "Somebody Else" }))).error).toBe("UNAVAILABLE");
  });

  it("fails when the table does not answer, and is made by the next attempt", async () => {
    const user = person();
    const event = eventOf(user);
    users.database.server.fault = () => "disconnect";

    expect((await users.importUser.give(event)).error).toBe("UNAVAILABLE");
    users.heal();
    expect((await users.importUser.give(event)).error).toBeUndefined();
    expect(await read(user.userId)).toMatchObject(user);
  });

  it.each([
    ["an event of another kind", { Records: [] }],
    ["a user without an address", eventOf({ userId: "x", name: "X" })],
  ])("fails on %s", async (_, event) => {
    expect((await users.importUser.give(event)).error).toBe("INTERNAL_ERROR");
  });
});

describe("an import's status", () => {
  const people = Array.from({ length: 4 }, person);
  const [free, same, taken, hopeless] = people as [object, object, { userId: string }, { userId: string }];
  const status = async (importId: string) => (await users.getImport.ask({ params: { importId } })).body;
  const outcomes = async (importId: string): Promise<string[]> =>
    (await status(importId)).users.map(({ outcome }: { outcome: string }) => outcome);

  it("tells what became of each user, from pending to the end", async () => {
    for (const user of [same, { ...taken, name: "Somebody Else" }]) await users.createUser.ask({ body: user });
    const { body } = await users.importUsers.ask({ body: { users: people } });
    const { importId } = body;

    expect(await status(importId)).toEqual({
      importId,
      acceptedDate: expect.stringMatching(/Z$/),
      users: people.map(({ userId }) => ({ userId, outcome: "pending" })),
    });

    for (const user of [free, same, taken]) await users.importUser.give(eventOf(user, importId));
    users.database.server.fault = first("PutItem", { code: "ValidationException", status: 400 });
    expect((await users.importUser.give(eventOf(hopeless, importId))).error).toBe("ValidationException");

    expect(await outcomes(importId)).toEqual(["imported", "unchanged", "conflict", "failed"]);
    expect((await status(importId)).users[3]).toEqual({
      userId: hopeless.userId,
      outcome: "failed",
      error: "ValidationException",
    });

    await users.deleteUser.ask({ params: { userId: taken.userId } });
    for (const user of [taken, hopeless]) await users.importUser.give(eventOf(user, importId));
    expect(await outcomes(importId)).toEqual(["imported", "unchanged", "imported", "imported"]);
  });

  it("stays what it was when an attempt that fails comes late", async () => {
    const user = person();
    const { body } = await users.importUsers.ask({ body: { users: [user] } });
    await users.importUser.give(eventOf(user, body.importId));
    users.database.server.fault = first("Query", { code: "ValidationException", status: 400 });
    await users.importUser.give(eventOf(user, body.importId));
    users.heal();

    expect(await outcomes(body.importId)).toEqual(["imported"]);
  });

  it("expires with the queue's messages, and shows no import as a user", async () => {
    const { body } = await users.importUsers.ask({ body: { users: [person()] } });
    const items = await users.database.itemsOf(`#import#${body.importId}`);

    expect(items[0]?.["expiresAt"]).toBeGreaterThan(Date.now() / 1000 + 13 * 86_400);
    expect((await users.getUser.ask({ params: { userId: `#import#${body.importId}` } })).status).toBe(400);
  });

  it.each([
    [404, uuidV7(Date.now())],
    [400, "1"],
    [400, "constructor"],
  ])("is a %s for %s", async (expected, importId) => {
    expect((await users.getImport.ask({ params: { importId } })).status).toBe(expected);
  });
});
