import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { RunnerEvent } from "../../../local/run/events";
import { denied, type LocalEntrance, type LocalSystem, startLocally } from "../../local/support/local-system";
import { until } from "../../support/eventually";

let users: LocalSystem;
beforeAll(async () => {
  users = await startLocally("user-management");
});
afterAll(() => users.stop());

const person = { email: "ada@example.com", name: "Ada" };
const entrances = ["dev", "qa", "distribution"];

/** Everything that clients do one by one, and how each is answered. */
async function everything(stage: LocalEntrance): Promise<number[]> {
  const path = `/users/${randomUUID()}`;
  const body = { userId: path.slice("/users/".length), ...person };
  const first = await stage.ask("POST", "/users", { body });
  const etag = first.headers.get("etag") ?? "";
  const replace = (tag: string) => stage.ask("PUT", path, { headers: { "if-match": tag }, body: person });
  const answers = [first, await stage.ask("POST", "/users", { body }), await stage.ask("GET", path)];
  answers.push(await replace(etag), await replace(etag), await stage.ask("PUT", path, { body: person }));
  answers.push(await stage.ask("DELETE", path), await stage.ask("DELETE", path), await stage.ask("GET", path));
  answers.push(await stage.ask("POST", "/users", { body }));
  answers.push(await stage.ask("POST", "/users/import", { body: { users: [body] } }));
  return answers.map(({ status }) => status);
}

/** The output of a command of the project, with the operator's credentials. */
const redrive = (queue: string, ...options: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const url = `https://sqs.us-east-1.amazonaws.com/000000000000/${queue}`;
    const env = { ...process.env, ...users.access };
    const child = spawn(process.execPath, ["run.js", "tools/redrive.ts", url, ...options], { env });
    let printed = "";
    child.stdout.on("data", (text) => {
      printed += text;
    });
    child.once("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(printed))));
  });

const failed = (stage: string) => redrive(`user-management-dev-${stage}-failed-imports`, "--list");

it.each(entrances)("answers every operation at %s, from what was synthesized", async (name) => {
  expect(await everything(users.at(name))).toEqual([201, 409, 200, 200, 412, 428, 204, 404, 404, 201, 202]);
});

it.each([
  ["no key", "GET", "/users/ada", { headers: { "x-api-key": "" } }, 403],
  ["a method that there is not", "PATCH", "/users/ada", {}, 403],
  ["an import that is read", "GET", "/users/import", {}, 400],
  ["an id that nobody may have", "GET", "/users/-x", {}, 400],
  ["a user without a name", "POST", "/users", { body: { email: "a@example.com" } }, 400],
  ["an import of nobody", "POST", "/users/import", { body: { users: [] } }, 400],
] as const)("refuses %s", async (_, method, path, options, status) => {
  expect((await users.at("dev").ask(method, path, options)).status).toBe(status);
});

describe("a stage", () => {
  it("knows nothing of another's users and keys", async () => {
    const userId = randomUUID();
    await users.at("distribution").ask("POST", "/users", { body: { userId, ...person } });

    expect((await users.at("dev").ask("GET", `/users/${userId}`)).status).toBe(404);
    const headers = { "x-api-key": users.at("dev").apiKey };
    expect((await users.at("distribution").ask("GET", `/users/${userId}`, { headers })).status).toBe(403);
  });

  it("can't touch prod's data, whatever its code tries", async () => {
    const userId = randomUUID();
    await users.at("distribution").ask("POST", "/users", { body: { userId, ...person } });
    // As if code on trial named prod's table.
    await users.deployChanged((text) =>
      text
        .replaceAll(/aws_dynamodb_table\.dev_users_\w+\.name/g, "aws_dynamodb_table.prod_users_PROD.name")
        .replaceAll("prod_users_PROD", /"(prod_users_\w+)":\s*\{/.exec(text)?.[1] ?? ""),
    );

    const tried = [
      await users.at("dev").ask("GET", `/users/${userId}`),
      await users.at("dev").ask("DELETE", `/users/${userId}`),
      await users.at("dev").ask("POST", "/users", { body: person }),
    ];
    const denials = users.events.filter((event) => event.event === "denial");
    await users.deployChanged((text) => text);

    expect(tried.map(({ status }) => status)).toEqual([500, 500, 500]);
    expect(denials.at(-1)).toMatchObject({ resource: expect.stringContaining("user-management-dev-prod-users") });
    expect((await users.at("distribution").ask("GET", `/users/${userId}`)).body).toMatchObject(person);
  });
});

describe("the stage behind the distribution", () => {
  it.each([
    ["directly", {}],
    ["directly with a guess", { "x-origin-secret": "guess" }],
  ])("refuses who asks %s", async (_, headers: Record<string, string>) => {
    const answer = await users.at("prod").ask("POST", "/users", { body: person, headers });

    expect(answer).toMatchObject({ status: 403, body: { error: { code: "FORBIDDEN" } } });
  });

  it("answers who comes through it, whatever they claim, with its headers and without the stage in paths", async () => {
    const headers = { "x-origin-secret": "guess", "x-api-key": users.at("prod").apiKey };
    const answer = await users.at("distribution").ask("POST", "/users", { body: person, headers });

    expect(answer.status).toBe(201);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      location: `/users/${answer.body.userId}`,
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it("still wants a key", async () => {
    expect((await users.at("distribution").ask("GET", "/users/ada", { headers: { "x-api-key": "" } })).status).toBe(
      403,
    );
  });
});

describe("an import", () => {
  it("loses nobody: who can't be made waits in the queue, one message each, until a redrive", async () => {
    const stage = users.at("qa");
    const [taken, ...free] = Array.from({ length: 21 }, () => ({ userId: randomUUID(), ...person }));
    await stage.ask("POST", "/users", { body: { ...taken, name: "Somebody else" } });

    const { status, body } = await stage.ask("POST", "/users/import", { body: { users: [taken, ...free] } });
    expect([status, body.users]).toEqual([202, 21]);
    for (const { userId } of free) {
      const made = await until(
        () => stage.ask("GET", `/users/${userId}`),
        (answer) => answer.status === 200,
      );
      expect(made.body).toMatchObject(person);
    }
    const listed = await until(
      () => failed("qa"),
      (text) => text.includes("1 in the queue"),
    );
    expect(listed).toContain(`import-user: CONFLICT: {"importId":"${body.importId}"`);
    expect(listed).toContain(String(taken?.userId));
    expect(await failed("dev")).toContain("0 in the queue");

    await stage.ask("DELETE", `/users/${taken?.userId}`);
    expect(await redrive("user-management-dev-qa-failed-imports")).toContain("1 redriven, 0 in the queue");
    const made = await until(
      () => stage.ask("GET", `/users/${taken?.userId}`),
      (answer) => answer.status === 200,
    );
    expect(made.body).toMatchObject(taken ?? {});
    expect(await failed("qa")).toContain("0 in the queue");
    const after = await stage.ask("GET", `/users/import/${body.importId}`);
    expect(new Set(after.body.users.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(["imported"]));
  });

  it("that conflicts fails no function, and what it left in the queue is dropped or redriven one by one", async () => {
    const stage = users.at("dev");
    const people = Array.from({ length: 2 }, () => ({ userId: randomUUID(), ...person }));
    for (const one of people) await stage.ask("POST", "/users", { body: { ...one, name: "Somebody else" } });
    const start = users.events.length;
    const { body } = await stage.ask("POST", "/users/import", { body: { users: people } });
    const status = await until(
      () => stage.ask("GET", `/users/import/${body.importId}`),
      (answer) => answer.body.users.every(({ outcome }: { outcome: string }) => outcome !== "pending"),
    );
    expect(status.body.users).toEqual(people.map(({ userId }) => ({ userId, outcome: "conflict" })));
    const invoked = users.events.slice(start).filter(({ event }) => event === "invocation");
    expect(invoked.filter((event) => "error" in event && event.error)).toEqual([]);

    const lines = (await failed("dev")).split("\n");
    const idOf = (userId: string) => lines.find((line) => line.includes(userId))?.split(" ")[0] ?? "";
    const [first, second] = people.map(({ userId }) => idOf(userId));
    const queue = "user-management-dev-dev-failed-imports";
    expect(await redrive(queue, "--drop", "--only", first ?? "")).toContain("1 dropped, 1 in the queue");
    await stage.ask("DELETE", `/users/${people[1]?.userId}`);
    expect(await redrive(queue, "--only", second ?? "")).toContain("1 redriven, 0 in the queue");
    await until(
      () => stage.ask("GET", `/users/${people[1]?.userId}`),
      (answer) => answer.body?.name === person.name,
    );
  });
});

describe("a policy of its resources", () => {
  const userId = randomUUID();
  const whatFails = async () => {
    const start = users.events.length;
    await users.at("dev").ask("POST", "/users", { body: { userId, ...person } });
    await users.at("dev").ask("POST", "/users/import", { body: { users: [{ userId, ...person, name: "Another" }] } });
    const problem = (event: RunnerEvent) => event.event === "problem" && event.message.includes("was not delivered");
    return until(
      async () => users.events.slice(start),
      (events) => events.some(problem) || events.some(({ event }) => event === "denial"),
    );
  };

  it("that denies refuses the activity entries, and nothing else", async () => {
    await users.deployWithPolicies("aws_s3_bucket_policy", denied);
    const events = await whatFails();
    await users.deployChanged((text) => text);

    const policy = { kind: "bucket", address: expect.stringMatching(/^aws_s3_bucket_policy\.logs/) };
    const denial = { event: "denial", action: "s3:PutObject", explicit: true, policy };
    expect(events).toContainEqual(expect.objectContaining(denial));
    expect((await users.at("dev").ask("GET", `/users/${userId}`)).status).toBe(200);
  });

  it("that denies keeps failed imports out of the queue, and the terminal says so", async () => {
    await users.deployWithPolicies("aws_sqs_queue_policy", denied);
    const events = await whatFails();
    await users.deployChanged((text) => text);

    const policy = { kind: "queue", address: expect.stringMatching(/^aws_sqs_queue_policy\.dev_failed-imports/) };
    const denial = { event: "denial", action: "sqs:SendMessage", explicit: true, policy };
    expect(events).toContainEqual(expect.objectContaining(denial));
  });
});
