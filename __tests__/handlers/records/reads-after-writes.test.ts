import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { recordsApi } from "../../../contracts/records";
import type { Got } from "../../local/apigateway/support/client";
import { apiKey } from "../../local/apigateway/support/records";
import { closeAll, type Served } from "../../local/apigateway/support/serve";
import { type RecordsSystem, startRecords } from "../../support/records";
import { type CachedRecords, serveCached } from "../../support/records-cached";

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterEach(closeAll);
afterAll(() => records.stop());

const { getRecord } = recordsApi.routes;
const headers = { "x-api-key": apiKey, "Content-Type": "application/json" };
const send = (served: Served, method: string, urlPath: string, more: { headers?: object; body?: object } = {}) =>
  served.ask({
    method,
    urlPath,
    headers: { ...headers, ...more.headers },
    ...(more.body ? { body: JSON.stringify(more.body) } : {}),
  });
function versionIn({ status, headers: all, body }: Got): number {
  if (status !== 200) throw new Error(`is answered ${status} ${JSON.stringify(all)} ${body}`);
  return JSON.parse(body).version;
}
const header = ({ headers: all }: Got, name: string): string => String(all[name]);

async function create(served: Served): Promise<{ path: string; address: string }> {
  const body = { source: `source-${randomUUID()}`, kind: "k", values: [1] };
  const address = header(await send(served, "POST", "/dev/records", { body }), "location");
  return { path: address.replace(/\?.*/, ""), address };
}
const replace = (served: Served, path: string, version: number) =>
  send(served, "PUT", path, { headers: { "If-Match": `"${version}"` }, body: { values: [version + 1] } });

/** A version that comes after all others. */
const GONE = Number.POSITIVE_INFINITY;

/** A client that reads and writes one record, by the address that each answer returns. */
class Client {
  /** The version that it has read or written last, at least. */
  known = 0;
  /** Responses that it should not have received. */
  readonly wrong: string[] = [];

  constructor(
    private readonly served: Served,
    private readonly path: string,
    private address: string,
  ) {}

  async read(): Promise<void> {
    const got = await send(this.served, "GET", this.address);
    const seen = got.status === 404 ? GONE : versionIn(got);
    if (seen < this.known) this.wrong.push(`${this.address}: saw ${seen} after ${this.known}`);
    this.learn(seen, got.status === 404 ? undefined : `${this.path}${header(got, "content-location")}`);
  }

  async replace(): Promise<void> {
    const got = await replace(this.served, this.path, this.known === GONE ? 1 : Math.max(1, this.known));
    if (got.status === 200) this.learn(versionIn(got), header(got, "location"));
    else if (got.status === 412) {
      const [, current = "", address = ""] = /is (\d+): read (\S+)/.exec(
        JSON.parse(got.body).error.details[0].message,
      )!;
      this.learn(Number(current), address);
    } else if (got.status !== 404) this.wrong.push(`PUT answered ${got.status}`);
  }

  async delete(): Promise<void> {
    const got = await send(this.served, "DELETE", this.path);
    if (got.status === 204) this.learn(GONE, header(got, "location"));
  }

  private learn(version: number, address: string | undefined): void {
    if (version < this.known) return;
    this.known = version;
    this.address = address ?? this.address;
  }
}

type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never;

type Act = "read" | "replace" | "delete" | "readPlain" | "readAhead" | "plant" | "wait";
const act = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Act>("read") },
  { weight: 4, arbitrary: fc.constant<Act>("replace") },
  { weight: 1, arbitrary: fc.constantFrom<Act>("delete", "readPlain", "readAhead", "plant", "wait") },
);
const runs = fc.record({
  clients: fc.array(fc.array(act, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
  scheduler: fc.scheduler(),
});

/** Requests of strangers that affect the cache, and that receive no version token. */
const strangers = {
  readPlain: (served: Served, path: string) => send(served, "GET", path),
  readAhead: (served: Served, path: string) => send(served, "GET", `${path}?version=${1 + (served.log.length % 4)}`),
  plant: (served: Served, path: string) =>
    send(served, "GET", `${path}?nobody=declared&version=`, { headers: { "Cache-Control": "max-age=0" } }),
};

/** Lets everybody act, in the order of the scheduler. */
async function actAll({ served, schedule }: CachedRecords, { clients, scheduler }: Generated<typeof runs>) {
  const { path, address } = await create(served);
  const wrong: string[] = [];
  let deleting = false;
  const life = async (acts: readonly Act[]) => {
    const client = new Client(served, path, address);
    for (const what of acts) {
      deleting ||= what === "delete";
      if (what === "wait") served.clock.now += 30_000;
      else if (what in strangers) await strangers[what as keyof typeof strangers](served, path);
      else await client[what as "read" | "replace" | "delete"]();
      if (client.known === GONE && !deleting) client.wrong.push("received a deletion that nobody asked for");
    }
    wrong.push(...client.wrong);
    return client;
  };
  schedule(scheduler);
  const done = Promise.all(clients.map(life));
  await scheduler.waitFor(done);
  schedule(undefined);
  return { wrong, clients: await done, deleting, path, address };
}

const property = (cached: CachedRecords) =>
  fc.asyncProperty(runs, async (run) => {
    const { wrong, clients } = await actAll(cached, run);
    // Whoever lost a race, or won it, goes on from the answer.
    for (const client of clients) await client.read();
    expect([...wrong, ...clients.flatMap((client) => client.wrong)]).toEqual([]);
  });

it("a client that uses what it was given never sees a version older than one it has seen or written", async () => {
  await fc.assert(property(await serveCached(records, getRecord)), { numRuns: 30 });
});

it("would see older ones if the version were not part of the cache key", async () => {
  const keyParameters = ["recordId"];
  const cached = await serveCached(records, { ...getRecord, cache: { ttlSeconds: 60, keyParameters } });
  const { failed, errorInstance } = await fc.check(property(cached), { numRuns: 60, endOnFailure: true });
  // An older version, or the answer to somebody who asked for one that is still to come.
  const seen = expect.stringMatching(/saw \d+ after|received a deletion that nobody asked for/);
  expect([failed, String(errorInstance)]).toEqual([true, seen]);
});

describe("behind the cache", () => {
  let served: Served;
  beforeEach(async () => {
    ({ served } = await serveCached(records, getRecord));
  });
  const status = async (urlPath: string, more?: object) => (await send(served, "GET", urlPath, more)).status;

  it("a plain read may be as old as the stage's answer, and says until when", async () => {
    const { path } = await create(served);
    const before = Date.now();
    const first = await send(served, "GET", path);
    await replace(served, path, 1);
    const kept = await send(served, "GET", path);

    expect([versionIn(kept), header(kept, "expires")]).toEqual([1, header(first, "expires")]);
    expect(header(kept, "cache-control")).toBe("private");
    const expires = Date.parse(header(kept, "expires"));
    expect(expires).toBeGreaterThan(before + 58_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 60_000);
    served.clock.now += 60_000;
    expect(versionIn(await send(served, "GET", path))).toBe(2);
  });

  it("who replaced a record reads what it wrote, and who was too late reads what it lost to", async () => {
    const { path, address } = await create(served);
    expect(versionIn(await send(served, "GET", address))).toBe(1);
    const won = await replace(served, path, 1);
    const lost = await replace(served, path, 1);

    expect([won.status, lost.status]).toEqual([200, 412]);
    expect(header(lost, "location")).toBe(header(won, "location"));
    expect(JSON.parse(lost.body).error.details).toEqual([
      { path: "headers.if-match", message: `the current version is 2: read ${header(won, "location")}` },
    ]);
    expect(versionIn(await send(served, "GET", header(lost, "location")))).toBe(2);
  });

  it("who deleted a record sees at once that it is gone", async () => {
    const { path, address } = await create(served);
    await send(served, "GET", path);
    await send(served, "GET", address);
    const deleted = await send(served, "DELETE", path);

    expect(await status(header(deleted, "location"))).toBe(404);
    expect(await status(path)).toBe(200);
  });

  it("a plain read says where to go on from, also out of the cache", async () => {
    const { path } = await create(served);
    await send(served, "GET", path);
    const kept = await send(served, "GET", path);
    const next = new URL(header(kept, "content-location"), `http://localhost${path}`);

    expect(next.pathname).toBe(path);
    expect(versionIn(await send(served, "GET", `${next.pathname}${next.search}`))).toBe(1);
  });

  it("nobody can ask for a version before it is there, and so spoil it for whoever writes it", async () => {
    const { path } = await create(served);
    expect(await status(`${path}?version=2`)).toBe(404);
    const address = header(await replace(served, path, 1), "location");

    expect(versionIn(await send(served, "GET", address))).toBe(2);
    expect(served.log.at(-1)?.cache).toBe("miss");
    // Who makes up an address may make up the rest of it, too.
    expect(versionIn(await send(served, "GET", `${path}?version=2&write=my-own`))).toBe(2);
  });

  it.each(["0", "-1", "1.5", "1e1", "x", "__proto__", "1000000000000000", "%31%00"])(
    "version=%s is refused, to whoever asks for it alone",
    async (version) => {
      const { path, address } = await create(served);
      const { status: refused, body } = await send(served, "GET", `${path}?version=${version}`);

      expect([refused, JSON.parse(body).error.details[0].path]).toEqual([400, "query.version"]);
      expect([await status(path), await status(address)]).toEqual([200, 200]);
    },
  );

  it.each(["nobody=declared", "version=", "write=", "version=9&version=", "constructor=1", "__proto__[a]=1", "&&"])(
    "%s spoils a plain read for nobody",
    async (query) => {
      const { path } = await create(served);
      const planted = await send(served, "GET", `${path}?${query}`, { headers: { "Cache-Control": "max-age=0" } });

      expect([planted.status, await status(path)]).toEqual([200, 200]);
    },
  );

  it("what comes twice counts as it does for the cache", async () => {
    const { path } = await create(served);
    const got = await send(served, "GET", `${path}?version=7&version=1`);
    expect([got.status, versionIn(got)]).toEqual([200, 1]);
  });
});
