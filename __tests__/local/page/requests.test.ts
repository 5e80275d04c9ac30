// Stands on: records
import { eventually } from "../../support/eventually";
import { type LocalPage, startPage } from "../support/local-page";

let page: LocalPage;

beforeAll(async () => {
  page = await startPage("records");
});
afterAll(() => page.stop());

const sample = { source: "sensor-1", kind: "temperature", values: [20.5, 21] };
const create = async (body: unknown = sample, headers = {}) => page.system.ask("POST", "/records", { body, headers });
const newest = async (query = "") => (await page.get(`/api/requests?limit=1${query}`)).body.requests[0];
const detailOf = async (id: string) => (await page.get(`/api/requests/${id}`)).body;

/** The detail of the newest request once its calls are known, which come a moment later. */
async function newestWithCalls() {
  const { id } = await newest();
  return eventually(async () => {
    const detail = await detailOf(id);
    const found = detail.trace.spans.some(({ kind }: { kind: string }) => kind === "call");
    return found ? detail : undefined;
  });
}

test("a request is listed, with who answered, and shown with all that it led to", async () => {
  const { status } = await create();
  expect(status).toBe(201);
  const row = await newest();
  expect(row).toMatchObject({
    method: "POST",
    path: "/dev/records",
    status: 201,
    by: "function",
    operationId: "createRecord",
  });
  const { request, answer, trace } = await newestWithCalls();
  expect(JSON.parse(request.body.text)).toEqual(sample);
  expect(JSON.parse(answer.body.text)).toMatchObject({ source: "sensor-1", version: 1 });
  const kinds = trace.spans.map(({ kind }: { kind: string }) => kind);
  expect(kinds.slice(0, 3)).toEqual(["request", "init", "function"]);
  const call = trace.spans.find(({ name }: { name: string }) => name === "dynamodb PutItem");
  expect(call).toMatchObject({
    depth: 2,
    failed: false,
    detail: "table/records-dev-records · 2 write units",
    call: {
      attempt: 1,
      status: 200,
      consumed: "1 write unit of records-dev-records's index bySource, 1 write unit of records-dev-records",
      allowedBy: [expect.stringMatching(/^dynamodb:PutItem on arn:aws:dynamodb:.*:table\/records-dev-records$/)],
    },
  });
  expect(trace.logs.map(({ message }: { message: string }) => message)).toContain("request");
  expect(trace.why).toBeUndefined();
});

test("no secret leaves it unless it is asked for, and replaying sends it all the same", async () => {
  await create();
  const { id } = await newest();
  const text = JSON.stringify([await detailOf(id), (await page.get("/api/requests")).body]);
  expect(text).not.toContain(page.system.apiKey);
  const { body } = await page.post(`/api/requests/${id}/reveal`);
  expect(JSON.stringify(body)).toContain(page.system.apiKey);
  const again = await page.post(`/api/requests/${id}/replay`);
  expect(again.body).toMatchObject({ status: 201 });
  expect((await newest()).id).toBe(again.body.id);
});

test("an edited request is sent with what was masked", async () => {
  await create();
  const { id, origin, path, request } = await detailOf((await newest()).id);
  const body = JSON.stringify({ ...sample, source: "edited" });
  const headers = request.headers;
  const sent = await page.post("/api/send", { url: `${origin}${path}`, method: "POST", headers, body, of: id });
  expect([sent.body.status, JSON.parse(sent.body.body).source]).toEqual([201, "edited"]);
  const masked = await page.post("/api/send", { url: `${origin}${path}`, method: "POST", headers, body });
  expect(masked).toMatchObject({ status: 400, body: { message: expect.stringContaining("x-api-key is masked") } });
});

test("lists are narrowed by status, route, system, answerer and text", async () => {
  await create();
  await create({ ...sample, values: ["x"] });
  await page.system.ask("GET", "/nowhere?find=needle");
  const of = async (query: string) => (await page.get(`/api/requests?${query}`)).body.requests;
  expect((await of("status=201")).every(({ status }: { status: number }) => status === 201)).toBe(true);
  expect((await of("status=4xx")).map(({ by }: { by: string }) => by)).toEqual(["router", "validator"]);
  expect(await of("text=NEEDLE")).toHaveLength(1);
  expect(await of("by=validator&status=400")).toHaveLength(1);
  expect((await of("route=POST /records")).length).toBe((await of("route=createRecord")).length);
  expect(await of("system=constructor")).toEqual([]);
});

test("the stream has what is new, narrowed as the list is, and nothing that was before", async () => {
  const { count } = (await page.get("/api/requests?limit=1")).body;
  const stop = new AbortController();
  const stream = await fetch(`${page.url}/api/events?only=requests&status=4xx&requestsAfter=${count}`, {
    signal: stop.signal,
  });
  const text = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  await create();
  await create({ ...sample, values: ["x"] });
  let reported = "";
  while (!reported.includes("event: requests")) reported += (await text.read()).value;
  stop.abort();
  const [, data = ""] = /event: requests\ndata: (.*)/.exec(reported) ?? [];
  expect(JSON.parse(data).requests).toEqual([expect.objectContaining({ status: 400, by: "validator" })]);
});

describe("why a request was refused is one sentence, with what helps", () => {
  const why = async () => (await detailOf((await newest()).id)).trace.why;

  test("by the validator: place and rule", async () => {
    await create({ ...sample, values: [20.5, "21"], extra: 1 });
    const { sentence } = await why();
    expect(sentence).toContain('body: object instance has properties which are not allowed by the schema: ["extra"]');
    expect(sentence).toContain("body.values.1: instance type (string) does not match any allowed primitive type");
  });

  test("without a key, and with a wrong one", async () => {
    await page.system.ask("GET", "/records", { headers: { "x-api-key": "wrong" } });
    expect((await why()).sentence).toBe("The x-api-key that was sent is no enabled key of this stage's usage plans.");
    await fetch(`${page.system.url}/records`);
    expect((await why()).sentence).toBe("/records takes an API key, and no x-api-key header was sent.");
  });

  test("no such path, and no such method", async () => {
    await page.system.ask("GET", "/recrds");
    expect(await why()).toEqual({
      sentence: "The API has no path /recrds.",
      fix: { kind: "do", text: "The nearest is /records." },
    });
    await page.system.ask("PATCH", "/records");
    expect(await why()).toMatchObject({
      sentence: "/records has no method PATCH.",
      fix: { text: expect.stringMatching(/^It takes .*POST/) },
    });
    await fetch(new URL("/nowhere", page.system.url));
    expect(await why()).toMatchObject({ fix: { text: "The stages are dev." } });
  });
});
