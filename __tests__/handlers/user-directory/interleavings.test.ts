import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { Conflict, NotFound, PreconditionFailed } from "../../../handlers/runtime/errors";
import { etagOf } from "../../../handlers/user-directory/user";
import { UserStore } from "../../../handlers/user-directory/user-store";
import { type Database, startDatabase } from "../../support/dynamodb";
import { mishaps, outcomeBeside, scheduledClient, succeeded } from "../../support/dynamodb-schedule";
import { usersTable } from "../../support/user-directory";

let database: Database;
let quiet: UserStore;
beforeAll(async () => {
  database = await startDatabase(usersTable);
  quiet = new UserStore(database.client, database.table);
});
afterAll(() => database.stop());

const outcomeOf = outcomeBeside(Conflict, NotFound, PreconditionFailed);
const email = "a@example.com";
const tokenOfNobody = () => randomUUID();

const struggles = fc.record({
  /** How many clients enter the user, each under a name of its own. */
  creators: fc.integer({ min: 1, max: 4 }),
  deletions: fc.integer({ min: 0, max: 3 }),
  mishaps,
  scheduler: fc.scheduler(),
});

it("of many who want an id one at a time has it, and what was deleted stays so, whatever call is sent again", async () => {
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

      const created = succeeded(await creating);
      const deleted = (await deleting).filter((outcome) => "value" in outcome).length;
      const live = await outcomeOf(quiet.get(userId));
      // A client with a success has a revision that nobody else has.
      expect(new Set(created.map(etagOf)).size).toBe(created.length);
      if (happened.every((mishap) => mishap === "none")) {
        expect(created.length - deleted).toBe("value" in live ? 1 : 0);
      }
      if (!happened.some((mishap) => mishap.startsWith("crash"))) expect(created.length).toBeGreaterThan(0);
      // Nobody comes back: as many deletions as creations leave nothing there.
      if (deleted >= creators) expect(live).toEqual({ refused: "NotFound" });
      // Whoever comes later finds the one there is, or has the id.
      const later = await outcomeOf(quiet.create({ userId, email, name: "later" }, tokenOfNobody()));
      expect(later).toEqual(
        "value" in live ? { refused: "Conflict" } : { value: expect.objectContaining({ name: "later" }) },
      );
    }),
    { numRuns: 100 },
  );
});

const changes = fc.record({
  writers: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
  /** Whether somebody deletes the user and enters it anew meanwhile. */
  renewed: fc.boolean(),
  /** Whether that deletion is of the version that was read. */
  precise: fc.boolean(),
  mishaps,
  scheduler: fc.scheduler(),
});

it("every version of a user has one writer, and what was once said to be written is never lost", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ({ writers, renewed, precise, mishaps: planned, scheduler }) => {
      const userId = randomUUID();
      const first = await quiet.create({ userId, email, name: "0" }, randomUUID());
      const { client } = scheduledClient(database.client, scheduler, [...planned]);
      const store = new UserStore(client, database.table);
      const append = async (mark: string) => {
        const user = await store.get(userId);
        const body = { email, name: `${user.name} ${mark}` };
        return { mark, user: await store.replace(userId, etagOf(user), { body, token: randomUUID() }) };
      };
      const turns = async (writer: number, times: number) => {
        const outcomes = [];
        for (let turn = 1; turn <= times; turn += 1) outcomes.push(await outcomeOf(append(`${writer}.${turn}`)));
        return outcomes;
      };
      const renew = async () => {
        if (!renewed) return undefined;
        const deletion = await outcomeOf(store.delete(userId, randomUUID(), precise ? etagOf(first) : undefined));
        await outcomeOf(store.create({ userId, email, name: "0" }, randomUUID()));
        return deletion;
      };
      const [written, deletion] = [Promise.all(writers.map((times, index) => turns(index + 1, times))), renew()];
      await scheduler.waitFor(Promise.all([written, deletion]));

      const wins = succeeded((await written).flat());
      expect(new Set(wins.map(({ user }) => etagOf(user))).size).toBe(wins.length);
      for (const { user } of wins) expect(user.name.split(" ")).toHaveLength(user.version);
      const live = await outcomeOf(quiet.get(userId));
      const there = "value" in live ? live.value : undefined;
      const reported = wins.filter(({ user }) => user.createdAt === there?.createdAt).map(({ mark }) => mark);
      expect((there?.name ?? "").split(" ")).toEqual(expect.arrayContaining(reported));
      if (!renewed) expect(there).toBeDefined();
      // What was deleted as the version that was read was that version, which nobody had replaced.
      const deletedFirst = precise && deletion && "value" in ((await deletion) ?? {});
      if (deletedFirst) expect(wins.filter(({ user }) => user.createdAt === first.createdAt)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
