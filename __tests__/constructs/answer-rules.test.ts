import { restApiRules } from "../../constructs/api/rest-api-rules";
import { textBody } from "../../contracts/answers";
import type { Api, Route } from "../../contracts/api";
import { gatewayBody } from "../../contracts/gateway-body";
import { binaryStream, textStream } from "../../contracts/streams";
import { linksApi } from "../fixtures/links-api";

const { getPage, listLinks } = linksApi.routes;

const refused = (route: Route): string[] =>
  restApiRules({ ...linksApi, routes: { it: route } }, { dev: { it: { timeoutSeconds: 3 } } }, []).flatMap(
    ([isMet, message]) => (isMet ? [] : [message]),
  );

it("takes answers of every kind", () => {
  const handlers = Object.fromEntries(Object.keys(linksApi.routes).map((name) => [name, { timeoutSeconds: 3 }]));
  expect(restApiRules(linksApi, { dev: handlers }, []).filter(([isMet]) => !isMet)).toEqual([]);
});

it.each<[string, Route, string]>([
  ["a status of errors", { ...getPage, status: 404 }, "it: status must be a whole number 200–399, got 404"],
  [
    "a body of a status that there is not",
    { ...getPage, responses: { 202: textBody("text/csv") } },
    "got 202; add them to status",
  ],
  [
    "a media type with parameters",
    { ...getPage, response: textBody("text/html; charset=utf-8") },
    "without parameters and not JSON",
  ],
  ["JSON as a text", { ...getPage, response: textBody("application/json") }, "give JSON a schema"],
  ["the type as a header", { ...getPage, responseHeaders: { "content-type": "" } }, "must not name Content-Type"],
  [
    "a code in small letters",
    { ...getPage, ownErrors: { gone: { status: 410, meaning: "" } } },
    "must be codes like LINK_EXPIRED, got gone",
  ],
  [
    "a code of a fault",
    { ...getPage, ownErrors: { LOST: { status: 500, meaning: "" } } },
    "it: ownErrors.LOST.status must be a whole number 400–499, got 500",
  ],
  [
    "a stream beside a whole body",
    { ...getPage, status: [200, 202], response: textStream("text/csv"), responses: { 202: textBody("text/csv") } },
    "it: a route that streams must stream the body of every success, got 202 without",
  ],
  ["a stream that leads elsewhere", { ...getPage, status: 302, response: textStream("text/csv") }, "got 302 without"],
  [
    "a stream in a cache",
    { ...getPage, response: textStream("text/csv"), cache: { ttlSeconds: 9, keyParameters: [] } },
    "it: cache must be left out where the answer is streamed; remove it",
  ],
  [
    "a list in a cache's key",
    { ...listLinks, cache: { ttlSeconds: 9, keyParameters: ["tag", "visits", "least", "cursor"] } },
    "got the lists tag, visits",
  ],
])("refuses %s", (_, route, message) => {
  expect(refused(route)).toEqual([expect.stringContaining(message)]);
});

it("says in the document what there is: bodies, redirects, lists, codes, and for the gateway the types of bytes", () => {
  const integrations = Object.fromEntries(
    Object.keys(linksApi.routes).map((name) => [
      name,
      { functionArn: "arn:aws:lambda:us-east-1:000000000000:function:f", timeoutMs: 50 },
    ]),
  );
  const document = gatewayBody(linksApi satisfies Api, { region: "us-east-1", integrations, corsOrigins: [] });
  const responses = (path: string, method: string) => document.paths[path]?.[method]?.["responses"];

  expect(document["x-amazon-apigateway-binary-media-types"]).toEqual(["image/png"]);
  expect(responses("/links/{code}", "get")).toMatchObject({
    302: { headers: { Location: { schema: { type: "string" } } } },
    410: { description: "`LINK_EXPIRED`: The link has expired.", content: { "application/json": {} } },
  });
  expect(responses("/links/{code}", "get")).not.toHaveProperty("302.content");
  expect(responses("/links", "post")).toMatchObject({
    201: { content: { "application/json": { schema: { $ref: "#/components/schemas/Link" } } } },
    202: { content: { "application/json": { schema: { $ref: "#/components/schemas/Queued" } } } },
  });
  expect(responses("/table", "get")).toMatchObject({
    200: { content: { "text/csv": { schema: { type: "string" } } } },
  });
  expect(responses("/image", "get")).toMatchObject({
    200: { content: { "image/png": { schema: { type: "string", format: "binary" } } } },
  });
  expect(document.paths["/links"]?.["get"]?.["parameters"]).toContainEqual(
    expect.objectContaining({
      name: "tag",
      in: "query",
      required: false,
      schema: expect.objectContaining({ type: "array", maxItems: 3 }),
    }),
  );
});

it("has API Gateway pass on what streams as it comes, bytes as they are, and all else when it is complete", () => {
  const film = { ...getPage, path: "/film", response: binaryStream("video/mp4") } as const;
  const api = { ...linksApi, routes: { getPage, film } } as const satisfies Api;
  const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:f";
  const integrations = { getPage: { functionArn, timeoutMs: 50 }, film: { functionArn, timeoutMs: 900_000 } };
  const document = gatewayBody(api, { region: "us-east-1", integrations, corsOrigins: [] });
  const integration = (path: string) => document.paths[path]?.["get"]?.["x-amazon-apigateway-integration"];

  expect(integration("/film")).toEqual({
    ...{ type: "aws_proxy", httpMethod: "POST", timeoutInMillis: 900_000, responseTransferMode: "STREAM" },
    uri: `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${functionArn}/response-streaming-invocations`,
  });
  expect(integration("/page")).not.toHaveProperty("responseTransferMode");
  expect(document).not.toHaveProperty("x-amazon-apigateway-binary-media-types");
  expect(document.paths["/film"]?.["get"]?.["responses"]).toMatchObject({ 200: { content: { "video/mp4": {} } } });
});
