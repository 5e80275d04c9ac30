import type { Answer } from "../../support/function";
import { type RecordsSystem, startRecords } from "../../support/records";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterAll(() => records.stop());

const valid = { source: "meter", kind: "temperature", values: [1] };
const details = ({ body }: Answer) => body.error.details;

describe("a body that can't be read", () => {
  it.each([
    ["nothing", "", "is required"],
    ["white space", " \n", "is required"],
    ["malformed JSON", '{"source": "meter",', "must be well-formed JSON"],
    ["a number that JSON does not know", '{"values":[NaN]}', "must be well-formed JSON"],
    ["more than a megabyte", `"${"x".repeat(1024 * 1024)}"`, "must be at most 1048576 characters"],
  ])("because it is %s is refused as one problem", async (_, rawBody, message) => {
    const answer = await records.createRecord.ask({ rawBody });

    expect(answer.status).toBe(400);
    expect(details(answer)).toEqual([{ path: "body", message }]);
  });

  it("because its bytes are no UTF-8 is refused", async () => {
    const rawBody = Buffer.from([0x22, 0xff, 0xfe, 0x22]).toString("base64");

    expect(details(await records.createRecord.ask({ rawBody, base64: true }))).toEqual([
      { path: "body", message: "must be text in UTF-8" },
    ]);
  });

  it.each(["null", "[]", "3", '"text"', "true"])("because it is %s and no object is refused", async (rawBody) => {
    expect(details(await records.createRecord.ask({ rawBody }))).toEqual([
      { path: "body", message: "must be an object" },
    ]);
  });
});

describe("a name that would change a prototype", () => {
  it.each([
    ["in the body", '{"__proto__":{"x":1},"source":"s","kind":"k","values":[1]}', "body.__proto__"],
    ["among labels", '{"labels":{"__proto__":"x"},"source":"s","kind":"k","values":[1]}', "body.labels.__proto__"],
    ["in disguise", '{"labels":{"\\u005f_proto__":"x"},"source":"s","kind":"k","values":[1]}', "body.labels.__proto__"],
  ])("is refused %s", async (_, rawBody, path) => {
    const answer = await records.createRecord.ask({ rawBody });

    expect(answer.status).toBe(400);
    expect(details(answer)).toEqual([{ path, message: "is not an allowed name" }]);
  });
});

describe("the list of problems", () => {
  it("has those of every part of a request", async () => {
    const answer = await records.replaceRecord.ask({
      params: { recordId: "not-a-uuid" },
      headers: { "IF-MATCH": "3" },
      query: { color: "red" },
      body: { values: [1, "2"], surprise: true },
    });

    expect(answer.status).toBe(400);
    expect(details(answer)).toEqual([
      { path: "params.recordId", message: "must be a UUID of version 7" },
      { path: "query.color", message: "is not a known field" },
      { path: "headers.if-match", message: 'must be one quoted ETag, like "3"' },
      { path: "body.values.1", message: "must be a finite number" },
      { path: "body.surprise", message: "is not a known field" },
    ]);
  });

  it("ends after a hundred, and says so", async () => {
    const values = Array.from({ length: 1000 }, () => "x");
    const unknown = Object.fromEntries(values.map((_, index) => [`field${index}`, 1]));

    const problems = details(await records.createRecord.ask({ body: { ...valid, values, ...unknown } }));

    expect(problems).toHaveLength(100);
    expect(problems[98].path).toBe("body.values.98");
    expect(problems[99]).toEqual({ path: "", message: "there are more problems, not listed here" });
  });

  it("has a piece of a field's name that has no end", async () => {
    const answer = await records.createRecord.ask({ body: { ...valid, ["n".repeat(100_000)]: 1 } });

    expect(details(answer)[0].path.length).toBeLessThan(250);
  });

  it("survives a body of nothing but wrong values, as large as any may be", async () => {
    const rawBody = `{"source":"s","kind":"k","values":[${"[],".repeat(340_000)}1]}`;

    expect((await records.createRecord.ask({ rawBody })).status).toBe(400);
  });
});

describe("a header", () => {
  it.each([["Idempotency-Key"], ["idempotency-key"], ["IDEMPOTENCY-KEY"]])("counts spelled %s", async (name) => {
    const answer = await records.createRecord.ask({ headers: { [name]: "not allowed!" }, body: valid });

    expect(details(answer)).toMatchObject([{ path: "headers.idempotency-key" }]);
  });

  it.each([
    ["sent twice", { "Idempotency-Key": ["a", "b"] }],
    ["sent in two spellings", { "Idempotency-Key": "a", "idempotency-key": "b" }],
  ])("that is %s is refused, since either could be meant", async (_, headers) => {
    const answer = await records.createRecord.ask({ headers, body: valid });

    expect(details(answer)).toEqual([{ path: "headers.idempotency-key", message: "must be given once" }]);
  });

  it("that the route does not declare is none of its business", async () => {
    expect((await records.createRecord.ask({ headers: { "If-Match": "whatever" }, body: valid })).status).toBe(201);
  });
});

describe("a path", () => {
  it.each([
    ["%", "params.recordId"],
    ["%ff", "params.recordId"],
    ["01937e4c-0000-4000-8000-000000000000", "params.recordId"],
  ])("with the id %s is refused", async (recordId, path) => {
    const answer = await records.getRecord.ask({ params: { recordId } });

    expect(answer.status).toBe(400);
    expect(details(answer)[0].path).toBe(path);
  });
});

describe("every refusal", () => {
  it("has the request's id, is not stored and can be read by the browsers of the allowed origin", async () => {
    const { headers, body } = await records.createRecord.ask({ rawBody: "{", requestId: "request-7" });

    expect(body.error).toMatchObject({ code: "VALIDATION_FAILED", requestId: "request-7" });
    expect(headers).toMatchObject({
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      "Access-Control-Allow-Origin": "https://app.example.com",
    });
  });
});

describe("the allowed origins", () => {
  const ask = async (corsOrigins: string, origin?: string) => {
    const fn = records.deploy("createRecord", { CORS_ORIGINS: corsOrigins });
    const { headers } = await fn.ask({ body: valid, headers: origin === undefined ? {} : { origin } });
    await fn.stop();
    return { allowed: headers["Access-Control-Allow-Origin"], vary: headers["Vary"], headers };
  };

  it("are answered as they are when there is one, whoever asks", async () => {
    const { allowed, vary, headers } = await ask("https://a.example");

    expect([allowed, vary]).toEqual(["https://a.example", undefined]);
    expect(headers["Access-Control-Expose-Headers"]).toBe("ETag,Location,Retry-After,x-amzn-RequestId");
  });

  it.each([
    ["echoed to one of several", "https://b.example", "https://b.example"],
    ["not allowed to another", "https://evil.example", undefined],
    ["not allowed to a part of one", "https://b.exampl", undefined],
    ["not allowed to nobody", undefined, undefined],
  ])("are %s, and caches learn why", async (_, origin, expected) => {
    const { allowed, vary } = await ask("https://a.example, https://b.example", origin);

    expect([allowed, vary]).toEqual([expected, "Origin"]);
  });

  it("are absent when there are none", async () => {
    expect((await ask("")).headers).not.toHaveProperty("Access-Control-Allow-Origin");
  });
});
