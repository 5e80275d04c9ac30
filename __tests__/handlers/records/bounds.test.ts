import { type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterAll(() => records.stop());

const valid = { source: "meter", kind: "temperature", values: [1] };

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const labels = (count: number) => Object.fromEntries(numbers(count).map((index) => [`label-${index}`, "x"]));

const accepted: readonly [what: string, change: object][] = [
  ["a source of 1 character", { source: "a" }],
  ["a source of 128 characters", { source: "a".repeat(128) }],
  ["a source of every kind of character", { source: "Az09._:/-" }],
  ["a kind of 1 character", { kind: "k" }],
  ["a kind of 64 characters", { kind: "k".repeat(64) }],
  ["1 value", { values: [0] }],
  ["1000 values", { values: numbers(1000) }],
  ["no labels", { labels: {} }],
  ["16 labels", { labels: labels(16) }],
  ["a label name of 1 character", { labels: { a: "x" } }],
  ["a label name of 64 characters", { labels: { ["a".repeat(64)]: "x" } }],
  ["a label of 1 character", { labels: { a: "x" } }],
  ["a label of 256 characters", { labels: { a: "x".repeat(256) } }],
  ["a label beyond the basic plane", { labels: { a: "🌡️ ≥ 3 °C" } }],
  ["a label named like a method of objects", { labels: { constructor: "x", toString: "y" } }],
];

const count = "must hold 1–1000 numbers";
const magnitude = "must be 0 or a number whose magnitude is 1e-100–1e+100";
const sourceRule = "must be 1–128 letters, digits or any of . _ : / -";
const kindRule = "must be 1–64 letters, digits or any of . _ : / -";
const labelName = "must be a letter, then letters, digits or . _ - (64)";
const badName = `has a name that is not allowed: ${labelName}`;

const refused: readonly [what: string, change: object, path: string, message: string][] = [
  ["no source", { source: undefined }, "source", "is required"],
  ["an empty source", { source: "" }, "source", sourceRule],
  ["a source of 129 characters", { source: "a".repeat(129) }, "source", sourceRule],
  ["a source with a space", { source: "a b" }, "source", sourceRule],
  ["a source that is a number", { source: 7 }, "source", "must be a string"],
  ["a source that is null", { source: null }, "source", "must be a string"],
  ["an empty kind", { kind: "" }, "kind", kindRule],
  ["a kind of 65 characters", { kind: "k".repeat(65) }, "kind", kindRule],
  ["no values", { values: undefined }, "values", "is required"],
  ["0 values", { values: [] }, "values", count],
  ["1001 values", { values: numbers(1001) }, "values", count],
  ["values that are an object", { values: { 0: 1 } }, "values", "must be an array"],
  ["a value that is the text NaN", { values: [1, "NaN"] }, "values.1", "must be a finite number"],
  ["a value that is a numeric text", { values: ["1"] }, "values.0", "must be a finite number"],
  ["a value that is null", { values: [null] }, "values.0", "must be a finite number"],
  ["17 labels", { labels: labels(17) }, "labels", "must hold at most 16 labels"],
  ["labels that are null", { labels: null }, "labels", "must be a record"],
  ["a label without a name", { labels: { "": "x" } }, "labels.", badName],
  ["a label name of 65 characters", { labels: { ["a".repeat(65)]: "x" } }, `labels.${"a".repeat(65)}`, badName],
  ["a label name that begins with a digit", { labels: { "1a": "x" } }, "labels.1a", badName],
  ["an empty label", { labels: { a: "" } }, "labels.a", "must be 1–256 characters"],
  ["a label of 257 characters", { labels: { a: "x".repeat(257) } }, "labels.a", "must be 1–256 characters"],
  ["a label with a control character", { labels: { a: "x\u0007" } }, "labels.a", "must not contain control characters"],
  ["a label with half a character", { labels: { a: "x\ud800" } }, "labels.a", "must be well-formed Unicode"],
  ["a label that is a number", { labels: { a: 1 } }, "labels.a", "must be a string"],
  ["a field that nobody knows", { sauce: 1 }, "sauce", "is not a known field"],
  ["a field of the answer", { version: 3 }, "version", "is not a known field"],
];

const values: readonly [json: string, kept: number][] = [
  ["0", 0],
  ["-0", 0],
  ["1e100", 1e100],
  ["-1e100", -1e100],
  ["1e-100", 1e-100],
  ["-1e-100", -1e-100],
  ["0.1", 0.1],
  ["9007199254740993", 9007199254740992],
  ["1.7976931348623157e99", 1.7976931348623157e99],
  ["123456789012345680000", 123456789012345680000],
  ["5.000000000000001", 5.000000000000001],
];

describe("a new record", () => {
  it.each(accepted)("may have %s, which reads back the same", async (_, change) => {
    const body = { ...valid, ...change };

    const created = await records.createRecord.ask({ body });
    const read = await records.getRecord.ask({ params: { recordId: created.body.recordId } });

    expect(created).toMatchObject({ status: 201, body });
    expect(read.body).toEqual(created.body);
  });

  it.each(refused)("may not have %s", async (_, change, path, message) => {
    const { status, body } = await records.createRecord.ask({ body: { ...valid, ...change } });

    expect(status).toBe(400);
    expect(body.error.details).toEqual([{ path: `body.${path}`, message }]);
  });

  it.each(values)("keeps the value %s exactly as JavaScript reads it", async (json, kept) => {
    const { body } = await records.createRecord.ask({ rawBody: `{"source":"s","kind":"k","values":[${json}]}` });
    const read = await records.getRecord.ask({ params: { recordId: body.recordId } });

    expect(read.body.values).toEqual([kept]);
    expect(read.body.summary).toEqual({ count: 1, min: kept, max: kept, mean: kept, stddev: 0 });
  });

  it.each([
    ["1e999", "must be a finite number"],
    ["-1e999", "must be a finite number"],
    ["1.0000000000000001e100", null],
    ["1.1e100", magnitude],
    ["1e-200", magnitude],
    ["-9e-101", magnitude],
  ])("may hold a value of %s only within the bounds", async (json, message) => {
    const { status, body } = await records.createRecord.ask({
      rawBody: `{"source":"s","kind":"k","values":[2,${json}]}`,
    });

    expect(status).toBe(message === null ? 201 : 400);
    expect(body.error?.details ?? null).toEqual(message === null ? null : [{ path: "body.values.1", message }]);
  });
});

describe("a list's query", () => {
  const source = "meter";
  it.each([
    ["no source", {}, "source", "is required"],
    ["an empty source", { source: "" }, "source", sourceRule],
    ["a limit of 0", { source, limit: "0" }, "limit", "must be an integer 1–100"],
    ["a limit of 101", { source, limit: "101" }, "limit", "must be an integer 1–100"],
    ["a limit of 1.5", { source, limit: "1.5" }, "limit", "must be an integer 1–100"],
    ["a limit of nothing", { source, limit: "" }, "limit", "must be an integer 1–100"],
    ["a limit that is hexadecimal", { source, limit: "0x10" }, "limit", "must be an integer 1–100"],
    ["a parameter that nobody knows", { source, offset: "3" }, "offset", "is not a known field"],
    ["a source twice", { source: ["a", "b"] }, "source", "must be given once"],
  ])("may not have %s", async (_, query, path, message) => {
    const { status, body } = await records.listRecords.ask({ query });

    expect(status).toBe(400);
    expect(body.error.details).toEqual([{ path: `query.${path}`, message }]);
  });

  it.each(["1", "100", "007"])("may have a limit of %s", async (limit) => {
    expect((await records.listRecords.ask({ query: { source, limit } })).status).toBe(200);
  });
});
