import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { ItemStore } from "../../../handlers/items/item-store";
import { NotFound } from "../../../handlers/runtime/errors";
import { uuidV7 } from "../../../handlers/runtime/uuid";
import { type Database, startDatabase } from "../../support/dynamodb";
import { mishaps, outcomeBeside, scheduledClient } from "../../support/dynamodb-schedule";
import { itemsTable } from "../../support/items";

let database: Database;
let quiet: ItemStore;
beforeAll(async () => {
  database = await startDatabase(itemsTable);
  quiet = new ItemStore(database.client, database.table);
});
afterAll(() => database.stop());

const outcomeOf = outcomeBeside(NotFound);
const isDone = (outcome: object): boolean => "value" in outcome;

const struggles = fc.record({
  deletions: fc.integer({ min: 1, max: 3 }),
  hasAsset: fc.boolean(),
  /** How many uploads come by a URL that was signed for a new object only. */
  uploads: fc.integer({ min: 0, max: 3 }),
  mishaps,
  scheduler: fc.scheduler(),
});

it("what was deleted never comes back, and once a client has the answer, its asset is gone for good", async () => {
  await fc.assert(
    fc.asyncProperty(struggles, async ({ deletions, hasAsset, uploads, mishaps: planned, scheduler }) => {
      const now = new Date();
      const id = uuidV7(now.getTime());
      const asset = { contentType: "a/b", bytes: 5 };
      const item = { id, name: "x", createdAt: now.toISOString(), ...(hasAsset ? { asset } : {}) };
      const { client, happened } = scheduledClient(database.client, scheduler, [...planned]);
      const store = new ItemStore(client, database.table);
      // The bucket: an upload takes the place while it is free, what is erased takes it from whatever is there.
      let place: string | undefined;
      const upload = async () => {
        await scheduler.schedule(Promise.resolve(), "upload");
        place ??= "hello";
      };
      const erase = async () => {
        await scheduler.schedule(Promise.resolve(), "erase");
        place = "";
      };
      const creating = outcomeOf(store.add(item));
      const uploading = hasAsset ? Array.from({ length: uploads }, upload) : [];
      const deleting = Array.from({ length: deletions }, () => outcomeOf(store.delete(id, randomUUID(), erase)));
      await scheduler.waitFor(Promise.all([creating, ...uploading, ...deleting]));

      const outcomes = await Promise.all(deleting);
      const there = await outcomeOf(quiet.get(id));
      const listed = (await quiet.list(100)).items.map((other) => other.id).includes(id);
      expect(listed).toBe(isDone(there));
      if (outcomes.some(isDone)) {
        expect(isDone(there)).toBe(false);
        if (hasAsset) expect(place).toBe("");
      }
      // Whatever was left half-done, whoever asks again completes it; an item that was there is then gone for all.
      const was = await database.item("items", id);
      const empty = async () => {
        place = "";
      };
      const last = await outcomeOf(quiet.delete(id, randomUUID(), empty));
      const isComplete = was === undefined || was["expiresAt"] !== undefined;
      expect(last).toEqual(isComplete ? { refused: "NotFound" } : { value: undefined });
      expect(await outcomeOf(quiet.get(id))).toEqual({ refused: "NotFound" });
      if (was && hasAsset) expect(place).toBe("");
      if (!happened.some((mishap) => mishap.startsWith("crash"))) expect(was).toBeDefined();
    }),
    { numRuns: 100 },
  );
});
