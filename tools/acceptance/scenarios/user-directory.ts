import { type Asked, type Client, textAt } from "../client";

/** Each operation's successes and refusals. */
async function scenario(client: Client): Promise<void> {
  const email = `acceptance-${client.run}@example.com`;
  const userId = `acceptance-${client.run}`;
  const path = `/users/${userId}`;
  const body = { userId, email, name: "Ada" };
  const post = { method: "POST", path: "/users" } as const;
  const made = await client.step("createUser enters a user", 201, { ...post, body });
  client.cleanUp({ method: "DELETE", path });
  const etag = made.headers.get("etag") ?? "";
  await client.step("createUser refuses an id that is taken", 409, { ...post, body });
  await client.step("createUser names every problem", 400, { ...post, body: { email: "ada", name: 7, 'a"b': 1 } });
  await client.step("createUser refuses half a body", 400, { ...post, body: '{"email": ' });
  await client.step("createUser refuses who has no key", 403, { ...post, body, key: "" });
  const list = (query: string) => ({ method: "GET", path: `/users?${query}` }) as const;
  const found = list(`email=${encodeURIComponent(email)}`);
  await client.stepUntil(
    "listUsers finds users by their address",
    200,
    found,
    (answer) => textAt(answer.body, "items", 0, "userId") !== "",
  );
  await client.step("listUsers finds nobody", 200, list(`email=nobody-${client.run}@example.com`));
  await client.step("listUsers refuses what is no address", 400, list("email=ada"));
  await client.step("listUsers refuses a forged cursor", 400, list(`email=a@example.com&cursor=${"A".repeat(80)}`));
  await client.step("getUser reads a user", 200, { method: "GET", path });
  await client.step("getUser knows nobody by the id", 404, { method: "GET", path: `/users/nobody-${client.run}` });
  await client.step("getUser refuses what is no id", 400, { method: "GET", path: "/users/-x" });
  const change = { method: "PUT", path, body: { email, name: "Ada Lovelace" } } as const;
  const read = { "if-match": etag };
  await client.step("replaceUser wants to know what was read", 428, change);
  await client.step("replaceUser replaces", 200, { ...change, headers: read });
  await client.step("replaceUser refuses what is stale", 412, { ...change, headers: read });
  await client.step("replaceUser names every problem", 400, { ...change, body: {}, headers: read });
  const nobody = { ...change, path: `/users/nobody-${client.run}`, headers: read };
  await client.step("replaceUser knows nobody by the id", 404, nobody);
  await client.step("deleteUser refuses what is stale", 412, { method: "DELETE", path, headers: read });
  await client.step("deleteUser deletes", 204, { method: "DELETE", path });
  await client.step("deleteUser finds nobody any more", 404, { method: "DELETE", path });
}

export const asked: Asked = {
  scenario,
  path: "/users",
};
