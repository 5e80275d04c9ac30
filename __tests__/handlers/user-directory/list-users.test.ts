import { startUserDirectory, type UserDirectory } from "../../support/user-directory";

let directory: UserDirectory;
beforeAll(async () => {
  directory = await startUserDirectory();
});
afterEach(() => directory.heal());
afterAll(() => directory.stop());

const enter = (email: string, name = "Ada") => directory.createUser.ask({ body: { email, name } });
const find = (query: Record<string, string | string[]>) => directory.listUsers.ask({ query });

/** Puts so many users with an address into the table. */
async function fill(email: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `${email.split("@")[0]}-${index}`);
  const createdAt = "2026-01-01T00:00:00.000Z";
  await Promise.all(ids.map((userId) => directory.database.put({ userId, email, name: "x", createdAt })));
  return ids;
}

async function walk(email: string, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const { status, body } = await find({ email, limit: String(limit), ...(cursor ? { cursor } : {}) });
    expect(status).toBe(200);
    pages.push(body.items.map(({ userId }: { userId: string }) => userId));
    cursor = body.nextCursor;
  }
  return pages;
}

it("finds the users with an address, and nobody else", async () => {
  const [first, second] = [await enter("both@example.com", "One"), await enter("both@example.com", "Two")];
  await enter("other@example.com");

  const { status, body } = await find({ email: "both@example.com" });

  expect(status).toBe(200);
  expect(body).not.toHaveProperty("nextCursor");
  expect(body.items).toHaveLength(2);
  expect(body.items).toEqual(expect.arrayContaining([first.body, second.body]));
});

it("finds nobody by an address that nobody has", async () => {
  expect(await find({ email: "nobody@example.com" })).toMatchObject({ status: 200, body: { items: [] } });
});

it("minds neither case, as mail servers don't, nor what else an address may hold", async () => {
  const { body } = await enter("O'Neil+List.{x}@Mail-1.Example.COM");

  expect(body.email).toBe("o'neil+list.{x}@mail-1.example.com");
  expect((await find({ email: "o'neil+LIST.{x}@mail-1.example.com" })).body.items).toEqual([body]);
});

it.each([1, 3, 7, 100])("is walked by pages of %i with every user once", async (limit) => {
  const email = `walk-${limit}@example.com`;
  const ids = await fill(email, 7);

  const pages = await walk(email, limit);

  expect(pages.flat().sort()).toEqual(ids.sort());
  expect(pages.every((page) => page.length <= limit)).toBe(true);
});

it("holds 25 users unless asked for another number", async () => {
  await fill("many@example.com", 30);

  expect((await find({ email: "many@example.com" })).body.items).toHaveLength(25);
});

it.each<[what: string, query: Record<string, string | string[]>, path: string, message: string]>([
  ["no address", {}, "email", "is required"],
  ["an empty address", { email: "" }, "email", "must be an e-mail address"],
  ["a plus that became a space", { email: "a b@example.com" }, "email", "must be an e-mail address"],
  ["two addresses", { email: ["a@example.com", "b@example.com"] }, "email", "must be given once"],
  ["a limit of 0", { email: "a@example.com", limit: "0" }, "limit", "must be an integer 1–100"],
  ["a limit of 101", { email: "a@example.com", limit: "101" }, "limit", "must be an integer 1–100"],
  ["a parameter that nobody knows", { email: "a@example.com", name: "x" }, "name", "is not a known field"],
  [
    "a cursor that was made up",
    { email: "a@example.com", cursor: "abc.def" },
    "cursor",
    "is not a cursor of this list",
  ],
])("refuses %s", async (_, query, path, message) => {
  const { status, body } = await find(query);

  expect(status).toBe(400);
  expect(body.error.details).toEqual([{ path: `query.${path}`, message }]);
});

it("refuses the cursor of another address", async () => {
  await fill("mine@example.com", 2);
  const { nextCursor: cursor } = (await find({ email: "mine@example.com", limit: "1" })).body;

  expect((await find({ email: "mine@example.com", limit: "1", cursor })).status).toBe(200);
  expect((await find({ email: "theirs@example.com", limit: "1", cursor })).status).toBe(400);
});

const unavailable = { status: 503, headers: { "Retry-After": "2" }, body: { error: { code: "UNAVAILABLE" } } };

it.each([
  ["is throttled", { code: "ProvisionedThroughputExceededException", status: 400 }],
  ["fails", { code: "InternalServerError", status: 500 }],
  ["breaks connections", "disconnect"],
  ["hangs", "hang"],
] as const)("makes every operation a 503 while the table %s", async (_, fault) => {
  directory.database.server.fault = () => fault;

  const answers = await Promise.all([
    directory.createUser.ask({ body: { email: "a@example.com", name: "A" } }, 3000),
    directory.getUser.ask({ params: { userId: "a" } }, 3000),
    directory.listUsers.ask({ query: { email: "a@example.com" } }, 3000),
  ]);

  for (const answer of answers) expect(answer).toMatchObject(unavailable);
});

it("makes only lists that need a cursor a 503 while Parameter Store fails", async () => {
  await fill("long@example.com", 2);
  directory.parameters.server.fault = () => ({ code: "InternalServerError", status: 500 });
  const lost = directory.deploy("listUsers");

  expect((await lost.ask({ query: { email: "long@example.com" } })).status).toBe(200);
  expect(await lost.ask({ query: { email: "long@example.com", limit: "1" } })).toMatchObject(unavailable);
});
