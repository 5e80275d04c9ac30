import { randomUUID } from "node:crypto";
import { first } from "../../support/aws-server";
import { type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterEach(() => records.heal());
afterAll(() => records.stop());

const body = { source: "meter", kind: "temperature", values: [1, 2, 3] };

const create = (key: string, sent: object = body, apiKeyId = "key-1") =>
  records.createRecord.ask({ body: sent, headers: { "Idempotency-Key": key }, apiKeyId });

const recordsOf = async (source: string) =>
  (await records.database.items()).filter((item) => item["source"] === source);

const claims = async () =>
  (await records.database.items()).filter(({ recordId }) => String(recordId).startsWith("idempotency#"));

describe("an idempotency key that comes again", () => {
  it("gives the same record with 200 and makes no other", async () => {
    const key = randomUUID();
    const sent = { ...body, source: "once" };

    const created = await create(key, sent);
    const again = await create(key, sent);

    expect([created.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(created.body);
    expect(again.headers).toMatchObject({ ETag: '"1"', Location: created.headers["Location"] });
    expect(await recordsOf("once")).toHaveLength(1);
  });

  it("gives the record as it is by now", async () => {
    const key = randomUUID();
    const { recordId } = (await create(key)).body;
    await records.replaceRecord.ask({ params: { recordId }, headers: { "if-match": '"1"' }, body: { values: [9] } });

    expect(await create(key)).toMatchObject({ status: 200, body: { recordId, version: 2 }, headers: { ETag: '"2"' } });
  });

  it("does not mind another order of the body's fields, or another spelling of a number", async () => {
    const key = randomUUID();
    await create(key, { ...body, labels: { a: "1", b: "2" } });

    const rawBody = '{"values":[1.0,2e0,3],"labels":{"b":"2","a":"1"},"kind":"temperature","source":"meter"}';
    const again = await records.createRecord.ask({ rawBody, headers: { "idempotency-key": key } });

    expect(again.status).toBe(200);
  });

  it("is refused with 422 when it comes with another body", async () => {
    const key = randomUUID();
    await create(key);

    const { status, body: answer } = await create(key, { ...body, values: [1, 2, 4] });

    expect([status, answer.error.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
  });

  it("is another key when another caller sends it", async () => {
    const key = randomUUID();
    const mine = await create(key, body, "key-1");
    const theirs = await create(key, { ...body, values: [5] }, "key-2");

    expect([mine.status, theirs.status]).toEqual([201, 201]);
    expect(theirs.body.recordId).not.toBe(mine.body.recordId);
  });

  it("does not bring a deleted record back", async () => {
    const key = randomUUID();
    const { recordId } = (await create(key)).body;
    await records.deleteRecord.ask({ params: { recordId } });

    const { status, body: answer } = await create(key);

    expect([status, answer.error.code]).toEqual([409, "CONFLICT"]);
    expect((await records.getRecord.ask({ params: { recordId } })).status).toBe(404);
  });

  it("counts as new once its claim has expired, although the item is still there", async () => {
    const key = randomUUID();
    const before = await claims();
    const created = await create(key);
    const claim = (await claims()).find(({ recordId }) => !before.some((other) => other["recordId"] === recordId));
    await records.database.put({ ...claim, expiresAt: Math.floor(Date.now() / 1000) - 1 });

    const again = await create(key, { ...body, values: [7] });

    expect(again.status).toBe(201);
    expect(again.body.recordId).not.toBe(created.body.recordId);
    expect((await create(key, { ...body, values: [7] })).body.recordId).toBe(again.body.recordId);
  });

  it("is kept for a day, under a name that reveals nothing of it", async () => {
    const key = "a-key-that-nobody-sees";
    await create(key);

    const kept = await claims();

    expect(JSON.stringify(kept)).not.toContain(key);
    for (const { expiresAt } of kept) expect(Number(expiresAt)).toBeLessThanOrEqual(Date.now() / 1000 + 86_400);
  });
});

describe("a creation that is interrupted", () => {
  /** Lets the claim's put through and breaks every later one, as a crash between the two does. */
  const crashAfterClaim = () => {
    let puts = 0;
    return (operation: string) => {
      if (operation !== "PutItem") return undefined;
      puts += 1;
      return puts > 1 ? ("disconnect" as const) : undefined;
    };
  };

  it("is completed by a retry, with the id and the time that were claimed", async () => {
    const key = randomUUID();
    const sent = { ...body, source: "healed" };
    records.database.server.fault = crashAfterClaim();
    const before = await claims();

    const crashed = await create(key, sent);
    records.heal();
    const claim = (await claims()).find(({ recordId }) => !before.some((other) => other["recordId"] === recordId));
    const retried = await create(key, sent);

    expect(crashed.status).toBe(503);
    expect(retried).toMatchObject({
      status: 201,
      body: { recordId: claim?.["target"], createdAt: claim?.["createdAt"] },
    });
    expect(await recordsOf("healed")).toHaveLength(1);
  });

  it.each([
    ["the claim", 1],
    ["the record", 2],
  ])("is still one creation when the answer to the write of %s is lost", async (_, write) => {
    let puts = 0;
    records.database.server.fault = (operation) => {
      if (operation !== "PutItem") return undefined;
      puts += 1;
      return puts === write ? "loseAnswer" : undefined;
    };

    const { status, output } = await create(randomUUID(), { ...body, source: `lost-${write}` });

    expect(status).toBe(201);
    expect(output.join()).toContain("RecordsCreated");
    expect(await recordsOf(`lost-${write}`)).toHaveLength(1);
  });

  it("is still one creation without a key when the answer to the write is lost", async () => {
    records.database.server.fault = first("PutItem", "loseAnswer");

    expect((await records.createRecord.ask({ body: { ...body, source: "lost" } })).status).toBe(201);
    expect(await recordsOf("lost")).toHaveLength(1);
  });
});

describe("a change whose answer is lost", () => {
  it("is a success, not a conflict with itself", async () => {
    const { recordId } = (await create(randomUUID())).body;
    const params = { recordId };

    records.database.server.fault = first("UpdateItem", "loseAnswer");
    const replaced = await records.replaceRecord.ask({ params, headers: { "If-Match": '"1"' }, body: { values: [5] } });
    records.database.server.fault = first("PutItem", "loseAnswer");
    const deleted = await records.deleteRecord.ask({ params });

    expect(replaced).toMatchObject({ status: 200, body: { version: 2, values: [5] } });
    expect(deleted.status).toBe(204);
  });
});
