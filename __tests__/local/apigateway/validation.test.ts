import { createGateway } from "../../../local/apigateway/gateway";
import type { ApiSetup } from "./support/api";
import { definitionOf } from "./support/api";
import { idle } from "./support/dependencies";
import { closeAll, serve } from "./support/serve";

afterEach(closeAll);

const validator = { validateRequestBody: true, validateRequestParameters: true };
const explained = {
  BAD_REQUEST_BODY: { responseTemplates: { "application/json": '{"why":"$context.error.validationErrorString"}' } },
};

const apiOf = (schema: object, overrides: Partial<ApiSetup> = {}): ApiSetup => ({
  stage: "dev",
  validator,
  gatewayResponses: explained,
  schemas: { Model: schema },
  routes: { "POST /x": { models: { "application/json": "Model" } } },
  ...overrides,
});

/** Why a body is refused; undefined if it is not. */
async function whyNot(schema: object, body: unknown, text = JSON.stringify(body)): Promise<string | undefined> {
  const served = await serve(apiOf(schema));
  const got = await served.ask({
    method: "POST",
    path: "/x",
    headers: { "Content-Type": "application/json" },
    body: text,
  });
  return got.status === 400 ? JSON.parse(got.body).why : undefined;
}

const items = (schema: object) => ({ type: "object", properties: { a: schema } });

describe("a refused body is explained in the validator's words:", () => {
  it.each<[object, unknown, string]>([
    [{ required: ["b", "a"] }, {}, 'object has missing required properties (["a","b"])'],
    [{ type: "object" }, [], 'instance type (array) does not match any allowed primitive type (allowed: ["object"])'],
    [
      { type: "number" },
      "1",
      'instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])',
    ],
    [
      { type: ["string", "null"] },
      1.5,
      'instance type (number) does not match any allowed primitive type (allowed: ["null","string"])',
    ],
    [{ enum: ["a", 1] }, "b", 'instance value ("b") not found in enum (possible values: ["a",1])'],
    [{ pattern: "^a$" }, "b", 'ECMA 262 regex "^a$" does not match input string "b"'],
    [{ pattern: "^a\\@b$" }, "b", 'ECMA 262 regex "^a\\\\@b$" does not match input string "b"'],
    [{ minimum: 2 }, 1, "numeric instance is lower than the required minimum (minimum: 2, found: 1)"],
    [{ maximum: 2 }, 3, "numeric instance is greater than the required maximum (maximum: 2, found: 3)"],
    [{ multipleOf: 2 }, 3, "remainder of division is not zero (3 / 2)"],
    [{ minLength: 2 }, "a", 'string "a" is too short (length: 1, required minimum: 2)'],
    [{ maxLength: 1 }, "ab", 'string "ab" is too long (length: 2, maximum allowed: 1)'],
    [{ minProperties: 1 }, {}, "object has too few properties (found 0 but schema requires at least 1)"],
    [{ maxProperties: 0 }, { a: 1 }, "object has too many properties (found 1 but schema requires at most 0)"],
    [{ uniqueItems: true }, [1, 1], "array must not contain duplicate elements"],
    [
      { anyOf: [{ type: "null" }, { type: "string" }] },
      1,
      "instance failed to match at least one required schema among 2",
    ],
    [
      { oneOf: [{ type: "null" }, { minimum: 5 }] },
      1,
      "instance failed to match exactly one schema (matched 0 out of 2)",
    ],
    [{ not: { type: "null" } }, null, "instance matched a schema which it should not have"],
    [
      { additionalProperties: false },
      { b: 1, a: 1 },
      'object instance has properties which are not allowed by the schema: ["a","b"]',
    ],
  ])("%j does not take %j", async (schema, body, sentence) => {
    expect(await whyNot(schema, body)).toBe(`[${sentence}]`);
  });

  it("what is wrong inside is left out if the outside is wrong", async () => {
    const schema = { ...items({ type: "string" }), required: ["b"] };
    expect(await whyNot(schema, { a: 1 })).toBe('[object has missing required properties (["b"])]');
  });

  it("a body that is no JSON, too long to explain, or deeper than the stack, is refused too", async () => {
    const circle = {
      type: "object",
      properties: { a: { $ref: "#/components/schemas/Model" } },
      additionalProperties: false,
    };
    expect(await whyNot({}, undefined, "{")).toBe("[the body is not JSON]");
    expect(await whyNot({ type: "string" }, Array(40_000).fill(1))).toBe("[the body does not match the model]");
    const deep = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;
    expect(await whyNot(circle, undefined, deep)).toMatch(
      /^\[the body (is nested too deeply|does not match the model)\]$/,
    );
  });

  it("an explanation has an end", async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`unknown-${at}`, 1]));
    expect((await whyNot({ additionalProperties: false }, many))?.length).toBeLessThan(1_100);
  });
});

describe("a model takes", () => {
  it.each<[string, object, unknown]>([
    ["lists of any length: an import drops their limits", { type: "array", minItems: 2, maxItems: 2 }, [1]],
    ["any text for a format", { type: "string", format: "date-time" }, "yesterday"],
    ["what annotations would not say", { type: "string", default: "a", example: "b", readOnly: true, title: "t" }, "c"],
    ["a decimal fraction that is a multiple", { multipleOf: 0.01 }, 1.1],
    [
      "members that are named like annotations",
      { properties: { description: { type: "number" } } },
      { description: 1 },
    ],
    [
      "what stands beside a reference",
      { properties: { a: { $ref: "#/components/schemas/Model", type: "null" } } },
      { a: {} },
    ],
  ])("%s", async (_title, schema, body) => {
    expect(await whyNot(schema, body)).toBeUndefined();
  });

  it("a member only if it is the body's own", async () => {
    expect(await whyNot({ type: "object", required: ["toString"] }, {})).toContain("toString");
  });
});

describe("a required parameter", () => {
  const parameters = { "method.request.header.h": true, "method.request.querystring.q": true };
  const message = "Missing required request parameters: [h, q]";

  it.each([
    ["must not be blank", { query: "q=", headers: { h: "" } }, message],
    ["must not be in another spelling", { query: "Q=1", headers: { H: "1" } }, message],
    ["may have any value", { query: "q=%20", headers: { h: "0" } }, undefined],
  ])("%s", async (_title, ask, expected) => {
    const served = await serve({ stage: "dev", validator, routes: { "GET /x": { parameters } } });
    expect(JSON.parse((await served.ask({ path: "/x", ...ask })).body).message).toBe(expected);
  });
});

describe("a body", () => {
  const api = apiOf({ type: "object", required: ["a"] });

  it.each([
    ["application/json; charset=utf-8", 400],
    ["APPLICATION/JSON", 400],
    ["text/plain", 200],
  ])("of type %s is answered with %d", async (type, status) => {
    const served = await serve(api);
    const got = await served.ask({ method: "POST", path: "/x", headers: { "Content-Type": type }, body: "{}" });
    expect(got.status).toBe(status);
  });

  it("is validated by the model of its type however the document spells that", async () => {
    const served = await serve({ ...api, routes: { "POST /x": { models: { "Application/JSON": "Model" } } } });
    const headers = { "Content-Type": "application/json" };
    expect((await served.ask({ method: "POST", path: "/x", headers, body: "{}" })).status).toBe(400);
  });

  it("of any type is validated by the $default model", async () => {
    const served = await serve({ ...api, routes: { "POST /x": { models: { $default: "Model" } } } });
    const got = await served.ask({ method: "POST", path: "/x", headers: { "Content-Type": "text/plain" }, body: "x" });
    expect(got.status).toBe(400);
  });
});

describe("a model is refused at boot", () => {
  it.each<[object, string]>([
    [items({ nullable: true }), "components.schemas.Model.properties.a: nullable"],
    [items({ minimum: 1, exclusiveMinimum: true }), "components.schemas.Model.properties.a: exclusiveMinimum"],
    [items({ discriminator: {} }), "discriminator"],
    [items({ const: 1 }), "const"],
    [items({ $ref: "#/components/schemas/Model/properties/a" }), "$ref #/components/schemas/Model/properties/a"],
    [items({ pattern: "(" }), "POST /x"],
  ])("with %j", (schema, place) => {
    expect(() => createGateway(definitionOf(apiOf(schema)), idle)).toThrow(place);
  });
});
