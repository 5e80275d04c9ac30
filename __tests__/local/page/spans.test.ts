// Stands on: records
import { traceOf } from "../../../local/page/trace";
import { waterfall } from "../../../local/page/waterfall";
import { eventually } from "../../support/eventually";
import { type LocalPage, startPage } from "../support/local-page";

let page: LocalPage;

beforeAll(async () => {
  page = await startPage("records");
});
afterAll(() => page.stop());

const REQUESTS = 300;

/** Requests of all kinds, some of which are refused by the gateway or after it. */
async function mixed(): Promise<void> {
  const { ask } = page.system;
  const ids: string[] = [];
  const kinds = [
    async (at: number) => {
      const { body } = await ask("POST", "/records", { body: { source: `s-${at % 7}`, kind: "k", values: [at] } });
      ids.push(body.recordId);
    },
    (at: number) => ask("GET", `/records?source=s-${at % 7}&limit=${1 + (at % 3)}`),
    (at: number) => ask("GET", `/records/${ids[at % ids.length]}`),
    (at: number) =>
      ask("PUT", `/records/${ids.at(-1)}`, { body: { values: [at] }, headers: { "if-match": `"${1 + (at % 2)}"` } }),
    () => ask("POST", "/records", { body: { values: ["x"] } }),
    () => ask("GET", "/nowhere"),
    () => ask("DELETE", `/records/${ids.pop()}`, { headers: { "if-match": '"1"' } }),
  ];
  for (let at = 0; at < REQUESTS / 3; at += 1) {
    await Promise.all([0, 1, 2].map((more) => kinds[at === 0 ? 0 : (at * 3 + more * 5) % kinds.length]!(at)));
  }
}

/** Calls that a function itself recorded for X-Ray: the names of their operations. */
function recordedBy(id: string): string[] {
  return traceOf(page.recorder, id)
    .segments.flatMap((segment) => (segment["subsegments"] ?? []) as { aws?: { operation?: string } }[])
    .flatMap(({ aws }) => aws?.operation ?? [])
    .sort();
}

test("every call of AWS that a function recorded is a span of its request, and no span is invented", async () => {
  await mixed();
  const traces = page.recorder.requests.after(0).map(({ traceId }) => traceId!);
  expect(traces).toHaveLength(REQUESTS);
  let calls = 0;
  for (const id of traces) {
    const recorded = recordedBy(id);
    const spans = await eventually(() => {
      const drawn = waterfall(traceOf(page.recorder, id)).filter(({ kind }) => kind === "call");
      // Under its function: once both the call and the invocation are known.
      return drawn.length >= recorded.length && drawn.every(({ depth }) => depth === 2) ? drawn : undefined;
    });
    expect(spans.map(({ name }) => name.split(" ")[1]).sort()).toEqual(recorded);
    // Within its request's time.
    expect(spans.filter(({ start }) => start < 0)).toEqual([]);
    calls += spans.length;
  }
  expect(calls).toBeGreaterThan(REQUESTS / 3);
});

test("whatever comes, memory is bounded, and what is shown of it is short", async () => {
  const long = "x".repeat(5_000_000);
  const { recorder } = page;
  for (let at = 0; at < 20; at += 1) recorder.record({ event: "log", function: `f${at}`, line: `${at} ${long}` });
  for (let at = 0; at < 10_000; at += 1) recorder.record({ event: "log", function: "many", line: `line ${at}` });
  expect(recorder.logs.length).toBeLessThanOrEqual(5000);
  recorder.record({ event: "log", function: "last", line: JSON.stringify({ message: long, level: "INFO" }) });
  const { lines } = (await page.get("/api/logs?limit=1")).body;
  expect(lines[0].message.length).toBeLessThan(10_000);
  const body = { source: "s", kind: "k", values: [1], labels: { text: "y".repeat(2_000_000) } };
  await page.system.ask("POST", "/records", { body });
  const [row] = (await page.get("/api/requests?limit=1")).body.requests;
  const { request } = (await page.get(`/api/requests/${row.id}`)).body;
  expect(request.body).toMatchObject({ cut: true, size: expect.any(Number) });
  expect(request.body.text.length).toBeLessThan(70_000);
});
