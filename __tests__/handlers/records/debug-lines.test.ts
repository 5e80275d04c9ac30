import { first } from "../../support/aws-server";
import type { DeployedFunction } from "../../support/function";
import { cursorSecret, type RecordsSystem, startRecords } from "../../support/records";

type Line = Record<string, unknown>;

const debugIn = (output: readonly string[]): Line[] =>
  output.map((text) => JSON.parse(text) as Line).filter(({ level }) => level === "DEBUG");

const callsIn = (output: readonly string[]): unknown[] => debugIn(output).flatMap(({ call }) => call ?? []);

const body = { source: "MARK", kind: "MARK", values: [4711.5, 1], labels: { MARK: "MARK" } };

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterEach(() => records.heal());
afterAll(() => records.stop());

it.each([undefined, "INFO", "WARN", "ERROR"])("at LOG_LEVEL %s, nothing is written at DEBUG", async (LOG_LEVEL) => {
  const fn = records.deploy("createRecord", LOG_LEVEL === undefined ? {} : { LOG_LEVEL });
  const { status, output } = await fn.ask({ body });

  expect(status).toBe(201);
  expect(debugIn(output)).toEqual([]);
});

describe("at LOG_LEVEL DEBUG, a function", () => {
  const LOG_LEVEL = "DEBUG";
  let create: DeployedFunction;
  beforeAll(() => {
    create = records.deploy("createRecord", { LOG_LEVEL });
  });

  it("writes what it made of a request, what it called, what it decided and what it answered", async () => {
    const headers = { "Idempotency-Key": "MARK-KEY-1" };
    const { output } = await create.ask({ body, headers, requestId: "seen-by-the-client" });

    expect(debugIn(output)).toMatchObject([
      {
        message: "request parsed",
        request: {
          body: { source: "text of 4", kind: "text of 4", values: "list of 2", labels: "object of 1" },
          headers: { "idempotency-key": "text of 10" },
        },
      },
      { message: "call", call: { service: "DynamoDB", operation: "PutItem", table_name: "records-test", status: 200 } },
      { message: "call", call: { service: "DynamoDB", operation: "PutItem", attempts: 1, ms: expect.any(Number) } },
      { message: "idempotency", idempotency: { key: true, created: true } },
      { message: "call", call: { service: "S3", operation: "PutObject", bucket_name: "log-bucket-test" } },
      { message: "answer", answer: { status: 201, headers: expect.arrayContaining(["ETag"]) } },
    ]);
    for (const line of debugIn(output)) expect(line).toMatchObject({ correlation_id: "seen-by-the-client" });
  });

  it("writes that a key was known, and that a call was tried again or refused", async () => {
    const headers = { "Idempotency-Key": "MARK-KEY-2" };
    await create.ask({ body, headers });
    const again = await create.ask({ body, headers });
    records.database.server.fault = first("PutItem", { code: "ThrottlingException", status: 400 });
    const retried = await create.ask({ body });
    records.database.server.fault = () => ({ code: "AccessDeniedException", status: 400, message: "MARK" });
    const refused = await create.ask({ body });

    expect(debugIn(again.output)).toContainEqual(
      expect.objectContaining({ idempotency: { key: true, created: false } }),
    );
    expect(callsIn(again.output)).toContainEqual(
      expect.objectContaining({ failed: "ConditionalCheckFailedException" }),
    );
    expect(callsIn(retried.output)).toContainEqual(expect.objectContaining({ operation: "PutItem", attempts: 2 }));
    expect(callsIn(refused.output)).toContainEqual(expect.objectContaining({ failed: "AccessDeniedException" }));
    const lines = [again, retried, refused].flatMap(({ output }) => debugIn(output));
    expect(JSON.stringify(lines)).not.toContain("MARK");
  });

  it("writes whether a cursor was genuine", async () => {
    await create.ask({ body });
    await create.ask({ body });
    const list = records.deploy("listRecords", { LOG_LEVEL });
    const query = { source: "MARK", limit: "1" };
    const { body: page } = await list.ask({ query });
    const genuine = await list.ask({ query: { ...query, cursor: page.nextCursor } });
    const forged = await list.ask({ query: { ...query, cursor: `${page.nextCursor}A` } });

    expect([genuine.status, forged.status]).toEqual([200, 400]);
    expect(debugIn(genuine.output)).toContainEqual(expect.objectContaining({ message: "cursor", genuine: true }));
    expect(debugIn(forged.output)).toContainEqual(expect.objectContaining({ message: "cursor", genuine: false }));
    expect([genuine, forged].flatMap(({ output }) => output).join()).not.toContain(page.nextCursor);
  });

  it("writes no key, no value, no secret, at whatever it is asked", async () => {
    const get = records.deploy("getRecord", { LOG_LEVEL });
    const list = records.deploy("listRecords", { LOG_LEVEL });
    const made = await create.ask({ body, headers: { "Idempotency-Key": "MARK-KEY-3" } });
    const { recordId } = made.body;
    const read = await get.ask({ params: { recordId } });
    const listed = await list.ask({ query: { source: "MARK" } });
    const odd = await create.ask({ body: { ...body, MARK: { MARK: 4711.5 } } });

    const lines = [made, read, listed, odd].flatMap(({ output }) => debugIn(output));
    const text = JSON.stringify(lines);
    expect([made, read, listed, odd].map(({ status }) => status)).toEqual([201, 200, 200, 400]);
    expect(lines.length).toBeGreaterThan(8);
    expect(text).not.toMatch(/MARK|4711/);
    expect(text).not.toContain(recordId);
    expect(text).not.toContain(cursorSecret.value);
  });
});
