import * as z from "zod/mini";
import type { Json } from "../lib/json";
import { isOfUsers, type SchemeName, schemesOf, securityOf, securitySchemes } from "./access";
import { isMedia, isRedirect, type ResponseBody, responseOf } from "./answers";
import { type Api, type FieldsSchema, type Route, successStatuses } from "./api";
import { type ErrorStatus, errorStatuses, type OwnError } from "./errors";

/** A JSON value, as documents are made of. */
type Members = { readonly [name: string]: Json };

/** An OpenAPI operation, before a gateway's extensions. */
export type Operation = Members;

/** An OpenAPI 3.0.1 document: the version that API Gateway imports. */
export interface OpenApiDocument {
  readonly openapi: "3.0.1";
  readonly info: Members;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: { readonly schemas: Members; readonly securitySchemes: Members };
  readonly [extension: string]: Json | object;
}

const schemaRef = (name: string): Members => ({ $ref: `#/components/schemas/${name}` });

const conversion = {
  target: "openapi-3.0",
  // A format says it all; the patterns that zod adds to it are pages long.
  override: ({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }) => {
    if (jsonSchema.format) delete jsonSchema.pattern;
  },
} as const;

/** The API's models as OpenAPI schemas, referring to each other by name. */
function modelSchemas(models: Api["models"]): Members {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(models)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...conversion, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([name, { $id: _, ...schema }]) => [name, schema as Members]));
}

function modelName(api: Api, schema: Route["body"]): string {
  const name = Object.keys(api.models).find((key) => api.models[key] === schema);
  if (!name) throw new Error(`${api.name}: a body or response is not in models; add it there under a name`);
  return name;
}

function fieldParameters(schema: FieldsSchema | undefined, location: "path" | "query" | "header"): Members[] {
  if (!schema) return [];
  // What comes out of the schema says what is allowed (an integer); what goes in says what may be left out.
  const { properties = {} } = z.toJSONSchema(schema, { ...conversion, io: "output" });
  const { required = [] } = z.toJSONSchema(schema, { ...conversion, io: "input" });
  return Object.entries(properties).map(([name, property]) => ({
    name: location === "header" ? headerName(name) : name,
    in: location,
    required: required.includes(name),
    schema: property as Members,
  }));
}

/** `if-match` as documents spell it: `If-Match`. */
export const headerName = (name: string): string => name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());

function content(model: string): Members {
  return { content: { "application/json": { schema: schemaRef(model) } } };
}

function headersOf(described: Readonly<Record<string, string>> = {}): Members {
  const headers = Object.entries(described).map(([name, description]) => [
    name,
    { description, schema: { type: "string" } },
  ]);
  return headers.length > 0 ? { headers: Object.fromEntries(headers) } : {};
}

const staleness = (seconds: number): string =>
  `An answer may be up to ${seconds} seconds old, but never older than what its address was handed out with.`;

/** Headers of every answer from a cache. */
const cacheHeaders = {
  Expires: "Until when this answer may be served again",
  "Cache-Control": "`private`: besides the stage, only the client itself may keep it",
};

function bodyContent(api: Api, body: ResponseBody | undefined): Members {
  if (!body) return {};
  if (!isMedia(body)) return content(modelName(api, body));
  const schema = body.kind === "text" ? { type: "string" } : { type: "string", format: "binary" };
  return { content: { [body.mediaType]: { schema } } };
}

function success(api: Api, route: Route, status: number): Members {
  const location = isRedirect(status) ? { Location: "Where it is" } : {};
  return {
    description: isRedirect(status) ? "It is where Location says" : "Success",
    ...headersOf({ ...(route.cache ? cacheHeaders : {}), ...location, ...route.responseHeaders }),
    ...bodyContent(api, responseOf(route, status)),
  };
}

/** The refusal of API Gateway's authorizer, which no handler sees. */
const unauthorized = {
  status: 401,
  meaning: "The token is missing, or not valid any more, or not for this API.",
} as const;

/** The meaning of a refusal: of its status, and of the codes that a route has of its own. */
function refusalMeaning(status: number, { errors = [], ownErrors = {} }: Route): string {
  if (status === unauthorized.status) return unauthorized.meaning;
  const known: readonly number[] = [...errors, 403, 429, 500];
  const own = Object.entries<OwnError>(ownErrors)
    .filter(([, error]) => error.status === status)
    .map(([code, { meaning }]) => `\`${code}\`: ${meaning}`);
  return [...(known.includes(status) ? [errorStatuses[status as ErrorStatus].meaning] : []), ...own].join(" ");
}

function responses(api: Api, route: Route): Members {
  const own = Object.values<OwnError>(route.ownErrors ?? {}).map(({ status }) => status);
  const atTheDoor = isOfUsers(route.access) ? [unauthorized.status] : [];
  const refusals: number[] = [
    ...new Set<number>([...(route.errors ?? []), ...own, ...atTheDoor, 403, 429, 500]),
  ].sort();
  return Object.fromEntries([
    ...successStatuses(route).map((status) => [status, success(api, route, status)]),
    ...refusals.map((status) => [
      status,
      {
        description: refusalMeaning(status, route),
        ...headersOf(route.errorHeaders?.[status as ErrorStatus]),
        ...content(modelName(api, api.models["Error"])),
      },
    ]),
  ]);
}

/** What a client should know besides, in sentences. */
function descriptionOf({ cache, scopes = [] }: Route): Members {
  if (cache) return { description: staleness(cache.ttlSeconds) };
  const names = scopes.map((scope) => `\`${scope}\``).join(" or ");
  return scopes.length > 0 ? { description: `The token needs the scope ${names}.` } : {};
}

function operation(api: Api, [operationId, route]: [string, Route]): Operation {
  const parameters = [
    ...fieldParameters(route.params, "path"),
    ...fieldParameters(route.query, "query"),
    ...fieldParameters(route.headers, "header"),
  ];
  return {
    operationId,
    summary: route.summary,
    ...descriptionOf(route),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, ...content(modelName(api, route.body)) } } : {}),
    responses: responses(api, route),
    security: securityOf(operationId, route.access),
  };
}

/** The schemes that an API asks for. */
function schemesIn({ routes }: Api): Partial<Record<SchemeName, Members>> {
  const asked = new Set(Object.values(routes).flatMap(({ access }) => schemesOf(access)));
  const { apiKey, users } = securitySchemes;
  return { ...(asked.has("apiKey") ? { apiKey } : {}), ...(asked.has("users") ? { users } : {}) };
}

/**
 * The API's OpenAPI file, as its clients read it.
 *
 * @example
 * const document = JSON.stringify(openApi(recordsApi), undefined, 2);
 */
export function openApi(api: Api): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const entry of Object.entries(api.routes)) {
    const [, { path, method }] = entry;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(api, entry) };
  }
  return {
    openapi: "3.0.1",
    info: { title: api.name, version: api.version, description: api.description },
    paths,
    components: {
      schemas: modelSchemas(api.models),
      securitySchemes: schemesIn(api),
    },
  };
}
