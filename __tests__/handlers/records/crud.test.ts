import { randomUUID } from "node:crypto";
import { type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterAll(() => records.stop());

const body = { source: "meter/7", kind: "temperature", values: [1, 2, 3, 4], labels: { Room: "Küche" } };
const missing = "01937e4c-0000-7000-8000-000000000000";

const create = async () => (await records.createRecord.ask({ body })).body;
const replace = (recordId: string, etag: string | undefined, change: object) =>
  records.replaceRecord.ask({ params: { recordId }, headers: etag ? { "If-Match": etag } : {}, body: change });

describe("creating a record", () => {
  it("answers 201 with its path, its ETag and its summary", async () => {
    const { status, headers, body: record } = await records.createRecord.ask({ body });

    expect(status).toBe(201);
    expect(headers).toMatchObject({
      ETag: '"1"',
      Location: expect.stringMatching(/^\/test\/records\/[\w-]{36}\?version=1&write=[0-9a-f]{16}$/),
    });
    expect(record).toMatchObject({ ...body, version: 1, summary: { count: 4, min: 1, max: 4, mean: 2.5 } });
    expect(record.summary.stddev).toBeCloseTo(Math.sqrt(1.25), 12);
    expect(record.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(record.updatedAt).toBe(record.createdAt);
  });

  it("gives ids that begin with the time of creation", async () => {
    const { recordId, createdAt } = await create();

    expect(recordId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(recordId.replace("-", "").slice(0, 12), 16)).toBe(Date.parse(createdAt));
  });

  it("takes a body in base64, as the gateway sends what it takes for binary", async () => {
    const rawBody = Buffer.from(JSON.stringify(body)).toString("base64");

    expect(await records.createRecord.ask({ rawBody, base64: true })).toMatchObject({ status: 201, body });
  });

  it("makes two records of the same body sent twice without an idempotency key", async () => {
    expect((await create()).recordId).not.toBe((await create()).recordId);
  });
});

describe("reading a record", () => {
  it("gives what its creation gave", async () => {
    const record = await create();

    const read = await records.getRecord.ask({ params: { recordId: record.recordId } });

    expect(read).toMatchObject({ status: 200, body: record, headers: { ETag: '"1"' } });
  });

  it("leaves out the item's other attributes", async () => {
    const { recordId } = await create();
    const item = await records.database.item(recordId);
    await records.database.put({ ...item, ownerOfALaterVersion: "somebody" });

    const read = await records.getRecord.ask({ params: { recordId } });

    expect(item).toHaveProperty("writtenBy");
    expect(Object.keys(read.body).sort()).toEqual(
      ["createdAt", "kind", "labels", "recordId", "source", "summary", "updatedAt", "values", "version"].sort(),
    );
  });

  it("answers 404 for an id that no record has", async () => {
    const { status, body: answer, requestId } = await records.getRecord.ask({ params: { recordId: missing } });

    expect(status).toBe(404);
    expect(answer).toEqual({ error: { code: "NOT_FOUND", message: "There is nothing by this id.", requestId } });
  });

  it("takes a percent-encoded id, as the gateway passes it on", async () => {
    const { recordId } = await create();

    expect((await records.getRecord.ask({ params: { recordId: recordId.replaceAll("-", "%2D") } })).status).toBe(200);
  });
});

describe("replacing a record", () => {
  it("makes the next version of its values and labels, and keeps the rest", async () => {
    const record = await create();

    const replaced = await replace(record.recordId, '"1"', { values: [10], labels: { a: "b" } });

    const summary = { count: 1, min: 10, max: 10, mean: 10, stddev: 0 };
    const { updatedAt } = replaced.body;
    expect(replaced).toMatchObject({ status: 200, headers: { ETag: '"2"' } });
    expect(replaced.body).toEqual({ ...record, values: [10], labels: { a: "b" }, summary, version: 2, updatedAt });
    expect(updatedAt >= record.updatedAt).toBe(true);
    expect((await records.getRecord.ask({ params: { recordId: record.recordId } })).body).toEqual(replaced.body);
  });

  it("takes the labels away when the change has none", async () => {
    const { recordId } = await create();

    expect((await replace(recordId, '"1"', { values: [1] })).body).not.toHaveProperty("labels");
    expect(await records.database.item(recordId)).not.toHaveProperty("labels");
  });

  it("keeps attributes that this code does not know", async () => {
    const { recordId } = await create();
    await records.database.put({ ...(await records.database.item(recordId)), unknown: "kept" });

    await replace(recordId, '"1"', { values: [1] });

    expect(await records.database.item(recordId)).toMatchObject({ unknown: "kept", version: 2 });
  });

  it.each([
    ["428 without If-Match", undefined, 428, "PRECONDITION_REQUIRED"],
    ["412 with a version that is not there yet", '"2"', 412, "PRECONDITION_FAILED"],
    ["412 with a tag that we never made", '"01"', 412, "PRECONDITION_FAILED"],
    ["412 with a tag that is no version", '"abc"', 412, "PRECONDITION_FAILED"],
    ["400 with a weak tag", 'W/"1"', 400, "VALIDATION_FAILED"],
    ["400 with any version", "*", 400, "VALIDATION_FAILED"],
  ])("answers %s and changes nothing", async (_, etag, status, code) => {
    const record = await create();

    const answer = await replace(record.recordId, etag, { values: [99] });

    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect((await records.getRecord.ask({ params: { recordId: record.recordId } })).body).toEqual(record);
  });

  it("answers 412 to whoever read before somebody else's change", async () => {
    const { recordId } = await create();
    await replace(recordId, '"1"', { values: [2] });

    expect((await replace(recordId, '"1"', { values: [3] })).status).toBe(412);
  });

  it("answers 404 for an id that no record has", async () => {
    expect((await replace(missing, '"1"', { values: [1] })).status).toBe(404);
  });
});

describe("deleting a record", () => {
  it("answers 204 without a body, and the record is gone for every operation", async () => {
    const { recordId } = await create();

    const deleted = await records.deleteRecord.ask({ params: { recordId } });

    expect(deleted).toMatchObject({ status: 204, body: undefined });
    expect((await records.getRecord.ask({ params: { recordId } })).status).toBe(404);
    expect((await replace(recordId, '"1"', { values: [1] })).status).toBe(404);
    expect((await records.deleteRecord.ask({ params: { recordId } })).status).toBe(404);
  });

  it("leaves nothing of the record but its id, for a time longer than a claim's", async () => {
    const { recordId } = await create();

    await records.deleteRecord.ask({ params: { recordId } });

    const { expiresAt, ...tombstone } = (await records.database.item(recordId)) ?? {};
    expect(Object.keys(tombstone).sort()).toEqual(["deletedAt", "recordId", "writtenBy"]);
    expect(Number(expiresAt) - Date.now() / 1000).toBeGreaterThan(47 * 60 * 60);
  });

  it("answers 404 for an id that no record has", async () => {
    expect((await records.deleteRecord.ask({ params: { recordId: missing } })).status).toBe(404);
  });

  it("never reaches a claim, whose key is no UUID", async () => {
    await records.createRecord.ask({ body, headers: { "Idempotency-Key": randomUUID() } });
    const claim = (await records.database.items()).find(({ recordId }) => String(recordId).startsWith("idempotency#"));

    const answer = await records.deleteRecord.ask({
      params: { recordId: encodeURIComponent(String(claim?.["recordId"])) },
    });

    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path: "params.recordId" }] } } });
  });
});
