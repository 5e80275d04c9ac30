import { recordsApi } from "../../../contracts/records";
import { type RecordsSystem, startRecords } from "../../support/records";
import { linesAt, linesOf, requestsIn, testRequestLines } from "../../support/request-lines";

testRequestLines(recordsApi, startRecords);

describe("what an operator sees of a request", () => {
  let records: RecordsSystem;
  let params: { recordId: string };
  const body = { source: "meter", kind: "heat", values: [1] };
  const stale = { headers: { "If-Match": '"7"' }, body: { values: [1] } };
  beforeAll(async () => {
    records = await startRecords();
    params = { recordId: (await records.createRecord.ask({ body })).body.recordId };
  });
  afterEach(() => records.heal());
  afterAll(() => records.stop());

  it("is no warning where it went well, or where a client alone is to blame", async () => {
    const answers = [
      await records.getRecord.ask({ params }),
      await records.getRecord.ask({ params: { recordId: "nonsense" } }),
      await records.getRecord.ask({ params: { recordId: "01937e4c-0000-7000-8000-000000000000" } }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 400, 404]);
    for (const { output } of answers) expect(linesOf(output)).toMatchObject([{ level: "INFO", message: "request" }]);
  });

  it("is a warning where a race was lost", async () => {
    const { status, output } = await records.replaceRecord.ask({ params, ...stale });

    expect(status).toBe(412);
    expect(linesAt(output, "WARN")).toMatchObject([{ status: 412, message: expect.stringContaining("lost race") }]);
    expect(requestsIn(output)).toMatchObject([{ level: "INFO", status: 412 }]);
  });

  it("is a warning where something was unavailable", async () => {
    records.database.server.fault = () => "disconnect";
    const { status, output } = await records.getRecord.ask({ params });

    expect(status).toBe(503);
    expect(linesAt(output, "WARN")).toMatchObject([{ status: 503 }]);
    expect(requestsIn(output)).toMatchObject([{ level: "INFO", status: 503 }]);
  });

  it("is an error where it is our fault", async () => {
    records.database.server.fault = () => ({ code: "AccessDeniedException", status: 400 });
    const { status, output } = await records.getRecord.ask({ params });

    expect(status).toBe(500);
    expect(linesAt(output, "ERROR")).toMatchObject([{ message: "request failed" }]);
    expect(requestsIn(output)).toMatchObject([{ level: "INFO", status: 500 }]);
  });

  it("names the trace that it belongs to", async () => {
    const traced = records.deploy("getRecord", {
      _X_AMZN_TRACE_ID: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    });
    const { output } = await traced.ask({ params });

    expect(requestsIn(output)).toMatchObject([{ xray_trace_id: "1-5759e988-bd862e3fe1be46a994272793" }]);
  });

  it.each([
    ["DEBUG", ["INFO", "WARN", "ERROR"]],
    ["INFO", ["INFO", "WARN", "ERROR"]],
    ["WARN", ["WARN", "ERROR"]],
    ["ERROR", ["ERROR"]],
  ])("is, at %s, of these levels: %s; and faults are counted at each", async (LOG_LEVEL, levels) => {
    const fn = records.deploy("replaceRecord", { LOG_LEVEL });
    const output = [...(await fn.ask({ params, ...stale })).output];
    records.database.server.fault = () => ({ code: "AccessDeniedException", status: 400 });
    output.push(...(await fn.ask({ params, ...stale })).output);

    const seen = new Set(linesOf(output).map(({ level }) => level));
    expect([...seen].filter((level) => level !== "DEBUG").sort()).toEqual([...levels].sort());
    expect(output.filter((line) => line.includes('"Faults":1'))).toHaveLength(1);
  });

  it("is nothing where the level is none: the function does not start", async () => {
    const fn = records.deploy("getRecord", { LOG_LEVEL: "LOUD" });

    await expect(fn.ask({ params })).rejects.toThrow("LOG_LEVEL must be one of DEBUG, INFO, WARN, ERROR");
  });
});
