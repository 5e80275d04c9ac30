import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { type Claim, claimOf } from "../../../handlers/records/idempotency";
import { RecordStore } from "../../../handlers/records/record-store";
import { Conflict, IdempotencyKeyReused, NotFound, PreconditionFailed } from "../../../handlers/runtime/errors";
import { uuidV7 } from "../../../handlers/runtime/uuid";
import { type Database, startDatabase } from "../../support/dynamodb";
import { mishaps, outcomeBeside, scheduledClient, succeeded } from "../../support/dynamodb-schedule";
import { recordsTable } from "../../support/records";

let database: Database;
let quiet: RecordStore;
beforeAll(async () => {
  database = await startDatabase(recordsTable);
  quiet = new RecordStore(database.client, database.table);
});
afterAll(() => database.stop());

type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never;

const outcomeOf = outcomeBeside(Conflict, IdempotencyKeyReused, NotFound, PreconditionFailed);

const draftNow = () => ({ recordId: uuidV7(Date.now()), createdAt: new Date().toISOString() });
const bodyOf = (source: string, value: number) => ({ source, kind: "k", values: [value] });

/** Creates by several clients with one idempotency key; some send another body, and some delete what they find. */
const creations = fc.record({
  bodies: fc.array(fc.constantFrom(1, 1, 1, 2), { minLength: 1, maxLength: 4 }),
  deletions: fc.integer({ min: 0, max: 2 }),
  mishaps,
  scheduler: fc.scheduler(),
});

async function createAll(run: Generated<typeof creations>, source: string) {
  const { client, happened } = scheduledClient(database.client, run.scheduler, [...run.mishaps]);
  const store = new RecordStore(client, database.table);
  const claimFor = (value: number): Claim => claimOf("caller", source, bodyOf(source, value));
  const create = (on: RecordStore, value: number) =>
    on.create(bodyOf(source, value), { draft: draftNow(), token: randomUUID(), claim: claimFor(value) });
  const deleteFound = async () => {
    const { records } = await store.list(source, 10);
    await Promise.all(records.map(({ recordId }) => store.delete(recordId, randomUUID())));
    return records.length > 0;
  };
  const creating = Promise.all(run.bodies.map((value) => outcomeOf(create(store, value))));
  const deleting = Promise.all(Array.from({ length: run.deletions }, () => outcomeOf(deleteFound())));
  await run.scheduler.waitFor(Promise.all([creating, deleting]));
  const [created, deleted] = [await creating, await deleting];
  const retried = [await outcomeOf(create(quiet, 1)), await outcomeOf(create(quiet, 2))];
  return { created, deleted: succeeded(deleted).some(Boolean), happened, retried };
}

it("one idempotency key makes one record, whoever comes when, crashes, or has to ask twice", async () => {
  await fc.assert(
    fc.asyncProperty(creations, async (run) => {
      const source = randomUUID();
      const { created, deleted, happened, retried } = await createAll(run, source);

      const results = succeeded([...created, ...retried]);
      const { records: items } = await quiet.list(source, 10);
      expect(new Set(results.map(({ record }) => record.recordId)).size).toBeLessThanOrEqual(1);
      expect(new Set(results.map(({ record }) => record.values[0])).size).toBeLessThanOrEqual(1);
      expect(results.filter((result) => result.created).length).toBeLessThanOrEqual(1);
      expect(items.length).toBeLessThanOrEqual(1);
      // Of the two bodies one is the key's: its retry finds or makes the record, or learns that it was deleted.
      const refusals = retried.map((outcome) => ("refused" in outcome ? outcome.refused : "")).sort();
      const gone = items.length === 0;
      expect(refusals).toEqual(gone ? ["Conflict", "IdempotencyKeyReused"] : ["", "IdempotencyKeyReused"]);
      if (deleted) expect(gone).toBe(true);
      const crashed = happened.some((mishap) => mishap.startsWith("crash"));
      if (!crashed && run.deletions === 0) expect(results.filter((result) => result.created)).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});

/** Clients that read a record, add their own number to its values and write it back; and some that delete it. */
const changes = fc.record({
  writers: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
  deletions: fc.integer({ min: 0, max: 2 }),
  mishaps,
  scheduler: fc.scheduler(),
});

async function changeAll(run: Generated<typeof changes>, recordId: string) {
  const { client, happened } = scheduledClient(database.client, run.scheduler, [...run.mishaps]);
  const store = new RecordStore(client, database.table);
  const append = async (value: number) => {
    const { version, values } = await store.get(recordId);
    return store.replace(recordId, version, { body: { values: [...values, value] }, token: randomUUID() });
  };
  const turns = async (writer: number, times: number) => {
    const outcomes = [];
    for (let turn = 1; turn <= times; turn += 1) {
      const value = writer * 10 + turn;
      outcomes.push({ value, outcome: await outcomeOf(append(value)) });
    }
    return outcomes;
  };
  const writing = Promise.all(run.writers.map((times, index) => turns(index + 1, times)));
  const deleting = Promise.all(
    Array.from({ length: run.deletions }, () => outcomeOf(store.delete(recordId, randomUUID()))),
  );
  await run.scheduler.waitFor(Promise.all([writing, deleting]));
  return { written: (await writing).flat(), deleted: succeeded(await deleting).length, happened };
}

it("every version of a record has one writer, and what was once said to be written is never lost", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (run) => {
      const draft = draftNow();
      await quiet.create(bodyOf(randomUUID(), 0), { draft, token: randomUUID() });

      const { written, deleted, happened } = await changeAll(run, draft.recordId);

      const wins = succeeded(written.map(({ outcome }) => outcome));
      const versions = wins.map(({ version }) => version);
      expect(new Set(versions).size).toBe(versions.length);
      for (const { values, version } of wins) expect(values).toHaveLength(version);
      expect(deleted).toBeLessThanOrEqual(1);
      const calm = happened.every((mishap) => mishap === "none");
      const last = await outcomeOf(quiet.get(draft.recordId));
      if (!("value" in last)) return void expect(run.deletions).toBeGreaterThan(0);
      expect(deleted).toBe(0);
      // The values name the writers of all versions: as many as versions, and all whose success was returned.
      const reported = written.flatMap(({ value, outcome }) => ("value" in outcome ? [value] : []));
      expect(last.value.values).toHaveLength(last.value.version);
      expect(last.value.values).toEqual(expect.arrayContaining(reported));
      if (calm) expect(last.value.version).toBe(1 + wins.length);
    }),
    { numRuns: 50 },
  );
});
