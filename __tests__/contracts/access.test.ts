import type { Context } from "aws-lambda";
import { type Access, accesses, schemesOf } from "../../contracts/access";
import type { Api, Route } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { gatewayBody } from "../../contracts/gateway-body";
import { openApi } from "../../contracts/openapi";
import type * as runtime from "../../handlers/runtime/handle";
import { recordsApi } from "../fixtures/records-api";
import { functionArn } from "../local/apigateway/support/api";
import { closeAll, serve } from "../local/apigateway/support/serve";
import { proxyEvent } from "../support/proxy-event";

afterAll(closeAll);

const apiKey = "a-key-of-twenty-chars";
const context = { awsRequestId: "id", getRemainingTimeInMillis: () => 10_000 } as Context;

/** An operation of this access, whatever the types say. */
const route = (access: unknown): Route => ({
  method: "GET",
  path: "/thing",
  summary: "",
  access: access as Access,
  status: 204,
});

const apiOf = (access: unknown): Api => ({
  name: "things",
  version: "1",
  description: "",
  models: { Error: ErrorSchema },
  routes: { getThing: route(access) },
});

const bodyOf = (access: unknown) =>
  gatewayBody(apiOf(access), {
    region: "us-east-1",
    integrations: { getThing: { functionArn, timeoutMs: 1000 } },
    corsOrigins: [],
    users: { functionArn, resultTtlSeconds: 0 },
  });

/** A handler reads its environment when it is loaded. */
function handlerOf(access: unknown) {
  Object.assign(process.env, { POWERTOOLS_SERVICE_NAME: "things", ENVIRONMENT: "test", LOG_LEVEL: "ERROR" });
  const { handle } = jest.requireActual<typeof runtime>("../../handlers/runtime/handle");
  return handle(route(access), async () => undefined as never);
}

/** What a caller may bring, and the headers that it is in. */
const brought = { apiKey: { "x-api-key": apiKey }, users: { authorization: "Bearer a.b.c" } };
type Brought = keyof typeof brought;
const everything: readonly Brought[] = ["users", "apiKey"];
const combinations: readonly (readonly Brought[])[] = [[], ["apiKey"], ["users"], everything];

/** What the function of an authorizer answers, of which each is a good token. */
const letIn = JSON.stringify({
  principalId: "ada",
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" }],
  },
  context: { claims: '{"sub":"ada"}' },
});

/** Status of a handler for an event of a gateway that checked nothing, and so knows only what came with it. */
async function unchecked(access: unknown, bring: readonly Brought[] = []): Promise<number> {
  const apiKeyId = bring.includes("apiKey") ? "key" : null;
  const authorizer = bring.includes("users") ? { claims: { sub: "ada" } } : undefined;
  return (await handlerOf(access)(proxyEvent(route(access), { apiKeyId, authorizer }), context)).statusCode;
}

describe.each(accesses)("an operation whose access is %s", (access) => {
  const needed = schemesOf(access as Access);
  const isEnough = (bring: readonly Brought[]) => needed.every((scheme) => bring.includes(scheme));

  it("admits whoever brings all that it needs, and nobody else, from its contract through gateway and handler", async () => {
    const handler = handlerOf(access);
    const served = await serve(
      { stage: "dev", routes: {}, text: JSON.stringify(bodyOf(access)), keys: [{ name: "k", value: apiKey }] },
      async (event) => ({ payload: event.type ? letIn : JSON.stringify(await handler(event, context)) }),
    );
    const statusWith = async (headers: Record<string, string>) =>
      (await served.ask({ path: "/thing", headers })).status;

    for (const bring of combinations) {
      const refused = needed.includes("users") && !bring.includes("users") ? 401 : 403;
      const headers = Object.assign({}, ...bring.map((scheme) => brought[scheme]));
      expect([bring, await statusWith(headers)]).toEqual([bring, isEnough(bring) ? 204 : refused]);
    }
    const others = { "x-api-key": "another-key-of-twenty", authorization: "Basic a.b.c" };
    expect(await statusWith(others)).toBe(needed.length === 0 ? 204 : needed.includes("users") ? 401 : 403);
  });

  it("admits nobody else where the gateway is open", async () => {
    for (const bring of combinations) {
      expect([bring, await unchecked(access, bring)]).toEqual([bring, isEnough(bring) ? 204 : 403]);
    }
  });

  it("is described to clients with what it requires, by a scheme that the document has", () => {
    const { paths, components } = openApi(apiOf(access));
    const security = paths["/thing"]?.["get"]?.["security"] as Record<string, unknown>[];

    expect(security.length > 0).toBe(needed.length > 0);
    for (const name of security.flatMap((one) => Object.keys(one))) {
      expect(components.securitySchemes).toHaveProperty(name);
    }
  });
});

it.each(["iam", "", "Public", "PUBLIC", "constructor", "__proto__", "toString", undefined, null])(
  "an operation whose access is %s is described to nobody, deployed nowhere and served to nobody",
  async (access) => {
    const refused = `getThing: access must be one of public, apiKey, user, userAndApiKey, got ${access}; choose one of these`;

    expect(() => openApi(apiOf(access))).toThrow(refused);
    expect(() => bodyOf(access)).toThrow(refused);
    for (const bring of combinations) expect(await unchecked(access, bring)).toBe(403);
  },
);

it.each([
  ["none", {}],
  [
    "createRecord, constructor",
    { createRecord: { functionArn, timeoutMs: 50 }, constructor: { functionArn, timeoutMs: 50 } },
  ],
])("an operation without an integration is refused by its name, where there is %s", (given, integrations) => {
  const missing = given === "none" ? "createRecord" : "listRecords";

  expect(() => gatewayBody(recordsApi, { region: "us-east-1", integrations, corsOrigins: [] })).toThrow(
    `${missing}: every operation must have an integration, got ${given}; give it a function`,
  );
});
