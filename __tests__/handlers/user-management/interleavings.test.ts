import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { Conflict, NotFound, PreconditionFailed } from "../../../handlers/runtime/errors";
import { UserStore } from "../../../handlers/user-management/user-store";
import { type Database, startDatabase } from "../../support/dynamodb";
import { mishaps, outcomeBeside, scheduledClient, succeeded } from "../../support/dynamodb-schedule";
import { usersTable } from "../../support/user-management";

let database: Database;
let quiet: UserStore;
beforeAll(async () => {
  database = await startDatabase(usersTable);
  quiet = new UserStore(database.client, database.table);
});
afterAll(() => database.stop());

const outcomeOf = outcomeBeside(Conflict, NotFound, PreconditionFailed);

const email = "a@example.com";

/** The entries of a user, the oldest first; those that are live have an address. */
async function entriesOf(userId: string) {
  return (await database.itemsOf(userId)).filter(({ createdDate }) => createdDate !== "#claim");
}

/** Never more than one live entry, and that the newest. */
async function expectOneLiveEntry(userId: string) {
  const entries = await entriesOf(userId);
  const live = entries.flatMap((entry, index) => (entry["email"] === undefined ? [] : [index]));
  expect(live.filter((index) => index !== entries.length - 1)).toEqual([]);
  return live.length === 1 ? entries.at(-1) : undefined;
}

const struggles = fc.record({
  /** How many clients create the user, each under a name of its own; the first is an import that comes twice. */
  creators: fc.integer({ min: 1, max: 4 }),
  deletions: fc.integer({ min: 0, max: 3 }),
  mishaps,
  scheduler: fc.scheduler(),
});

it("of many who create one user at once one wins, also where the user is deleted meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(struggles, async ({ creators, deletions, mishaps: planned, scheduler }) => {
      const userId = randomUUID();
      const { client, happened } = scheduledClient(database.client, scheduler, [...planned]);
      const store = new UserStore(client, database.table);
      const creating = Promise.all(
        Array.from({ length: creators }, (_, index) =>
          outcomeOf(store.create({ userId, email, name: `creator ${index}` }, randomUUID())),
        ),
      );
      const deleting = Promise.all(
        Array.from({ length: deletions }, () => outcomeOf(store.delete(userId, randomUUID()))),
      );
      await scheduler.waitFor(Promise.all([creating, deleting]));

      const [created, deleted] = [succeeded(await creating), succeeded(await deleting)];
      const crashed = happened.some((mishap) => mishap.startsWith("crash"));
      const live = await expectOneLiveEntry(userId);
      // Each creation that succeeded has an entry of its own, and each deletion ended one of them.
      expect(new Set(created.map(({ createdDate }) => createdDate)).size).toBe(created.length);
      if (!crashed) {
        expect(created.length).toBeGreaterThan(0);
        expect(created.length - deleted.length).toBe(live ? 1 : 0);
      }
      // Whoever comes later finds the one there is, or makes one, whatever was left half-done.
      const later = await outcomeOf(quiet.create({ userId, email, name: "later" }, randomUUID()));
      expect(later).toEqual(live ? { refused: "Conflict" } : { value: expect.objectContaining({ name: "later" }) });
      expect((await expectOneLiveEntry(userId))?.["name"]).toBe(live ? live["name"] : "later");
    }),
    { numRuns: 60 },
  );
});

const deliveries = fc.record({
  copies: fc.integer({ min: 1, max: 3 }),
  deletions: fc.integer({ min: 0, max: 1 }),
  mishaps,
  scheduler: fc.scheduler(),
});

it("an imported user is made once, however often the event comes, crashes, or has to ask twice", async () => {
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ copies, deletions, mishaps: planned, scheduler }) => {
      const user = { userId: randomUUID(), email, name: "imported" };
      const importId = randomUUID();
      const { client } = scheduledClient(database.client, scheduler, [...planned]);
      const store = new UserStore(client, database.table);
      const importing = Promise.all(Array.from({ length: copies }, () => outcomeOf(store.import(user, importId))));
      const deleting = Promise.all(
        Array.from({ length: deletions }, () => outcomeOf(store.delete(user.userId, randomUUID()))),
      );
      await scheduler.waitFor(Promise.all([importing, deleting]));

      // Lambda's last attempt.
      expect(await quiet.import(user, importId)).toBe(true);
      expect(await entriesOf(user.userId)).toHaveLength(1);
      if (succeeded(await deleting).length > 0) expect(await expectOneLiveEntry(user.userId)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

const changes = fc.record({
  writers: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
  /** Whether somebody deletes the user and makes it anew meanwhile. */
  renewed: fc.boolean(),
  mishaps,
  scheduler: fc.scheduler(),
});

it("every version of a user has one writer, and what was once said to be written is never lost", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ({ writers, renewed, mishaps: planned, scheduler }) => {
      const userId = randomUUID();
      await quiet.create({ userId, email, name: "0" }, randomUUID());
      const { client } = scheduledClient(database.client, scheduler, [...planned]);
      const store = new UserStore(client, database.table);
      const append = async (mark: string) => {
        const user = await store.get(userId);
        const body = { email, name: `${user.name} ${mark}` };
        return { mark, user: await store.replace(userId, user, { body, token: randomUUID() }) };
      };
      const turns = async (writer: number, times: number) => {
        const outcomes = [];
        for (let turn = 1; turn <= times; turn += 1) outcomes.push(await outcomeOf(append(`${writer}.${turn}`)));
        return outcomes;
      };
      const renew = async () => {
        if (!renewed) return;
        await outcomeOf(store.delete(userId, randomUUID()));
        await outcomeOf(store.create({ userId, email, name: "0" }, randomUUID()));
      };
      const writing = Promise.all(writers.map((times, index) => turns(index + 1, times)));
      await scheduler.waitFor(Promise.all([writing, renew()]));

      const wins = succeeded((await writing).flat());
      const revisions = wins.map(({ user }) => `${user.createdDate} ${user.version}`);
      expect(new Set(revisions).size).toBe(revisions.length);
      for (const { user } of wins) expect(user.name.split(" ")).toHaveLength(user.version);
      const live = await expectOneLiveEntry(userId);
      const reported = wins.filter(({ user }) => user.createdDate === live?.["createdDate"]).map(({ mark }) => mark);
      expect(String(live?.["name"] ?? "").split(" ")).toEqual(expect.arrayContaining(reported));
      if (!renewed) expect(live).toBeDefined();
    }),
    { numRuns: 50 },
  );
});
