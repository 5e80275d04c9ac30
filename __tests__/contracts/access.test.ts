import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { type Access, accesses } from "../../contracts/access";
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
  });

/** A handler reads its environment when it is loaded. */
function handlerOf(access: unknown) {
  Object.assign(process.env, { POWERTOOLS_SERVICE_NAME: "things", ENVIRONMENT: "test", LOG_LEVEL: "ERROR" });
  const { handle } = jest.requireActual<typeof runtime>("../../handlers/runtime/handle");
  return handle(route(access), async () => undefined as never);
}

/** Status of a handler for an event that did not pass the gateway's check of API keys. */
async function withoutKey(access: unknown): Promise<number> {
  const event = proxyEvent(route(access));
  const identity = { ...event.requestContext.identity, apiKeyId: null };
  const unchecked = { ...event, requestContext: { ...event.requestContext, identity } } as APIGatewayProxyEvent;
  return (await handlerOf(access)(unchecked, context)).statusCode;
}

describe.each(accesses)("an operation whose access is %s", (access) => {
  const isOpen = access === "public";
  const anybody = isOpen ? "admits anybody" : "admits nobody without a key";

  it(`${anybody}, from its contract through gateway and handler`, async () => {
    const handler = handlerOf(access);
    const served = await serve(
      { stage: "dev", routes: {}, text: JSON.stringify(bodyOf(access)), keys: [{ name: "k", value: apiKey }] },
      async (event) => ({ payload: JSON.stringify(await handler(event, context)) }),
    );
    const statusWith = async (headers: Record<string, string>) =>
      (await served.ask({ path: "/thing", headers })).status;

    expect(await Promise.all([{}, { "x-api-key": "another-key-of-twenty" }].map(statusWith))).toEqual(
      isOpen ? [204, 204] : [403, 403],
    );
    expect(await statusWith({ "x-api-key": apiKey })).toBe(204);
  });

  it(`${anybody}, where the gateway is open`, async () => {
    expect(await withoutKey(access)).toBe(isOpen ? 204 : 403);
  });

  it("is described to clients with what it requires, by a scheme that the document has", () => {
    const { paths, components } = openApi(apiOf(access));
    const security = paths["/thing"]?.["get"]?.["security"] as Record<string, unknown>[];

    expect(security.length > 0).toBe(!isOpen);
    for (const name of security.flatMap((one) => Object.keys(one))) {
      expect(components.securitySchemes).toHaveProperty(name);
    }
  });
});

it.each(["iam", "", "Public", "PUBLIC", "constructor", "__proto__", "toString", undefined, null])(
  "an operation whose access is %s is described to nobody, deployed nowhere and served to nobody",
  async (access) => {
    const refused = `getThing: access must be one of public, apiKey, got ${access}; choose one of these`;

    expect(() => openApi(apiOf(access))).toThrow(refused);
    expect(() => bodyOf(access)).toThrow(refused);
    expect(await withoutKey(access)).toBe(403);
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
