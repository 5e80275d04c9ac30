import type { Fault } from "../../support/aws-server";
import { type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterEach(() => records.heal());
afterAll(() => records.stop());

const body = { source: "meter", kind: "temperature", values: [1, 2] };
const unavailable = { status: 503, headers: { "Retry-After": "2" }, body: { error: { code: "UNAVAILABLE" } } };

describe("a Parameter Store that does not answer well", () => {
  it.each<[string, Fault]>([
    ["is throttled", { code: "ThrottlingException", status: 400 }],
    ["breaks the connection", "disconnect"],
    ["hangs", "hang"],
  ])("and %s makes a list that needs a cursor a 503, and no other", async (_, fault) => {
    await records.createRecord.ask({ body });
    records.parameters.server.fault = () => fault;
    const fresh = records.deploy("listRecords");

    expect(await fresh.ask({ query: { source: "meter", limit: "1" } }, 1500)).toMatchObject(unavailable);
    expect((await fresh.ask({ query: { source: "nobody" } })).status).toBe(200);

    records.heal();
    expect((await fresh.ask({ query: { source: "meter", limit: "1" } })).status).toBe(200);
    await fresh.stop();
  });

  it("is asked once for many lists", async () => {
    const before = records.parameters.server.calls.length;
    const fresh = records.deploy("listRecords");

    for (let turn = 0; turn < 3; turn += 1) await fresh.ask({ query: { source: "meter", limit: "1" } });

    expect(records.parameters.server.calls.slice(before)).toEqual(["GetParameter"]);
  });

  it("because the parameter is not there makes a 500 for whoever needs it", async () => {
    const fresh = records.deploy("listRecords", { CURSOR_SECRET_PARAMETER: "/not/there" });

    expect((await fresh.ask({ query: { source: "meter", limit: "1" } })).status).toBe(500);
  });
});

describe("a log bucket that does not answer well", () => {
  it.each<[string, Fault]>([
    ["refuses", { code: "AccessDenied", status: 403 }],
    ["is throttled", { code: "SlowDown", status: 503 }],
    ["breaks the connection", "disconnect"],
    ["hangs", "hang"],
  ])("and %s costs a metric and a warning, but never the request", async (_, fault) => {
    const make = async () => ({ recordId: (await records.createRecord.ask({ body })).body.recordId });
    const [replaced, deleted] = [await make(), await make()];
    const change = { params: replaced, headers: { "If-Match": '"1"' }, body: { values: [1] } };
    records.logBucket.server.fault = () => fault;

    const answers = await Promise.all([
      records.createRecord.ask({ body }),
      records.replaceRecord.ask(change),
      records.deleteRecord.ask({ params: deleted }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([201, 200, 204]);
    for (const { output } of answers) {
      const [activity, warning, request, metrics] = output.map((line) => JSON.parse(line));
      expect(activity).toMatchObject({ level: "INFO", message: "activity" });
      expect(warning).toMatchObject({ level: "WARN", message: "activity not written to the log bucket" });
      expect(request).toMatchObject({ level: "INFO", message: "request" });
      expect(metrics).toMatchObject({ ActivityWriteFailed: 1 });
    }
  });
});

describe("a function without its variables", () => {
  it.each(["RECORDS_TABLE", "LOG_BUCKET", "ENVIRONMENT", "POWERTOOLS_SERVICE_NAME"])(
    "does not start, and says that %s is missing",
    async (name) => {
      const fn = records.deploy("createRecord", { [name]: "" });

      await expect(fn.ask({ body })).rejects.toThrow(`environment variable ${name} is not set`);
    },
  );
});
