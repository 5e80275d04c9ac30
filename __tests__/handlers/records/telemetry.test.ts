import { cursorSecret, type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterEach(() => records.heal());
afterAll(() => records.stop());

const body = { source: "meter", kind: "temperature", values: [1, 2, 3] };

/** The embedded metrics in an output: name → value. */
function metricsIn(output: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const line of output.map((text) => JSON.parse(text)).filter(({ _aws }) => _aws)) {
    const [{ Namespace, Dimensions, Metrics }, ...others] = line._aws.CloudWatchMetrics;
    expect(others).toEqual([]);
    expect(Namespace).toBe("Terrace");
    expect(Dimensions).toEqual([["service", "environment"]]);
    expect([line.service, line.environment]).toEqual(["records", "test"]);
    expect(Math.abs(Date.now() - line._aws.Timestamp)).toBeLessThan(60_000);
    for (const { Name, Unit } of Metrics) {
      expect(Unit).toBe("Count");
      found[Name] = line[Name];
    }
  }
  return found;
}

const logsIn = (output: readonly string[]) => output.map((text) => JSON.parse(text)).filter(({ _aws }) => !_aws);

describe("what a change leaves", () => {
  it("is an activity entry in the log and the same in the bucket: who, what, when, which version, which request", async () => {
    const asked = { requestId: "request-1", apiKeyId: "key-of-somebody" };

    const created = await records.createRecord.ask({ ...asked, body });

    const [line] = logsIn(created.output);
    const { when } = line.activity;
    const { recordId } = created.body;
    const entry = {
      who: "key-of-somebody",
      what: "createRecord",
      subject: recordId,
      version: 1,
      requestId: "request-1",
      when,
    };
    const day = when.slice(0, 10).replaceAll("-", "/");
    const key = `activity/records/${day}/${when.replaceAll(":", "")}-request-1.json`;
    expect(line.activity).toEqual(entry);
    expect(JSON.parse(records.logBucket.objects.get(key) ?? "")).toEqual(entry);
  });

  it("is one entry for each change and none for what changes nothing", async () => {
    const params = {
      recordId: (await records.createRecord.ask({ body, headers: { "Idempotency-Key": "k" } })).body.recordId,
    };
    const before = records.logBucket.objects.size;

    await records.createRecord.ask({ body, headers: { "Idempotency-Key": "k" } });
    await records.getRecord.ask({ params });
    await records.replaceRecord.ask({ params, headers: { "If-Match": '"7"' }, body: { values: [1] } });
    await records.replaceRecord.ask({ params, headers: { "If-Match": '"1"' }, body: { values: [1] } });
    await records.deleteRecord.ask({ params });
    await records.deleteRecord.ask({ params });

    const entries = [...records.logBucket.objects.values()].slice(before).map((text) => JSON.parse(text));
    expect(entries.map(({ what, version }) => [what, version])).toEqual([
      ["replaceRecord", 2],
      ["deleteRecord", 2],
    ]);
  });

  it("is counted by service and environment", async () => {
    const created = await records.createRecord.ask({ body });
    const params = { recordId: created.body.recordId };
    const replaced = await records.replaceRecord.ask({
      params,
      headers: { "If-Match": '"1"' },
      body: { values: [1, 2] },
    });
    const stale = await records.replaceRecord.ask({ params, headers: { "If-Match": '"1"' }, body: { values: [1] } });
    const read = await records.getRecord.ask({ params });
    const deleted = await records.deleteRecord.ask({ params });
    const again = await records.deleteRecord.ask({ params });

    expect(metricsIn(created.output)).toEqual({ RecordsCreated: 1, ValuesProcessed: 3 });
    expect(metricsIn(replaced.output)).toEqual({ RecordsUpdated: 1, ValuesProcessed: 2 });
    expect(metricsIn(stale.output)).toEqual({});
    expect(metricsIn(read.output)).toEqual({});
    expect(metricsIn(deleted.output)).toEqual({ RecordsDeleted: 1 });
    expect(metricsIn(again.output)).toEqual({});
  });

  it("is a log of JSON lines that name the request as its client sees it", async () => {
    const { output } = await records.createRecord.ask({ body, requestId: "seen-by-the-client" });
    const refused = await records.createRecord.ask({ rawBody: "{", requestId: "another" });

    const [line] = logsIn(output);
    expect(line).toMatchObject({ level: "INFO", service: "records", environment: "test" });
    expect(line.correlation_id).toBe("seen-by-the-client");
    expect(line.function_request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(logsIn(refused.output)).toMatchObject([
      { message: "request", status: 400, problems: 1, correlation_id: "another" },
    ]);
  });
});

describe("what nobody but the client may know", () => {
  const marker = "MARK7f3a";
  const headers = {
    "User-Agent": `agent-${marker}`,
    "Idempotency-Key": `key-${marker}`,
    Authorization: marker,
    "x-correlation-id": marker,
    "X-Amzn-Trace-Id": `Root=1-${marker}`,
  };
  const named = { [`Label${marker}`]: `value ${marker}` };
  const marked = { source: `source-${marker}`, kind: `kind-${marker}`, values: [1], labels: named };
  const failing = (code: string) => () => ({ code, status: 400, message: `wrong: ${marker}` });

  it("is in no line of any output: no payload, no header's value, no secret", async () => {
    const { createRecord, listRecords, getRecord, replaceRecord, deleteRecord } = records;
    const output: string[] = [];
    const ask = async (asking: ReturnType<typeof createRecord.ask>) => {
      const answer = await asking;
      output.push(...answer.output);
      return answer;
    };

    const { body: record } = await ask(createRecord.ask({ headers, body: marked }));
    const params = { recordId: record.recordId };
    await ask(createRecord.ask({ headers, body: { ...marked, values: [2] } }));
    await ask(createRecord.ask({ body: marked }));
    await ask(
      createRecord.ask({
        headers: { "Idempotency-Key": `!${marker}` },
        body: { [marker]: marker, labels: { [`!${marker}`]: 1 } },
      }),
    );
    await ask(createRecord.ask({ rawBody: `{"source": ${marker}` }));
    await ask(replaceRecord.ask({ params, headers: { ...headers, "If-Match": `"${marker}"` }, body: { values: [1] } }));
    const list = await ask(listRecords.ask({ headers, query: { source: marked.source, limit: "1" } }));
    await ask(listRecords.ask({ query: { source: marked.source, cursor: `${list.body.nextCursor}${marker}` } }));
    await ask(getRecord.ask({ headers, params: { recordId: marker } }));
    for (const code of ["ValidationException", "SerializationException", "SomethingNew"]) {
      records.database.server.fault = failing(code);
      expect((await ask(createRecord.ask({ body: marked }))).status).toBe(500);
    }
    records.database.server.fault = failing("ThrottlingException");
    await ask(getRecord.ask({ headers, params }, 800));
    records.heal();
    await records.database.put({
      ...(await records.database.item(record.recordId)),
      labels: { [`!${marker}`]: marker },
      [marker]: marker,
    });
    expect((await ask(getRecord.ask({ headers, params }))).status).toBe(500);
    await ask(deleteRecord.ask({ headers, params }));

    expect(output.length).toBeGreaterThan(12);
    for (const line of output) {
      expect(line).not.toContain(marker);
      expect(line).not.toContain("the-key-itself");
      expect(line).not.toContain(cursorSecret.value);
    }
    for (const entry of records.logBucket.objects.values()) expect(entry).not.toContain(marker);
  });
});
