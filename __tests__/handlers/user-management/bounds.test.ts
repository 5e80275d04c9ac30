import { randomUUID } from "node:crypto";
import { startUserManagement, type UserManagement } from "../../support/user-management";

let users: UserManagement;
beforeAll(async () => {
  users = await startUserManagement();
});
afterAll(() => users.stop());

const valid = { email: "ada@example.com", name: "Ada" };
const badId = "must be 1–64 letters, digits or any of . _ ~ -, a letter or digit first";
const badName = "must be 1–256 characters";
const nextId = (): string => randomUUID();

describe("a user's id", () => {
  it.each([
    ["x", 201],
    ["A.b_c~d-9", 201],
    ["9".repeat(64), 201],
    ["9".repeat(65), 400],
    ["", 400],
    [".", 400],
    ["..", 400],
    ["-a", 400],
    ["a/b", 400],
    ["a b", 400],
    ["ä", 400],
    ["import", 400],
    [7, 400],
    [null, 400],
  ])("of %p is answered %p", async (userId, status) => {
    expect((await users.createUser.ask({ body: { ...valid, userId } })).status).toBe(status);
  });

  it.each([..." !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"])("with %p in it is refused, in body and path", async (character) => {
    const created = await users.createUser.ask({ body: { ...valid, userId: `a${character}` } });
    const read = await users.getUser.ask({ params: { userId: encodeURIComponent(`a${character}`) } });

    expect(created.body.error.details).toEqual([{ path: "body.userId", message: badId }]);
    expect(read.body.error.details).toEqual([{ path: "params.userId", message: badId }]);
  });

  it("of a claim leads nowhere", async () => {
    expect((await users.getUser.ask({ params: { userId: "import" } })).status).toBe(400);
  });
});

describe("a user's name and address", () => {
  it.each<[string, object, string | undefined]>([
    ["the shortest name", { name: "a" }, undefined],
    ["the longest name", { name: "n".repeat(256) }, undefined],
    ["a name of several planes", { name: "𝒜da 张 🦊" }, undefined],
    ["no name", { name: "" }, badName],
    ["a name that is too long", { name: "n".repeat(257) }, badName],
    ["a control character", { name: "a\u0000b" }, "must not contain control characters"],
    ["half a character", { name: "\ud800" }, "must be well-formed Unicode"],
    ["a name that is a number", { name: 7 }, "must be a string"],
    ["an address without a domain", { email: "ada" }, "must be an e-mail address"],
    [
      "an address that is too long",
      { email: `${"a".repeat(64)}@${`${"b".repeat(63)}.`.repeat(3)}com` },
      "must be at most 254 characters",
    ],
    ["the longest address", { email: `${"a".repeat(58)}@${`${"b".repeat(63)}.`.repeat(3)}com` }, undefined],
    ["a field that is not known", { role: "admin" }, "is not a known field"],
  ])("of %s are answered as the API document says", async (_, change, message) => {
    const { status, body } = await users.createUser.ask({ body: { userId: nextId(), ...valid, ...change } });

    expect(status).toBe(message === undefined ? 201 : 400);
    if (message !== undefined) {
      expect(body.error.details).toContainEqual({ path: `body.${Object.keys(change)[0]}`, message });
    }
  });
});

describe("an import", () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ userId: nextId(), ...valid }));

  it.each<[string, object, number, string | undefined]>([
    ["one user", { users: many(1) }, 202, undefined],
    ["500 users", { users: many(500) }, 202, undefined],
    ["no user", { users: [] }, 400, "must hold 1–500 users"],
    ["501 users", { users: many(501) }, 400, "must hold 1–500 users"],
    [
      "a user twice",
      { users: [...many(1), { userId: "twin", ...valid }, { userId: "twin", ...valid }] },
      400,
      "must not hold a userId twice",
    ],
    ["a user without an id", { users: [valid] }, 400, "is required"],
    ["no list", {}, 400, "is required"],
  ])("of %s is answered as the API document says", async (_, body, status, message) => {
    const answer = await users.importUsers.ask({ body });

    expect(answer.status).toBe(status);
    if (message !== undefined) expect(answer.body.error.details).toMatchObject([{ message }]);
  });
});
