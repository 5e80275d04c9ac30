import "../../support/handler-environment";

import type { Context } from "aws-lambda";
import type { Route } from "../../../contracts/api";
import type { User } from "../../../handlers/runtime/caller";
import type * as runtime from "../../../handlers/runtime/handle";
import { notesApi } from "../../fixtures/notes-api";
import { proxyEvent } from "../../support/proxy-event";

const { handle } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle");
const { readHealth, readMe, readNote, writeNote } = notesApi.routes;
const context = { awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => 10_000 } as Context;
const params = { noteId: "7" };
const note = (text: string) => ({ noteId: "7", text });

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => jest.restoreAllMocks());

/** An event as API Gateway makes it of a request that its authorizer let in. */
const eventOf = (route: Route, authorizer: object | null | undefined, apiKeyId: string | null = null) =>
  proxyEvent(route, { params, body: { text: "a" }, authorizer, apiKeyId });

/** As a function of ours passes claims on, and as a user pool does. */
const byFunction = (claims: unknown) => ({ principalId: "ada", claims: JSON.stringify(claims), integrationLatency: 1 });
const byPool = (claims: object) => ({ claims });

async function seen(authorizer: object): Promise<User> {
  let caller: User | undefined;
  const handler = handle(readMe, async (input) => {
    caller = input.caller;
    return note("a");
  });
  expect((await handler(eventOf(readMe, authorizer), context)).statusCode).toBe(200);
  if (!caller) throw new Error("nobody called");
  return caller;
}

describe("the caller of an operation of users", () => {
  it("is the token's subject, with its scopes and all that it says, where a function checked it", async () => {
    const claims = { sub: "ada", scope: "notes/read  notes/write notes/read", exp: 7, groups: ["a"] };

    expect(await seen(byFunction(claims))).toEqual({ subject: "ada", scopes: ["notes/read", "notes/write"], claims });
  });

  it("is the same where a user pool did", async () => {
    const claims = { sub: "5b1c", scope: "openid notes/read", exp: "7", "cognito:groups": "a" };

    expect(await seen(byPool(claims))).toEqual({ subject: "5b1c", scopes: ["openid", "notes/read"], claims });
  });

  it.each<[object, string[]]>([
    [{ scp: ["a", 7, "b"] }, ["a", "b"]],
    [{ scp: "a b" }, ["a", "b"]],
    [{ scope: 7 }, []],
    [{ scope: ["a"] }, []],
    [{}, []],
  ])("has of %j the scopes %j", async (claims, scopes) => {
    expect((await seen(byFunction({ sub: "ada", ...claims }))).scopes).toEqual(scopes);
  });

  it("has the key's id where a key is asked for, too, and stands in the line of the request", async () => {
    const handler = handle(writeNote, async ({ caller }) => note(`${caller.subject} by ${caller.apiKeyId}`));
    const { body } = await handler(eventOf(writeNote, byPool({ sub: "ada", scope: "notes/write" }), "key-1"), context);

    expect(JSON.parse(body)).toEqual(note("ada by key-1"));
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ message: "request", caller: "ada" });
  });

  it("is the key's id elsewhere, and a text: a subject is no part of it", () => {
    handle(readHealth, async ({ caller }) => {
      // @ts-expect-error nobody's subject
      caller.subject;
      return undefined as never;
    });
    handle(readMe, async ({ caller }) => {
      // @ts-expect-error no key was asked for
      caller.apiKeyId;
      return note("a");
    });
  });
});

const [reader, writer] = [
  { sub: "ada", scope: "notes/read" },
  { sub: "ada", scope: "notes/write" },
];

describe("an operation of users", () => {
  test.each<[number, string, Route, object | null | undefined, string | null]>([
    [200, "with one of its scopes", readNote, byFunction(reader), null],
    [200, "with another of its scopes", readNote, byPool(writer), null],
    [403, "with none of its scopes", readNote, byFunction({ sub: "ada", scope: "notes" }), null],
    [
      403,
      "with a scope that only begins like one of its own",
      readNote,
      byFunction({ sub: "ada", scope: "notes/reader" }),
      null,
    ],
    [403, "with a scope that is an object's own", readNote, byFunction({ sub: "ada", scope: "constructor" }), null],
    [200, "with its scope and a key", writeNote, byFunction(writer), "key-1"],
    [403, "with its scope and no key", writeNote, byFunction(writer), null],
    [403, "with a key and no token", writeNote, undefined, "key-1"],
    [403, "with a key and another scope", writeNote, byFunction(reader), "key-1"],
    [403, "by a gateway without an authorizer", readMe, undefined, "key-1"],
    [403, "by a gateway whose authorizer says nothing", readMe, null, null],
    [403, "by an authorizer that says no claims", readMe, { principalId: "ada" }, null],
    [403, "by claims that are no JSON", readMe, { claims: "sub=ada" }, null],
    [403, "by claims that are a list", readMe, byFunction(["ada"]), null],
    [403, "by claims that are null", readMe, byFunction(null), null],
    [403, "by claims of nobody", readMe, byFunction({ scope: "notes/read" }), null],
    [403, "by claims of an empty subject", readMe, byPool({ sub: "" }), null],
    [403, "by claims of a number", readMe, byFunction({ sub: 7 }), null],
  ])("is answered %s %s", async (status, _title, route, authorizer, apiKeyId) => {
    const handler = handle(route, async () => note("a") as never);

    expect((await handler(eventOf(route, authorizer, apiKeyId), context)).statusCode).toBe(status);
  });
});
