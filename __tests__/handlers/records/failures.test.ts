import { type Fault, first } from "../../support/aws-server";
import { eventually } from "../../support/eventually";
import type { Answer } from "../../support/function";
import { type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
let recordId: string;
beforeAll(async () => {
  records = await startRecords();
  recordId = (await records.createRecord.ask({ body })).body.recordId;
});
afterEach(() => records.heal());
afterAll(() => records.stop());

const body = { source: "meter", kind: "temperature", values: [1, 2] };

/** Every operation at once, each with this much time left. */
const askAll = (remainingMs: number): Promise<Answer[]> =>
  Promise.all([
    records.createRecord.ask({ body }, remainingMs),
    records.listRecords.ask({ query: { source: "meter" } }, remainingMs),
    records.getRecord.ask({ params: { recordId } }, remainingMs),
    records.replaceRecord.ask(
      { params: { recordId }, headers: { "If-Match": '"1"' }, body: { values: [1] } },
      remainingMs,
    ),
    records.deleteRecord.ask({ params: { recordId } }, remainingMs),
  ]);

const unavailable = {
  status: 503,
  headers: { "Retry-After": "2", "Cache-Control": "no-store" },
  body: { error: { code: "UNAVAILABLE" } },
};

describe("a table that does not answer well", () => {
  const faults: readonly [what: string, fault: Fault][] = [
    ["is throttled", { code: "ProvisionedThroughputExceededException", status: 400 }],
    ["is asked too much of the account", { code: "RequestLimitExceeded", status: 400 }],
    ["has a fault of its own", { code: "InternalServerError", status: 500 }],
    ["breaks the connection", "disconnect"],
    ["hangs", "hang"],
  ];

  it.each(faults)("and %s makes every operation a 503 within the function's time", async (_, fault) => {
    records.database.server.fault = () => fault;

    for (const answer of await askAll(1500)) {
      expect(answer).toMatchObject(unavailable);
      expect(answer.body.error.message).not.toContain("Exception");
    }
  });

  it("because nobody listens there makes a 503", async () => {
    const lost = records.deploy("getRecord", { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" });

    expect(await lost.ask({ params: { recordId } })).toMatchObject(unavailable);
  });

  it.each(faults.slice(0, 4))("once, and %s, is asked again", async (_, fault) => {
    records.database.server.fault = first("GetItem", fault);

    expect((await records.getRecord.ask({ params: { recordId } })).status).toBe(200);
  });

  it("once, and hangs, is asked again after two seconds", async () => {
    records.database.server.fault = first("GetItem", "hang");

    // Neither two attempts nor a longer wait fit into this function's three seconds for work.
    expect((await records.getRecord.ask({ params: { recordId } }, 4000)).status).toBe(200);
  });

  it("and hangs is no longer waited for when the time is over", async () => {
    records.database.server.fault = () => "hang";
    records.database.server.abandoned = 0;

    await records.getRecord.ask({ params: { recordId } }, 400);

    expect(await eventually(() => records.database.server.abandoned || undefined)).toBe(1);
  });

  it("is asked three times and no more", async () => {
    records.database.server.fault = () => "disconnect";
    const before = records.database.server.calls.length;

    await records.getRecord.ask({ params: { recordId } });

    expect(records.database.server.calls.slice(before)).toEqual(["GetItem", "GetItem", "GetItem"]);
  });

  it("because the function may not ask it makes a 500 that says nothing, and a log that says what is missing", async () => {
    const message = "User: arn:aws:sts::0:role is not authorized to perform: dynamodb:GetItem";
    records.database.server.fault = () => ({ code: "AccessDeniedException", status: 400, message });

    const { status, body: answer, output, requestId } = await records.getRecord.ask({ params: { recordId } });

    const fixed = "A fault of the service; quote the requestId when reporting it.";
    expect(status).toBe(500);
    expect(answer).toEqual({ error: { code: "INTERNAL_ERROR", message: fixed, requestId } });
    expect(output.join()).toContain("is not authorized to perform: dynamodb:GetItem");
  });

  it("because an item is not what it should be makes a 500 and a log of where, without the value", async () => {
    const made = (await records.createRecord.ask({ body })).body.recordId;
    const item = await records.database.item(made);
    await records.database.put({ ...item, version: "seven", labels: { "Secret Name": "x" } });

    const { status, output } = await records.getRecord.ask({ params: { recordId: made } });

    expect(status).toBe(500);
    expect(JSON.parse(output[0] ?? "").issues).toEqual([
      { code: "invalid_key", path: "labels.*" },
      { code: "invalid_type", path: "version" },
    ]);
    expect(output.join()).not.toMatch(/seven|Secret Name/);
  });
});
