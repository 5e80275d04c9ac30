import { type DataProcessor, secrets, startDataProcessor } from "../../support/data-processor";

const payload = "a-payload-that-nobody-else-sees";
const body = { data: [payload] };

let processor: DataProcessor;
beforeEach(async () => {
  processor = await startDataProcessor();
});
afterEach(() => processor.stop());

const published = () => processor.failures.messages.map(({ message }) => JSON.parse(message));

const deny = { code: "AccessDeniedException", status: 400 } as const;

it.each([
  ["throttled", { code: "ThrottlingException", status: 400 }, 503, "UNAVAILABLE"],
  ["closed to it", deny, 500, "INTERNAL_ERROR"],
  ["broken", { code: "InternalServerError", status: 500 }, 503, "UNAVAILABLE"],
  ["out of reach", "disconnect", 503, "UNAVAILABLE"],
] as const)("notifies the topic when Parameter Store is %s: function, code, request, nothing else", async (...row) => {
  const [, fault, status, code] = row;
  processor.parameters.server.fault = () => fault;

  const answer = await processor.processData.ask({ body, requestId: "request-1" });

  expect(answer).toMatchObject({ status, body: { error: { code, requestId: "request-1" } } });
  expect(published()).toEqual([{ function: "test", code, requestId: "request-1" }]);
  expect(processor.failures.messages[0]?.subject).toBe("data-processor test: a request failed");
});

it("notifies the topic when the time is over", async () => {
  processor.parameters.server.fault = () => "hang";

  const answer = await processor.processData.ask({ body }, 4000);

  expect(answer.status).toBe(503);
  expect(published()).toEqual([{ function: "test", code: "UNAVAILABLE", requestId: answer.requestId }]);
});

it("does not notify it of clients' errors, or of success", async () => {
  const answers = [await processor.processData.ask({ body: {} }), await processor.processData.ask({ body })];

  expect(answers.map(({ status }) => status)).toEqual([400, 200]);
  expect(processor.failures.server.calls).toEqual([]);
});

it.each([
  ["refuses", deny],
  ["breaks the connection", "disconnect"],
  ["hangs", "hang"],
] as const)("answers the failure all the same when the topic %s, in time, and counts it", async (_, fault) => {
  processor.parameters.server.fault = () => deny;
  processor.failures.server.fault = () => fault;

  const { status, output, body: answer } = await processor.processData.ask({ body });

  expect([status, answer.error.code]).toEqual([500, "INTERNAL_ERROR"]);
  const lines = output.map((line) => JSON.parse(line));
  expect(lines.filter(({ _aws }) => _aws)).toEqual([
    expect.objectContaining({ Faults: 1, function: "test" }),
    expect.objectContaining({ FailureNotPublished: 1 }),
  ]);
  expect(lines.map(({ message }) => message)).toContain("failure not published");
});

it("publishes each request that an outage fails", async () => {
  processor.parameters.server.fault = () => deny;
  const answers = [];
  for (let request = 0; request < 4; request += 1) answers.push(await processor.processData.ask({ body }));

  expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
  expect(published().map(({ requestId }) => requestId)).toEqual(answers.map(({ requestId }) => requestId));
});

it("publishes the next failure when the topic did not take the last", async () => {
  processor.parameters.server.fault = () => deny;
  processor.failures.server.fault = () => deny;
  await processor.processData.ask({ body });
  processor.failures.server.fault = () => undefined;

  const { requestId } = await processor.processData.ask({ body });

  expect(published()).toEqual([{ function: "test", code: "INTERNAL_ERROR", requestId }]);
});

it.each([
  ["the API key is blank", secrets.apiKey.name, " "],
  ["the connection string is blank", secrets.connection.name, "\n"],
  ["the connection string is gone", secrets.connection.name, undefined],
])("fails when %s", async (_, name, value) => {
  if (value === undefined) processor.parameters.values.delete(name);
  else processor.parameters.values.set(name, value);

  const { status, requestId } = await processor.processData.ask({ body });

  expect(status).toBe(500);
  expect(published()).toEqual([{ function: "test", code: "INTERNAL_ERROR", requestId }]);
});

it("reads its secrets once for many requests", async () => {
  for (let request = 0; request < 3; request += 1) await processor.processData.ask({ body });

  expect(processor.parameters.server.calls).toEqual(["GetParameter", "GetParameter"]);
});

it("shows secrets and payloads to nobody: no log, no notification, no error", async () => {
  const good = await processor.processData.ask({ body });
  processor.parameters.server.fault = () => ({ ...deny, message: payload });
  const fresh = processor.deploy("processData");
  const bad = await fresh.ask({ body });

  const seen = [...good.output, ...bad.output, JSON.stringify(bad.body), JSON.stringify(processor.failures.messages)];
  expect([good.status, bad.status]).toEqual([200, 500]);
  for (const secret of [secrets.apiKey.value, "a-password", "the-key-itself"]) {
    expect([...seen, JSON.stringify(good.body)].join()).not.toContain(secret);
  }
  expect([...good.output, JSON.stringify(bad.body), ...processor.failures.messages.map(String)].join()).not.toContain(
    payload,
  );
});
