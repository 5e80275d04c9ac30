// Stands on: records, data-processor, user-management
import { first } from "../support/aws-server";
import { type DataProcessor, startDataProcessor } from "../support/data-processor";
import type { DeployedFunction } from "../support/function";
import { type RecordsSystem, startRecords } from "../support/records";
import { type Daemon, type Document, startDaemon } from "../support/trace-daemon";
import { startUserManagement, type UserManagement } from "../support/user-management";

const traceId = "1-5759e988-bd862e3fe1be46a994272793";
const traceOf = (sampled: string) => `Root=${traceId};Parent=53995c3f42cd8ad8${sampled}`;

let records: RecordsSystem;
let daemon: Daemon;
const body = { source: "meter", kind: "heat", values: [1] };
beforeAll(async () => {
  [records, daemon] = await Promise.all([startRecords(), startDaemon()]);
});
afterEach(() => records.heal());
afterAll(() => Promise.all([records.stop(), daemon.stop()]));

const tracing = (sampled = ";Sampled=1") => ({
  _X_AMZN_TRACE_ID: traceOf(sampled),
  AWS_XRAY_DAEMON_ADDRESS: daemon.address,
});

const calls = ({ subsegments = [] }: Document): string[] =>
  subsegments.map(({ name, aws }: Document) => `${name} ${aws.operation}`);

const id = expect.stringMatching(/^[0-9a-f]{16}$/);

describe("the trace of a request", () => {
  let createRecord: DeployedFunction;
  let getRecord: DeployedFunction;
  let recordId: string;
  beforeAll(async () => {
    createRecord = records.deploy("createRecord", tracing());
    getRecord = records.deploy("getRecord", tracing());
    recordId = (await createRecord.ask({ body })).body.recordId;
    await daemon.next(1);
  });

  it("says what it was for, how it came out, and which call of AWS took how long", async () => {
    const asked = createRecord.ask({ body, requestId: "seen-by-the-client" });
    const [[segment]] = await Promise.all([daemon.next(1), asked]);

    expect(segment).toEqual({
      name: "createRecord",
      id,
      trace_id: traceId,
      parent_id: "53995c3f42cd8ad8",
      type: "subsegment",
      start_time: expect.any(Number),
      end_time: expect.any(Number),
      annotations: { operation: "createRecord", status: 201, request_id: "seen-by-the-client" },
      subsegments: [
        {
          name: "DynamoDB",
          id,
          start_time: expect.any(Number),
          end_time: expect.any(Number),
          namespace: "aws",
          aws: expect.objectContaining({
            operation: "PutItem",
            table_name: records.database.table,
            resource_names: [records.database.table],
            retries: 0,
          }),
          http: { response: { status: 200 } },
        },
        expect.objectContaining({
          name: "S3",
          aws: expect.objectContaining({ operation: "PutObject", bucket_name: "log-bucket-test" }),
        }),
      ],
    });
    for (const call of segment.subsegments) {
      expect(call.start_time).toBeGreaterThanOrEqual(segment.start_time);
      expect(call.end_time).toBeGreaterThanOrEqual(call.start_time);
      expect(segment.end_time).toBeGreaterThanOrEqual(call.end_time);
    }
  });

  it("has retries and throttles, of a call that went well in the end", async () => {
    records.database.server.fault = first("GetItem", { code: "ThrottlingException", status: 400 });
    const [[segment], { status }] = await Promise.all([daemon.next(1), getRecord.ask({ params: { recordId } })]);

    expect(status).toBe(200);
    expect(segment.subsegments).toMatchObject([{ aws: { operation: "GetItem", retries: 1 } }]);
  });

  it.each([
    ["throttled", { code: "ThrottlingException", status: 400 }, { error: true, throttle: true }, 503],
    ["refused", { code: "AccessDeniedException", status: 400 }, { error: true }, 500],
    ["broken", { code: "InternalServerError", status: 500 }, { fault: true }, 503],
    ["cut off", "disconnect", { fault: true }, 503],
  ] as const)("tells that a call was %s, by its kind and without its words", async (_, fault, marks, status) => {
    records.database.server.fault = () => (typeof fault === "object" ? { ...fault, message: "PRIVATE" } : fault);
    const [[segment]] = await Promise.all([daemon.next(1), getRecord.ask({ params: { recordId } })]);

    expect(segment).toMatchObject({ fault: true, annotations: { status } });
    const [call] = segment.subsegments;
    expect(call).toMatchObject({ ...marks, cause: { exceptions: [{ id, type: expect.any(String), remote: true }] } });
    expect(
      Object.keys(call)
        .filter((key) => ["error", "fault", "throttle"].includes(key))
        .sort(),
    ).toEqual(Object.keys(marks).sort());
    expect(JSON.stringify(segment)).not.toContain("PRIVATE");
  });

  it("tells which call was still waited for when the time was over", async () => {
    records.database.server.fault = () => "hang";
    const [[segment]] = await Promise.all([daemon.next(1), getRecord.ask({ params: { recordId } }, 600)]);

    expect(segment).toMatchObject({ fault: true, annotations: { status: 503 } });
    expect(segment.subsegments).toMatchObject([{ name: "DynamoDB", aws: { operation: "GetItem" }, fault: true }]);
  });

  it("holds no key and no value", async () => {
    const marked = { source: "MARK", kind: "MARK", values: [4711.5], labels: { MARK: "MARK" } };
    const headers = { "Idempotency-Key": "MARK-KEY" };
    const [[made], { body: record }] = await Promise.all([daemon.next(1), createRecord.ask({ body: marked, headers })]);
    const [[read]] = await Promise.all([daemon.next(1), getRecord.ask({ params: { recordId: record.recordId } })]);

    const text = JSON.stringify([made, read]);
    expect(text).not.toMatch(/MARK|4711/);
    expect(text).not.toContain(record.recordId);
  });
});

describe("a trace that is not sampled", () => {
  it.each(["", ";Sampled=0", ";Sampled=?"])("is not sent (%s)", async (sampled) => {
    const fn = records.deploy("listRecords", tracing(sampled));
    const sampledOne = records.deploy("listRecords", tracing());
    const query = { source: "meter" };
    const before = daemon.datagrams.length;
    await fn.ask({ query });
    const [[segment]] = await Promise.all([daemon.next(1), sampledOne.ask({ query })]);

    expect(calls(segment)).toContain("DynamoDB Query");
    expect(daemon.datagrams.length).toBe(before + 1);
  });
});

describe("a daemon", () => {
  it.each(["", "nonsense", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:99999", "256.0.0.1:2000", "[::1]:2000"])(
    "at %j that is missing or broken harms no request",
    async (AWS_XRAY_DAEMON_ADDRESS) => {
      const fn = records.deploy("createRecord", { ...tracing(), AWS_XRAY_DAEMON_ADDRESS });
      const answers = [await fn.ask({ body }), await fn.ask({ body }), await fn.ask({ body })];

      expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(answers.flatMap(({ output }) => output).join()).not.toMatch(/EADDR|ECONN|ENOTFOUND|dgram/);
    },
  );
});

describe("other services", () => {
  let users: UserManagement;
  let processor: DataProcessor;
  beforeAll(async () => {
    [users, processor] = await Promise.all([startUserManagement(), startDataProcessor()]);
  });
  afterAll(() => Promise.all([users.stop(), processor.stop()]));

  it("are told by their names: Parameter Store and SNS", async () => {
    processor.parameters.server.fault = () => ({ code: "AccessDeniedException", status: 400 });
    const fn = processor.deploy("processData", tracing());
    const [[segment]] = await Promise.all([daemon.next(1), fn.ask({ body: { data: [1] } })]);

    expect(calls(segment)).toEqual(expect.arrayContaining(["SSM GetParameter", "SNS Publish"]));
    expect(JSON.stringify(segment)).toContain(processor.failures.arn);
  });

  it("are all told of, however many calls there are, in documents that a datagram holds", async () => {
    const people = Array.from({ length: 130 }, (_, at) => ({ userId: `u${at}`, email: "a@example.com", name: "A" }));
    const fn = users.deploy("importUsers", tracing());
    const [documents] = await Promise.all([daemon.named("importUsers"), fn.ask({ body: { users: people } })]);
    const whole = documents.find(({ name }) => name === "importUsers");
    const single = documents.filter(({ parent_id }) => parent_id === whole.id);
    const invoked = [...whole.subsegments, ...single].filter(({ aws }) => aws.operation === "Invoke");

    expect([whole.subsegments.length, invoked.length]).toEqual([100, 130]);
    for (const call of single) expect(call).toMatchObject({ trace_id: traceId, type: "subsegment" });
    expect(new Set(invoked.map((call) => call.id)).size).toBe(130);
    for (const datagram of daemon.datagrams) expect(Buffer.byteLength(datagram)).toBeLessThan(64 * 1024);
    expect(JSON.stringify(documents)).not.toContain("a@example.com");
  });
});
