import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { type DataProcessor, secrets, startDataProcessor } from "../../support/data-processor";

let processor: DataProcessor;
beforeAll(async () => {
  processor = await startDataProcessor();
});
afterEach(() => processor.heal());
afterAll(() => processor.stop());

const process = (...data: unknown[]) => processor.processData.ask({ body: { data } });
/** As the client's own text, since JavaScript would write some of it in another way. */
const processText = (items: string) => processor.processData.ask({ rawBody: `{"data":[${items}]}` });
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

it("says hello without a key, and who it is", async () => {
  const { status, body, requestId } = await processor.getHello.ask({ apiKeyId: "" }, 10_000);

  expect(status).toBe(200);
  expect(body).toEqual({
    message: "Hello from the data processor",
    environment: "test",
    functionName: "test",
    remainingTimeMs: expect.any(Number),
    hasApiKey: true,
    requestId,
  });
  expect(body.remainingTimeMs).toBeGreaterThan(0);
  expect(body.remainingTimeMs).toBeLessThanOrEqual(10_000);
});

it.each([
  ["blank", " "],
  ["not there", undefined],
])("says hello when the API key is %s, and that it is missing, asking for it once", async (_, value) => {
  if (value === undefined) processor.parameters.values.delete(secrets.apiKey.name);
  else processor.parameters.values.set(secrets.apiKey.name, value);
  const fresh = processor.deploy("getHello");
  processor.parameters.server.calls.length = 0;
  const answers = [await fresh.ask(), await fresh.ask()];
  processor.parameters.values.set(secrets.apiKey.name, secrets.apiKey.value);

  expect(answers.map(({ status, body }) => [status, body.hasApiKey])).toEqual([
    [200, false],
    [200, false],
  ]);
  expect(processor.parameters.server.calls).toEqual(["GetParameter"]);
});

it("says of an empty batch how it is set up, and processes nothing", async () => {
  const { status, body } = await process();

  expect(status).toBe(200);
  expect(body).toEqual({
    message: "Processed 0 of 0 items",
    environment: "test",
    batchSize: 100,
    hasDatabaseConfig: true,
    functionInfo: { name: "test", version: "$LATEST", memoryMb: 256, remainingTimeMs: expect.any(Number) },
    itemsReceived: 0,
    itemsProcessed: 0,
    processed: [],
  });
});

it.each([
  ["blank", "\n"],
  ["not there", undefined],
])("says of an empty batch that the connection string is missing when it is %s", async (_, value) => {
  const { name, value: real } = secrets.connection;
  if (value === undefined) processor.parameters.values.delete(name);
  else processor.parameters.values.set(name, value);
  const { status, body } = await processor.deploy("processData").ask({ body: { data: [] } });
  processor.parameters.values.set(name, real);

  expect([status, body.hasDatabaseConfig]).toEqual([200, false]);
});

it.each([
  ["null", "null", "null", 4],
  ["true", "boolean", "true", 4],
  ["-0", "number", "0", 1],
  ["1.50e2", "number", "150", 3],
  ['"\\u00e9"', "string", '"é"', 4],
  ['"\\ud800"', "string", '"\\ud800"', 8],
  ["[ ]", "array", "[]", 2],
  ['{"b":1,"a":[{"d":null,"c":2}]}', "object", '{"a":[{"c":2,"d":null}],"b":1}', 30],
  ['{"10":1,"9":2,"constructor":3}', "object", '{"10":1,"9":2,"constructor":3}', 30],
])("fingerprints %s by its canonical text", async (item, type, canonical, bytes) => {
  const { status, body } = await processText(item);

  expect(status).toBe(200);
  expect(body).toEqual({
    message: "Processed 1 of 1 items",
    environment: "test",
    batchSize: 100,
    hasDatabaseConfig: true,
    functionInfo: { name: "test", version: "$LATEST", memoryMb: 256, remainingTimeMs: expect.any(Number) },
    itemsReceived: 1,
    itemsProcessed: 1,
    processed: [
      {
        id: createHmac("sha256", secrets.apiKey.value).update(canonical).digest("hex").slice(0, 32),
        // JSON has a negative zero, its printers have not.
        original: JSON.parse(JSON.stringify(JSON.parse(item))),
        processed: { type, bytes, sha256: sha256(canonical) },
      },
    ],
  });
});

it("gives equal items equal ids however they were written, and others other ids", async () => {
  const { body } = await processText('{"a":1,"b":2}, { "b" : 2.0, "a" : 1e0 }, {"a":1,"b":"2"}, [1], "[1]"');
  const [one, same, ...others] = body.processed.map(({ id }: { id: string }) => id);

  expect(same).toBe(one);
  expect(new Set([one, ...others]).size).toBe(4);
});

it("processes any JSON and gives it back as it came", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 20 }), async (data) => {
      const sent = JSON.parse(JSON.stringify(data).replaceAll("__proto__", "proto"));
      const { status, body } = await process(...sent);

      expect(status).toBe(200);
      expect(body.processed.map(({ original }: { original: unknown }) => original)).toEqual(sent);
    }),
    { numRuns: 50 },
  );
});

it.each([
  [1, 1],
  [100, 100],
  [101, 100],
  [10_000, 100],
])("of %i items processes %i, the first, and says so", async (received, processed) => {
  const { body } = await process(...Array.from({ length: received }, (_, index) => index));

  expect(body).toMatchObject({ itemsReceived: received, itemsProcessed: processed });
  expect(body.processed.map(({ original }: { original: number }) => original)).toEqual([...Array(processed).keys()]);
});

it("processes as many as it is deployed for", async () => {
  const small = processor.deploy("processData", { BATCH_SIZE: "2" });

  expect((await small.ask({ body: { data: [1, 2, 3] } })).body).toMatchObject({ itemsReceived: 3, itemsProcessed: 2 });
});

it("does not start with a batch size that is none", async () => {
  const wrong = processor.deploy("processData", { BATCH_SIZE: "0" });

  await expect(wrong.ask({ body: { data: [1] } })).rejects.toThrow("BATCH_SIZE must be a positive whole number");
});

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

it.each([
  ["too many items", `{"data":[${Array(10_001).fill("1").join()}]}`, "body.data", "must hold at most 10000 items"],
  ["no list", '{"data":{}}', "body.data", "must be an array"],
  ["nothing", "{}", "body.data", "is required"],
  ["an unknown field", '{"data":[1],"more":1}', "body.more", "is not a known field"],
  ["a number beyond a double", '{"data":[1,{"a":[1e999]}]}', "body.data.1", /double/],
  [
    "a name that would change a prototype",
    '{"data":[{"__proto__":1}]}',
    "body.data.0.__proto__",
    "is not an allowed name",
  ],
  ["a list 101 levels deep", nested(101), "body", "must be nested at most 100 levels deep"],
  ["a million brackets", `{"data":["\\u0041",${"[".repeat(1_000_000)}`, "body", /100 levels/],
  ["more than a MiB", `{"data":["${"x".repeat(1024 * 1024)}"]}`, "body", /at most 1048576 characters/],
  ["something that is no JSON", '{"data":[01]}', "body", "must be well-formed JSON"],
])("refuses %s, and says where", async (_, rawBody, path, message) => {
  const { status, body } = await processor.processData.ask({ rawBody });

  expect(status).toBe(400);
  expect(body.error.details).toContainEqual({ path, message: expect.stringMatching(message) });
});

it.each([
  ["deep", `{"data":[${nested(98)}]}`],
  ["with brackets in texts", `{"data":["${"[".repeat(500)}\\"${"{".repeat(500)}"]}`],
])("takes what is %s", async (_, rawBody) => {
  expect((await processor.processData.ask({ rawBody })).status).toBe(200);
});

it.each([
  ["of quotation marks", `"${'\\"'.repeat(500_000)}"`],
  ["of characters of three bytes", `"${"€".repeat(1_000_000)}"`],
  ["of empty texts", Array(349_000).fill('""').join().replace(/^/, "[").concat("]")],
])("answers a batch as large as it takes, %s, within what Lambda returns", async (_, item) => {
  const { status, headers, body } = await processText(item);

  expect(status).toBe(200);
  const envelope = JSON.stringify({ statusCode: status, headers, body: JSON.stringify(body) });
  expect(Buffer.byteLength(envelope)).toBeLessThan(6_291_556);
});

it("counts what it received and processed", async () => {
  const { output } = await process(...Array(150).fill(1));

  expect(output.map((line) => JSON.parse(line)).find(({ _aws }) => _aws)).toMatchObject({
    service: "data-processor",
    ItemsReceived: 150,
    ItemsProcessed: 100,
  });
});
