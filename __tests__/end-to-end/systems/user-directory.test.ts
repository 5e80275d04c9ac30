import { randomUUID } from "node:crypto";
import { type LocalSystem, startLocally } from "../../local/support/local-system";
import { expectEachGrantNeeded } from "../../local/support/proven-grants";

let directory: LocalSystem;
beforeAll(async () => {
  directory = await startLocally("user-directory");
});
afterAll(() => directory.stop());

const email = () => `${randomUUID()}@example.com`;
const enter = (body: object) => directory.ask("POST", "/users", { body });

/** Everything that clients do, and how each is answered. */
async function everything(): Promise<number[]> {
  const [address, userId] = [email(), randomUUID()];
  const answers = [
    await enter({ userId, email: address, name: "Ada" }),
    await enter({ userId, email: address, name: "Eve" }),
    await enter({ email: address, name: "Bob" }),
    await directory.ask("GET", `/users/${userId}`),
    await directory.ask("GET", `/users/${randomUUID()}`),
    await directory.ask("GET", `/users?email=${address}&limit=1`),
  ];
  const cursor = answers.at(-1)?.body?.nextCursor;
  answers.push(await directory.ask("GET", `/users?email=${address}&limit=1&cursor=${cursor}`));
  const etag = answers[3]?.headers.get("etag") ?? "none";
  const change = { body: { email: address, name: "Ada Lovelace" }, headers: { "if-match": etag } };
  answers.push(
    await directory.ask("PUT", `/users/${userId}`, change),
    await directory.ask("PUT", `/users/${userId}`, change),
    await directory.ask("PUT", `/users/${userId}`, { body: change.body }),
    await directory.ask("DELETE", `/users/${userId}`, { headers: { "if-match": etag } }),
    await directory.ask("DELETE", `/users/${userId}`),
    await directory.ask("DELETE", `/users/${userId}`),
    await enter({ userId, email: address, name: "Ada" }),
  );
  return answers.map(({ status }) => status);
}

it("answers every operation, from what was synthesized", async () => {
  expect(await everything()).toEqual([201, 409, 201, 200, 404, 200, 200, 200, 412, 428, 412, 204, 404, 201]);
});

it("finds who shares an address, page by page", async () => {
  const address = email();
  const made = await Promise.all(["One", "Two", "Three"].map((name) => enter({ email: address, name })));

  const first = await directory.ask("GET", `/users?email=${address.toUpperCase()}&limit=2`);
  const second = await directory.ask("GET", `/users?email=${address}&limit=2&cursor=${first.body.nextCursor}`);

  const found = [...first.body.items, ...second.body.items];
  expect(second.body).not.toHaveProperty("nextCursor");
  expect(found).toHaveLength(3);
  expect(found).toEqual(expect.arrayContaining(made.map(({ body }) => body)));
});

it("says where a new user is, and answers there", async () => {
  const { headers, body } = await enter({ userId: `A~b_c.d-${randomUUID()}`, email: email(), name: "山田 🦉" });
  const location = headers.get("location") ?? "";

  expect(new URL(directory.url).pathname).toBe("/dev");
  expect(location).toBe(`/dev/users/${body.userId}`);
  expect((await directory.ask("GET", location.replace("/dev", ""))).body).toEqual(body);
});

it.each([
  ["no key", "GET", "/users/ada", { headers: { "x-api-key": "" } }, 403],
  ["a wrong key", "GET", "/users/ada", { headers: { "x-api-key": "x".repeat(40) } }, 403],
  [
    "no key to make somebody",
    "POST",
    "/users",
    { body: { email: "a@b.de", name: "A" }, headers: { "x-api-key": "" } },
    403,
  ],
  ["an unknown path", "GET", "/people", {}, 403],
  ["a method that there is not", "PATCH", "/users/ada", {}, 403],
  ["no address", "GET", "/users", {}, 400],
  ["an address that is none", "GET", "/users?email=ada", {}, 400],
  ["an address whose plus became a space", "GET", "/users?email=a+b@example.com", {}, 400],
  ["a forged cursor", "GET", "/users?email=a@example.com&cursor=abc.def", {}, 400],
  ["an id that nobody may have", "GET", "/users/-x", {}, 400],
  ["a user without a name", "POST", "/users", { body: { email: "a@example.com" } }, 400],
  ["an unknown field", "POST", "/users", { body: { email: "a@example.com", name: "A", role: "admin" } }, 400],
  ["an id with a slash", "POST", "/users", { body: { userId: "a/b", email: "a@example.com", name: "A" } }, 400],
  ["no body", "POST", "/users", {}, 400],
] as const)("refuses %s", async (_, method, path, options, status) => {
  const answer = await directory.ask(method, path, options);

  expect(answer.status).toBe(status);
  expect(answer.body.error).toEqual({
    code: expect.any(String),
    message: expect.any(String),
    requestId: answer.headers.get("x-amzn-requestid"),
    ...(answer.body.error.details ? { details: expect.any(Array) } : {}),
  });
});

it("uses every right that its roles grant, and needs each", () => expectEachGrantNeeded(directory, everything));
