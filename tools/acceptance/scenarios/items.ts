import { isObject } from "../../../lib/json";
import { type Asked, type Client, textAt } from "../client";

const asset = "What an item carries.";

/** The headers that an upload was signed with. */
function headersAt(body: unknown): Record<string, string> {
  const upload = isObject(body) && isObject(body["asset"]) ? body["asset"]["upload"] : undefined;
  const headers = isObject(upload) && isObject(upload["headers"]) ? upload["headers"] : {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

async function carries(client: Client): Promise<void> {
  const described = { contentType: "text/plain", bytes: asset.length };
  const body = { name: `acceptance ${client.run} with a file`, asset: described };
  const made = await client.step("createItem signs an upload", 201, { method: "POST", path: "/api/items", body });
  const path = `/api/items/${textAt(made.body, "id")}`;
  client.cleanUp({ method: "DELETE", path });
  const signedUrl = textAt(made.body, "asset", "upload", "url");
  const put = { method: "PUT", path: "", signedUrl, headers: headersAt(made.body), body: asset } as const;
  await client.step("S3 takes what was announced", 200, put);
  await client.step("S3 takes it once", 412, put);
  await client.step("S3 refuses what was not announced", 403, {
    ...put,
    headers: { ...put.headers, "content-type": "text/html" },
  });
  const item = await client.step("getItem signs a download", 200, { method: "GET", path });
  const download = textAt(item.body, "asset", "download", "url");
  await client.step("S3 gives it back", 200, { method: "GET", path: "", signedUrl: download });
  await client.step("deleteItem deletes both", 204, { method: "DELETE", path });
}

/** Each operation's successes and refusals. */
async function scenario(client: Client): Promise<void> {
  const post = { method: "POST", path: "/api/items" } as const;
  const body = { name: `acceptance ${client.run}`, description: "An item", data: { deep: [1, { down: null }] } };
  const made = await client.step("createItem makes an item", 201, { ...post, body });
  const path = `/api/items/${textAt(made.body, "id")}`;
  client.cleanUp({ method: "DELETE", path });
  await client.step("createItem names every problem", 400, { ...post, body: { name: 7, 'a"b': 1 } });
  await client.step("createItem refuses half a body", 400, { ...post, body: '{"name": ' });
  await client.step("createItem refuses who has no key", 403, { ...post, body, key: "" });
  const list = (query: string) => ({ method: "GET", path: `/api/items?${query}` }) as const;
  const next = await client.step("createItem makes another", 201, { ...post, body });
  client.cleanUp({ method: "DELETE", path: `/api/items/${textAt(next.body, "id")}` });
  // Of others' items, which may be there with members of their own, none is as new.
  await client.step("listItems lists the newest first", 200, list("limit=1"));
  await client.step("listItems refuses a page of none", 400, list("limit=0"));
  await client.step("listItems refuses a cursor of its client's own", 400, list("cursor=none"));
  await client.step("listItems refuses what it does not know", 400, list("colour=red"));
  await client.step("getItem reads an item", 200, { method: "GET", path });
  const unknown = "/api/items/019c1444-2c3b-7d00-9d3c-0f2b8b6c1a55";
  await client.step("getItem does not know the id", 404, { method: "GET", path: unknown });
  await client.step("getItem refuses what is no id", 400, { method: "GET", path: "/api/items/none" });
  await carries(client);
  await client.step("deleteItem deletes", 204, { method: "DELETE", path });
  await client.step("deleteItem finds nothing any more", 404, { method: "DELETE", path });
}

export const asked: Asked = {
  scenario,
  path: "/api/items",
};
