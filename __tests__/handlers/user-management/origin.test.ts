import type { DeployedFunction } from "../../support/function";
import { originSecret, startUserManagement, type UserManagement } from "../../support/user-management";

let users: UserManagement;
let behind: DeployedFunction;
beforeAll(async () => {
  users = await startUserManagement();
  behind = users.deploy("createUser", { ORIGIN_SECRET_PARAMETER: originSecret.name });
});
afterEach(() => {
  users.heal();
  users.parameters.values.set(originSecret.name, `${originSecret.value},`);
});
afterAll(() => users.stop());

const body = { email: "ada@example.com", name: "Ada" };
const ask = (headers: Readonly<Record<string, string | readonly string[]>>, rest: object = { body }) =>
  behind.ask({ headers, ...rest });
const { value } = originSecret;

describe("a stage behind a distribution", () => {
  it.each([["x-origin-secret"], ["X-Origin-Secret"]])("answers who brings the secret as %s", async (name) => {
    expect((await ask({ [name]: value })).status).toBe(201);
  });

  it("names paths as the distribution's clients know them, without the stage", async () => {
    const { headers, body: user } = await ask({ "x-origin-secret": value });

    expect(headers["Location"]).toBe(`/users/${user.userId}`);
  });

  it.each<[string, Readonly<Record<string, string | readonly string[]>>]>([
    ["no secret", {}],
    ["an empty one", { "x-origin-secret": "" }],
    ["a comma", { "x-origin-secret": "," }],
    ["a wrong one", { "x-origin-secret": "guess" }],
    ["a part of it", { "x-origin-secret": value.slice(0, -1) }],
    ["all that the parameter holds", { "x-origin-secret": `${value},` }],
    ["the secret and another", { "x-origin-secret": [value, "guess"] }],
  ])("refuses who brings %s, before it looks at anything else", async (_, headers) => {
    const { status, body: answer, requestId } = await ask(headers, { rawBody: "{" });

    const message = "This stage answers through its distribution only.";
    expect(status).toBe(403);
    expect(answer).toEqual({ error: { code: "FORBIDDEN", message, requestId } });
  });

  it("takes the new secret and the former one while it is being replaced", async () => {
    const fresh = users.deploy("createUser", { ORIGIN_SECRET_PARAMETER: originSecret.name });
    const askFresh = (secret: string) => fresh.ask({ headers: { "x-origin-secret": secret }, body });
    expect((await askFresh(value)).status).toBe(201);

    users.parameters.values.set(originSecret.name, `new-secret,${value}`);

    expect((await askFresh("new-secret")).status).toBe(201);
    expect((await askFresh(value)).status).toBe(201);
  });

  it("answers 503 when it can't read the secret", async () => {
    users.parameters.server.fault = () => ({ code: "ThrottlingException", status: 400 });
    const fresh = users.deploy("createUser", { ORIGIN_SECRET_PARAMETER: originSecret.name });

    expect((await fresh.ask({ headers: { "x-origin-secret": value }, body })).status).toBe(503);
  });

  it("logs neither the secret nor a guess", async () => {
    const { output } = await ask({ "x-origin-secret": "guess-1234" });

    expect(output.join()).not.toMatch(/guess-1234|a-secret/);
  });
});
