import { first } from "../../support/aws-server";
import { startUserDirectory, type UserDirectory } from "../../support/user-directory";

let directory: UserDirectory;
beforeAll(async () => {
  directory = await startUserDirectory();
});
afterEach(() => directory.heal());
afterAll(() => directory.stop());

const ada = { email: "ada@example.com", name: "Ada Lovelace" };

const enter = (body: object, requestId?: string) =>
  directory.createUser.ask({ body, ...(requestId === undefined ? {} : { requestId }) });
const read = (userId: string) => directory.getUser.ask({ params: { userId } });

describe("entering a user", () => {
  it("answers 201 with the user and its path, which leads back to it", async () => {
    const { status, headers, body } = await enter({ userId: "ada", ...ada });

    expect(status).toBe(201);
    expect(headers["Location"]).toBe("/test/users/ada");
    const createdAt = expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/);
    expect(body).toEqual({ userId: "ada", ...ada, version: 1, createdAt, updatedAt: body.createdAt });
    expect(headers["ETag"]).toBe(`"1-${body.createdAt}"`);
    expect(await read("ada")).toMatchObject({ status: 200, body });
  });

  it("makes an id up that tells the time, where none is given", async () => {
    const { body } = await enter(ada);

    expect(body.userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect((await read(body.userId)).body).toEqual(body);
  });

  it("answers 409 when the id is taken, and leaves who has it as it was", async () => {
    const { body: before } = await enter({ userId: "taken", ...ada });

    const again = await enter({ userId: "taken", email: "eve@example.com", name: "Eve" });

    expect(again).toMatchObject({
      status: 409,
      body: { error: { code: "CONFLICT", message: "There is a user by this id." } },
    });
    expect((await read("taken")).body).toEqual(before);
  });

  it("lets one of several win an id, and tells all others so", async () => {
    const environments = Array.from({ length: 4 }, () => directory.deploy("createUser"));

    const answers = await Promise.all(
      environments.map((fn, index) => fn.ask({ body: { userId: "race", email: ada.email, name: `Racer ${index}` } })),
    );
    const winners = answers.filter(({ status }) => status === 201);

    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(3).fill(409)]);
    expect((await read("race")).body).toEqual(winners[0]?.body);
  });

  it("is a success and no conflict with itself when the answer to the write is lost", async () => {
    directory.database.server.fault = first("PutItem", "loseAnswer");

    const answer = await enter({ userId: "lost", ...ada });

    expect(answer.status).toBe(201);
    expect((await read("lost")).body).toEqual(answer.body);
  });

  it("is a conflict when the answer is lost to somebody who had the id before", async () => {
    await enter({ userId: "older", ...ada });
    directory.database.server.fault = first("PutItem", "loseAnswer");

    expect((await enter({ userId: "older", ...ada })).status).toBe(409);
  });
});

describe("a user", () => {
  it.each([
    ["of every kind of character", "Az09._~-"],
    ["of one character", "7"],
    ["of 64 characters", "a".repeat(64)],
    ["that looks like a file", "a..b"],
    ["named like a method of objects", "constructor"],
    ["in another case", "ADA"],
  ])("may have an id %s, and is found by it, encoded or not", async (_, userId) => {
    const { status, headers, body } = await enter({ userId, ...ada });
    const encoded = [...userId].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");

    expect([status, headers["Location"]]).toEqual([201, `/test/users/${userId}`]);
    expect((await read(userId)).body).toEqual(body);
    expect((await read(encoded)).body).toEqual(body);
  });

  it.each(["Ἀριστοτέλης", "山田太郎", "🦉 𝔘𝔫𝔦 ̈", "عائشة", "x".repeat(256), 'O\'Brien "<&>"', "constructor"])(
    "may be called %s, which comes back the same",
    async (name) => {
      const { status, body } = await enter({ ...ada, name });

      expect([status, body.name]).toEqual([201, name]);
      expect((await read(body.userId)).body.name).toBe(name);
    },
  );

  it.each(["nobody", "%2e%2e%2e", "-x", "a b", "%00", "%zz", "a".repeat(65)])(
    "that nobody entered is not found, or has an id that nobody may have: %s",
    async (userId) => {
      const { status } = await read(userId);

      expect(status).toBe(userId === "nobody" ? 404 : 400);
    },
  );

  it("is answered without what the item holds besides", async () => {
    await enter({ userId: "plain", ...ada });

    expect(await directory.database.item("plain")).toHaveProperty("createdBy");
    expect(Object.keys((await read("plain")).body).sort()).toEqual([
      "createdAt",
      "email",
      "name",
      "updatedAt",
      "userId",
      "version",
    ]);
  });
});

const idRule = "must be 1–64 letters, digits or any of . _ ~ -, a letter or digit first";

it.each<[what: string, change: object, path: string, message: string]>([
  ["an empty id", { userId: "" }, "userId", idRule],
  ["an id of 65 characters", { userId: "a".repeat(65) }, "userId", idRule],
  ["an id that a path would lose", { userId: ".." }, "userId", idRule],
  ["an id with a slash", { userId: "a/b" }, "userId", idRule],
  ["an id beyond ASCII", { userId: "é" }, "userId", idRule],
  ["an id with a line break", { userId: "a\n" }, "userId", idRule],
  ["an id that is null", { userId: null }, "userId", "must be a string"],
  ["no address", { email: undefined }, "email", "is required"],
  ["an address without a domain", { email: "ada" }, "email", "must be an e-mail address"],
  ["an address with a space", { email: "ada @example.com" }, "email", "must be an e-mail address"],
  ["an address beyond ASCII", { email: "ädä@example.com" }, "email", "must be an e-mail address"],
  ["no name", { name: undefined }, "name", "is required"],
  ["an empty name", { name: "" }, "name", "must be 1–256 characters"],
  ["a name of 257 characters", { name: "x".repeat(257) }, "name", "must be 1–256 characters"],
  ["a name with a control character", { name: "a\u0000" }, "name", "must not contain control characters"],
  ["half a character in its name", { name: "\udc00" }, "name", "must be well-formed Unicode"],
  ["a name that is a number", { name: 7 }, "name", "must be a string"],
  ["a field that nobody knows", { role: "admin" }, "role", "is not a known field"],
  ["a field of the answer", { createdAt: "2026-01-01T00:00:00.000Z" }, "createdAt", "is not a known field"],
])("refuses a user with %s", async (_, change, path, message) => {
  const { status, body } = await enter({ ...ada, ...change });

  expect(status).toBe(400);
  expect(body.error.details).toEqual([{ path: `body.${path}`, message }]);
});
