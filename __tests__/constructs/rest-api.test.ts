import { createHash } from "node:crypto";
import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { NodeFunction } from "../../constructs/compute/node-function";
import type { Route } from "../../contracts/api";
import { textStream } from "../../contracts/streams";
import { recordsApi } from "../fixtures/records-api";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, synth } from "../support/stack";
import type { Synthesized } from "../support/synthesized-stack";

const operations = {
  createRecord: "create",
  listRecords: "list",
  getRecord: "get",
  replaceRecord: "replace",
  deleteRecord: "delete",
};

function synthesize(corsOrigins: string[] = ["https://a.example"]) {
  const stack = emptyStack({ corsOrigins });
  const fn = (operation: keyof typeof operations) =>
    new NodeFunction(stack, operations[operation], {
      entry: thingEntry,
      environment: { THINGS_TABLE: "things" },
      timeoutSeconds: operation === "createRecord" ? 300 : 10,
    });
  const api = new RestApi(stack, "api", {
    contract: recordsApi,
    handlers: {
      createRecord: fn("createRecord"),
      listRecords: fn("listRecords"),
      getRecord: fn("getRecord"),
      replaceRecord: fn("replaceRecord"),
      deleteRecord: fn("deleteRecord"),
    },
  });
  new ApiStage(stack, "stage", { api, throttle: { rateLimit: 10, burstLimit: 20 }, cacheClusterSize: "0.5" });
  return synth(stack);
}

const stack = synthesize();
const bodyOf = (synthesized: Synthesized) => synthesized.at("aws_api_gateway_rest_api", "api")["body"] as string;
// Terraform turns the doubled signs back.
const documentOf = (synthesized: Synthesized) =>
  JSON.parse(bodyOf(synthesized).replaceAll("$${", "${").replaceAll("%%{", "%{"));
const document = documentOf(stack);

it("has its functions give up before API Gateway does, however long they may take", () => {
  const scope = emptyStack();
  const fn = (id: string) =>
    new NodeFunction(scope, id, { entry: thingEntry, environment: { THINGS_TABLE: "things" }, timeoutSeconds: 300 });
  const [inApi, alone] = [fn("in-api"), fn("alone")];
  const handlers = {
    createRecord: inApi,
    listRecords: inApi,
    getRecord: inApi,
    replaceRecord: inApi,
    deleteRecord: inApi,
  };
  const api = new RestApi(scope, "api", { contract: recordsApi, handlers });
  new ApiStage(scope, "stage", { api, throttle: { rateLimit: 10, burstLimit: 20 } });

  expect([inApi.longestMs, alone.longestMs]).toEqual([27_500, 299_000]);
});

it("waits for a function that streams as long as the function may take, up to 15 minutes", () => {
  const scope = emptyStack();
  const environment = { THINGS_TABLE: "things" };
  const streaming = new NodeFunction(scope, "stream", { entry: thingEntry, environment, timeoutSeconds: 900 });
  const route = {
    method: "GET",
    path: "/records",
    summary: "",
    access: "public",
    status: 200,
    response: textStream("text/csv"),
  } as const satisfies Route;
  new RestApi(scope, "api", {
    contract: { ...recordsApi, routes: { listRecords: route } },
    handlers: { listRecords: streaming },
  });
  const { paths } = documentOf(synth(scope));

  expect(paths["/records"].get["x-amazon-apigateway-integration"]).toMatchObject({ timeoutInMillis: 900_000 });
  expect(streaming.longestMs).toBe(899_000);
});

describe("the body", () => {
  it("refers to nothing in Terraform, so that it is known at plan and drags nothing into create-before-destroy", () => {
    expect(bodyOf(stack)).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
  });

  it("decides alone when the API is deployed anew", () => {
    const { triggers, lifecycle } = stack.at("aws_api_gateway_deployment", "api/deployment");

    expect(triggers).toEqual({ redeployment: createHash("sha1").update(JSON.stringify(document)).digest("hex") });
    expect(lifecycle).toEqual({ create_before_destroy: true });
  });

  it("integrates each operation with its own function by POST, and never waits longer than API Gateway does", () => {
    expect(document.paths["/records"].post["x-amazon-apigateway-integration"]).toEqual({
      type: "aws_proxy",
      httpMethod: "POST",
      uri: "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:test-dev-create:live/invocations",
      timeoutInMillis: 29_000,
    });
    expect(document.paths["/records"].get["x-amazon-apigateway-integration"].timeoutInMillis).toBe(10_000);
  });

  it("validates bodies where there are bodies, parameters everywhere, and asks for a key on every operation", () => {
    const all = Object.values<Record<string, Record<string, unknown>>>(document.paths).flatMap(
      ({ options: _, ...methods }) => Object.values(methods),
    );

    expect(
      all.map((operation) => operation["x-amazon-apigateway-request-validator"] === "body-and-parameters"),
    ).toEqual(all.map(({ requestBody }) => requestBody !== undefined));
    expect(all.map(({ security }) => security)).toEqual(all.map(() => [{ apiKey: [] }]));
  });

  it("has models that only use what API Gateway reads: draft 4 without nullable, discriminator or formats of its own", () => {
    const keywords = new Set<string>();
    JSON.stringify(document.components.schemas, (key, value) => {
      keywords.add(key);
      return value;
    });

    for (const unread of [
      "discriminator",
      "nullable",
      "oneOf",
      "readOnly",
      "example",
      "exclusiveMinimum",
      "exclusiveMaximum",
      "$id",
    ]) {
      expect(keywords).not.toContain(unread);
    }
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });

  it("caches by every parameter, and by the origin where the handler echoes one of several", () => {
    const keyOf = (origins: string[]) =>
      documentOf(synthesize(origins)).paths["/records/{recordId}"].get["x-amazon-apigateway-integration"]
        .cacheKeyParameters;

    const parameters = [
      "method.request.path.recordId",
      "method.request.querystring.version",
      "method.request.querystring.write",
    ];
    expect(keyOf(["https://a.example"])).toEqual(parameters);
    expect(keyOf(["https://a.example", "https://b.example"])).toEqual([...parameters, "method.request.header.Origin"]);
  });
});

describe("CORS", () => {
  it("answers preflights on every path without a key, with what the routes there take", () => {
    for (const [path, methods] of [
      ["/records", "OPTIONS,POST,GET"],
      ["/records/{recordId}", "OPTIONS,GET,PUT,DELETE"],
    ] as const) {
      const { options } = document.paths[path];
      const { responseParameters } = options["x-amazon-apigateway-integration"].responses.default;

      expect(options.security).toEqual([]);
      expect(responseParameters["method.response.header.Access-Control-Allow-Methods"]).toBe(`'${methods}'`);
      expect(responseParameters["method.response.header.Access-Control-Allow-Origin"]).toBe("'https://a.example'");
    }
  });

  it("echoes one of several origins in preflights, and no other", () => {
    const several = documentOf(synthesize(["https://a.example", "https://b.example"]));
    const template =
      several.paths["/records"].options["x-amazon-apigateway-integration"].requestTemplates["application/json"];

    expect(template).toContain('#if($origin == "https://a.example" || $origin == "https://b.example")');
  });

  it("lets browsers read the gateway's own refusals, which have the shape of the handlers'", () => {
    const { DEFAULT_4XX, DEFAULT_5XX } = document["x-amazon-apigateway-gateway-responses"];

    for (const response of [DEFAULT_4XX, DEFAULT_5XX]) {
      expect(response.responseParameters["gatewayresponse.header.Access-Control-Allow-Origin"]).toBe(
        "'https://a.example'",
      );
      expect(response.responseTemplates["application/json"]).toContain('"requestId":"$context.requestId"');
    }
  });

  it("is left out where no origin may call", () => {
    const closed = documentOf(synthesize([]));

    expect(Object.values<object>(closed.paths).filter((methods) => "options" in methods)).toEqual([]);
    expect(JSON.stringify(closed)).not.toContain("Access-Control");
  });
});

describe("a stage", () => {
  it("sets the strictest for all methods first, then turns the cache on where the contract asks for it", () => {
    expect(stack.at("aws_api_gateway_method_settings", "stage/settings")).toMatchObject({
      method_path: "*/*",
      settings: {
        caching_enabled: false,
        data_trace_enabled: false,
        throttling_rate_limit: 10,
        throttling_burst_limit: 20,
      },
    });
    expect(stack.at("aws_api_gateway_method_settings", "stage/settings-getRecord")).toMatchObject({
      method_path: "~1records~1{recordId}/GET",
      settings: {
        caching_enabled: true,
        cache_ttl_in_seconds: 60,
        cache_data_encrypted: true,
        require_authorization_for_cache_control: true,
        throttling_rate_limit: 10,
      },
      depends_on: [expect.stringContaining("settings")],
    });
  });

  it("serves only after the functions and the permissions to call them are there", () => {
    const { depends_on = [] } = stack.at("aws_api_gateway_stage", "stage");

    expect(depends_on.filter((address) => address.startsWith("aws_lambda_alias."))).toHaveLength(5);
    expect(depends_on.filter((address) => address.startsWith("aws_lambda_permission."))).toHaveLength(5);
  });

  it("writes access logs without bodies, headers or keys", () => {
    const { format } = stack.at("aws_api_gateway_stage", "stage")["access_log_settings"] as { format: string };

    expect(Object.values(JSON.parse(format)).join()).not.toMatch(
      /header|body|apiKey,|\$context\.identity\.apiKey$|querystring/,
    );
  });

  it("lets API Gateway call each function for its own route alone", () => {
    expect(stack.at("aws_lambda_permission", "api/permission-replaceRecord")).toMatchObject({
      principal: "apigateway.amazonaws.com",
      source_arn: "${aws_api_gateway_rest_api.api.execution_arn}/*/PUT/records/*",
      lifecycle: { replace_triggered_by: ["aws_lambda_function.replace.arn"] },
    });
  });
});
