import { isObject } from "../../../lib/json";
import { type Answer, type Asked, type Client, textAt } from "../client";

/** Whether nobody of an import is waited for any more. */
function isOver({ body }: Answer): boolean {
  const users = isObject(body) ? body["users"] : undefined;
  return Array.isArray(users) && users.every((user) => textAt(user, "outcome") !== "pending");
}

async function imports(client: Client): Promise<void> {
  const users = [1, 2, 3].map((number) => {
    const userId = `acceptance-${client.run}-${number}`;
    client.cleanUp({ method: "DELETE", path: `/users/${userId}` });
    return { userId, email: "ada@example.com", name: "Ada" };
  });
  const post = { method: "POST", path: "/users/import" } as const;
  const taken = await client.step("importUsers takes an import on", 202, { ...post, body: { users } });
  await client.step("importUsers refuses an import of nobody", 400, { ...post, body: { users: [] } });
  await client.step("importUsers refuses the same user twice", 400, { ...post, body: { users: [users[0], users[0]] } });
  const path = `/users/import/${textAt(taken.body, "importId")}`;
  await client.stepUntil("getImport returns the outcome of each", 200, { method: "GET", path }, isOver);
  const unknown = "/users/import/019c1444-2c3b-7d00-9d3c-0f2b8b6c1a55";
  await client.step("getImport does not know the id", 404, { method: "GET", path: unknown });
  await client.step("getImport refuses what is no id", 400, { method: "GET", path: "/users/import/none" });
}

/**
 * Each operation's successes and refusals. An import that fails is not among them: it would wait for somebody, and
 * alarm.
 */
async function scenario(client: Client): Promise<void> {
  const userId = `acceptance-${client.run}`;
  const path = `/users/${userId}`;
  const body = { userId, email: "ada@example.com", name: "Ada" };
  const post = { method: "POST", path: "/users" } as const;
  const made = await client.step("createUser makes a user", 201, { ...post, body });
  client.cleanUp({ method: "DELETE", path });
  const read = { "if-match": made.headers.get("etag") ?? "" };
  await client.step("createUser refuses an id that is taken", 409, { ...post, body });
  await client.step("createUser names every problem", 400, { ...post, body: { email: "ada", name: 7, 'a"b': 1 } });
  await client.step("createUser refuses half a body", 400, { ...post, body: '{"email": ' });
  await client.step("createUser refuses who has no key", 403, { ...post, body, key: "" });
  await client.step("getUser reads a user", 200, { method: "GET", path });
  await client.step("getUser knows nobody by the id", 404, { method: "GET", path: `/users/nobody-${client.run}` });
  await client.step("getUser refuses what is no id", 400, { method: "GET", path: "/users/-x" });
  const change = { method: "PUT", path, body: { email: "ada@example.com", name: "Ada Lovelace" } } as const;
  await client.step("replaceUser wants to know what was read", 428, change);
  await client.step("replaceUser replaces", 200, { ...change, headers: read });
  await client.step("replaceUser refuses what is stale", 412, { ...change, headers: read });
  await client.step("replaceUser names every problem", 400, { ...change, body: {}, headers: read });
  const nobody = { ...change, path: `/users/nobody-${client.run}`, headers: read };
  await client.step("replaceUser knows nobody by the id", 404, nobody);
  await imports(client);
  await client.step("deleteUser deletes", 204, { method: "DELETE", path });
  await client.step("deleteUser finds nobody any more", 404, { method: "DELETE", path });
}

/** The stage prod refuses requests that bypass the distribution. */
async function onlyByDistribution(client: Client): Promise<void> {
  const path = `/users/acceptance-${client.run}`;
  await client.step("refuses who comes directly", 403, { method: "GET", path });
  const headers = { "x-origin-secret": "guess" };
  await client.step("refuses who comes directly with a guess", 403, { method: "GET", path, headers });
}

export const asked: Asked = {
  scenario,
  path: "/users",
  // The stage that answers nobody but its distribution.
  byEntrance: { prod: onlyByDistribution },
};
