import type { Endpoint } from "./api/endpoint";

const parameter = (place: "path" | "query", name: string, description?: string) => ({
  name,
  in: place,
  required: place === "path",
  schema: { type: "string" },
  ...(description === undefined ? {} : { description }),
});

const error = (description: string) => ({
  description,
  content: {
    "application/json": {
      schema: { type: "object", required: ["message"], properties: { message: { type: "string" } } },
    },
  },
});

function operation({ operationId, summary, path, query = {}, body }: Endpoint): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => parameter("path", name));
  const inQuery = Object.entries(query).map(([name, description]) => parameter("query", name, description));
  const properties = Object.entries(body ?? {}).map(([name, description]) => [name, { description }]);
  const schema = { type: "object", properties: Object.fromEntries(properties) };
  return {
    operationId,
    summary,
    parameters: [...inPath, ...inQuery],
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema } } } } : {}),
    responses: {
      "200": { description: "What was asked for", content: { "application/json": { schema: { type: "object" } } } },
      "4XX": error("Why not"),
    },
  };
}

/** The page's interface as an OpenAPI document. */
export function openApi(endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const secured = endpoint.method === "POST" ? { security: [{ token: [] }] } : {};
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: { ...operation(endpoint), ...secured },
    };
  }
  return {
    openapi: "3.0.3",
    info: {
      title: "The local run",
      version: "1",
      description:
        "What the page of npm start shows, for scripts. A POST takes the header x-page-token with what GET /api/session " +
        "answers. GET /api/events is a stream of server-sent events: requests, logs, state.",
    },
    paths,
    components: { securitySchemes: { token: { type: "apiKey", in: "header", name: "x-page-token" } } },
  };
}
