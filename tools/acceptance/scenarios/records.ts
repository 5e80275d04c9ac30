import { type Asked, type Client, textAt } from "../client";

const kind = "temperature";
const unknownId = "019c1444-2c3b-7d00-9d3c-0f2b8b6c1a55";

async function creates(client: Client, source: string): Promise<{ path: string; etag: string }> {
  const body = { source, kind, values: [20.5, 21, 21.5], labels: { room: "attic" } };
  const headers = { "idempotency-key": client.run };
  const path = "/records";
  const made = await client.step("createRecord keeps a batch", 201, { method: "POST", path, body, headers });
  const record = `/records/${textAt(made.body, "recordId")}`;
  client.cleanUp({ method: "DELETE", path: record });
  const post = { method: "POST", path } as const;
  await client.step("createRecord finds it by its key", 200, { ...post, body, headers });
  const other = { ...body, values: [1] };
  await client.step("createRecord refuses the key for another body", 422, { ...post, body: other, headers });
  const wrong = { source, kind, values: [20.5, "21"], extra: 1 };
  await client.step("createRecord names every problem", 400, { ...post, body: wrong });
  const quoted = { source, kind, values: [1], 'a"b\\c': 1 };
  await client.step("createRecord refuses a name with quotes in JSON", 400, { ...post, body: quoted });
  await client.step("createRecord refuses half a body", 400, { ...post, body: '{"source": ' });
  await client.step("createRecord refuses no body", 400, post);
  await client.step("createRecord refuses who has no key", 403, { ...post, body, key: "" });
  await client.step("createRecord refuses a wrong key", 403, { ...post, body, key: "0123456789abcdefghij" });
  return { path: record, etag: made.headers.get("etag") ?? "" };
}

async function lists(client: Client, source: string): Promise<void> {
  const second = { source, kind, values: [1] };
  const made = await client.step("createRecord keeps another", 201, { method: "POST", path: "/records", body: second });
  client.cleanUp({ method: "DELETE", path: `/records/${textAt(made.body, "recordId")}` });
  const first = { method: "GET", path: `/records?source=${source}&limit=1` } as const;
  const page = await client.stepUntil(
    "listRecords has a page",
    200,
    first,
    ({ body }) => textAt(body, "nextCursor") !== "",
  );
  const cursor = encodeURIComponent(textAt(page.body, "nextCursor"));
  const list = (query: string) => ({ method: "GET", path: `/records?${query}` }) as const;
  await client.step("listRecords has the next page", 200, list(`source=${source}&limit=1&cursor=${cursor}`));
  await client.step("listRecords refuses a forged cursor", 400, list(`source=${source}&cursor=${"A".repeat(80)}`));
  await client.step("listRecords refuses a page of none", 400, list(`source=${source}&limit=0`));
  await client.step("listRecords refuses no source", 400, list("limit=1"));
  await client.step("listRecords refuses what it does not know", 400, list(`source=${source}&colour=red`));
  await client.step("listRecords refuses who has no key", 403, { ...list(`source=${source}`), key: "" });
}

async function reads(client: Client, path: string): Promise<void> {
  const get = (suffix = "") => ({ method: "GET", path: `${path}${suffix}` }) as const;
  await client.step("getRecord reads it", 200, get());
  await client.step("getRecord reads it again, from the cache", 200, get());
  await client.step("getRecord reads a version", 200, get("?version=1&write=acceptance"));
  await client.step("getRecord takes a blank version for none", 200, get("?version="));
  await client.step("getRecord takes the last of a version that comes twice", 404, get("?version=1&version=2"));
  await client.step("getRecord refuses a version that there can't be", 400, get("?version=0"));
  await client.step("getRecord does not know the version", 404, get("?version=7&write=acceptance"));
  await client.step("getRecord does not know the id", 404, { method: "GET", path: `/records/${unknownId}` });
  await client.step("getRecord refuses what is no id", 400, { method: "GET", path: "/records/none" });
  await client.step("getRecord refuses who has no key", 403, { ...get(), key: "" });
}

async function replaces(client: Client, path: string, etag: string): Promise<void> {
  const body = { values: [2, 4] };
  const put = { method: "PUT", path, body } as const;
  await client.step("replaceRecord wants to know what was read", 428, put);
  const done = await client.step("replaceRecord replaces", 200, { ...put, headers: { "if-match": etag } });
  await client.step("replaceRecord refuses what is stale", 412, { ...put, headers: { "if-match": etag } });
  const [, query = ""] = (done.headers.get("location") ?? "").split("?");
  await client.step("getRecord reads at once what was written", 200, { method: "GET", path: `${path}?${query}` });
  const headers = { "if-match": etag };
  await client.step("replaceRecord refuses no values", 400, { ...put, body: { values: [] }, headers });
  await client.step("replaceRecord does not know the id", 404, { ...put, path: `/records/${unknownId}`, headers });
}

async function deletes(client: Client, path: string): Promise<void> {
  await client.step("deleteRecord refuses what is no id", 400, { method: "DELETE", path: "/records/none" });
  await client.step("deleteRecord refuses who has no key", 403, { method: "DELETE", path, key: "" });
  await client.step("deleteRecord deletes", 204, { method: "DELETE", path });
  await client.step("deleteRecord finds nothing any more", 404, { method: "DELETE", path });
}

/** Each operation's successes and refusals. */
async function scenario(client: Client): Promise<void> {
  const source = `acceptance-${client.run}`;
  const { path, etag } = await creates(client, source);
  await lists(client, source);
  await reads(client, path);
  await replaces(client, path, etag);
  await deletes(client, path);
}

export const asked: Asked = {
  scenario,
  path: "/records",
};
