import type { Asked, Client } from "../client";

/** Each operation's successes and refusals. */
async function scenario(client: Client): Promise<void> {
  await client.step("getHello answers who has no key", 200, { method: "GET", path: "/hello", key: "" });
  const post = { method: "POST", path: "/data" } as const;
  await client.step("processData processes items", 200, { ...post, body: { data: [1, "two", { three: [3] }, null] } });
  await client.step("processData processes none", 200, { ...post, body: { data: [] } });
  const many = Array.from({ length: 150 }, (_, index) => index);
  await client.step("processData processes no more than a batch", 200, { ...post, body: { data: many } });
  await client.step("processData names every problem", 400, { ...post, body: { data: 1, 'a"b': 1 } });
  await client.step("processData refuses half a body", 400, { ...post, body: '{"data": ' });
  await client.step("processData refuses who has no key", 403, { ...post, body: { data: [] }, key: "" });
}

export const asked: Asked = {
  scenario,
  path: "/data",
};
