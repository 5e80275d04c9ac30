import { isObject, type JsonObject } from "../../../lib/json";
import { exampleOf } from "../../run/example-request";
import type { System } from "../../run/system";
import { routeOf, somebody, tokenLifeSeconds, tokenNeed } from "../../run/user-access";
import { type Endpoint, memberOf, notThere, PageError, type Sources, textOf } from "./endpoint";

/** A value that a route takes, and within which bounds. */
interface Bound {
  /** `values[]` */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** `at least 1 · at most 1000` */
  readonly bounds: string;
}

const bounding: Readonly<Record<string, (value: unknown) => string>> = {
  enum: (value) => `one of ${[value].flat().map(String).join(", ")}`,
  pattern: (value) => `fits ${value}`,
  minLength: (value) => `at least ${value} characters`,
  maxLength: (value) => `at most ${value} characters`,
  minimum: (value) => `at least ${value}`,
  maximum: (value) => `at most ${value}`,
  minItems: (value) => `at least ${value} items`,
  maxItems: (value) => `at most ${value} items`,
  maxProperties: (value) => `at most ${value} members`,
  format: (value) => String(value),
};

const boundsOf = (schema: JsonObject): string =>
  Object.entries(bounding)
    .flatMap(([keyword, words]) => (schema[keyword] === undefined ? [] : [words(schema[keyword])]))
    .join(" · ");

/** A schema with its reference resolved. */
function resolved(schema: unknown, schemas: JsonObject): JsonObject {
  if (!isObject(schema)) return {};
  const name = typeof schema["$ref"] === "string" ? schema["$ref"].split("/").at(-1) : undefined;
  return name === undefined ? schema : resolved(schemas[name], schemas);
}

/** Deeper than this nobody reads, and a schema may be in a circle. */
const DEEPEST = 6;

function boundsIn(schema: unknown, schemas: JsonObject, path = "", required = true): readonly Bound[] {
  const whole = resolved(schema, schemas);
  const depth = path.split(/[.[]/).length;
  const own: readonly Bound[] =
    path === "" ? [] : [{ path, type: String(whole["type"] ?? "any"), required, bounds: boundsOf(whole) }];
  if (depth > DEEPEST) return own;
  const needed = Array.isArray(whole["required"]) ? whole["required"] : [];
  const properties = isObject(whole["properties"]) ? Object.entries(whole["properties"]) : [];
  const members = properties.flatMap(([name, member]) =>
    boundsIn(member, schemas, path === "" ? name : `${path}.${name}`, needed.includes(name)),
  );
  const items = whole["items"] === undefined ? [] : boundsIn(whole["items"], schemas, `${path}[]`, true);
  return [...own, ...members, ...items];
}

const methods = ["get", "post", "put", "patch", "delete", "head"];

function parametersOf(operation: JsonObject, schemas: JsonObject) {
  const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"].filter(isObject) : [];
  return parameters.map((parameter) => {
    const schema = resolved(parameter["schema"], schemas);
    const required = parameter["required"] === true;
    const example = required ? exampleOf(schema, schemas) : undefined;
    return {
      name: String(parameter["name"]),
      in: String(parameter["in"]),
      required,
      type: String(schema["type"] ?? "string"),
      bounds: boundsOf(schema),
      description: String(schema["description"] ?? parameter["description"] ?? ""),
      example: example === undefined ? "" : String(example),
    };
  });
}

function routesOf(whole: System, { runner }: Sources) {
  const { name: system, gateway, functions } = whole;
  const { body } = gateway?.restApi ?? {};
  const document: unknown = typeof body === "string" ? JSON.parse(body) : body;
  if (!isObject(document) || !isObject(document["paths"])) return [];
  const components = isObject(document["components"]) ? document["components"] : {};
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {};
  const entrances = runner.listeners.describe().find((one) => one.system === system)?.entrances ?? [];
  const grants = runner.grants();
  return Object.entries(document["paths"]).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = isObject(item) ? item[method] : undefined;
      if (!isObject(operation)) return [];
      const integration = operation["x-amazon-apigateway-integration"];
      const uri = isObject(integration) ? String(integration["uri"] ?? "") : "";
      const [, named = ""] = /:function:([^/]+)\/(?:response-streaming-)?invocations/.exec(uri) ?? [];
      const variables = gateway?.stages[0]?.variables ?? {};
      const [functionName = ""] = named
        .replace(/\$\{stageVariables\.(\w+)\}/g, (_, variable: string) => variables[variable] ?? "")
        .split(":");
      const requestBody = isObject(operation["requestBody"]) ? operation["requestBody"] : {};
      const content = isObject(requestBody["content"]) ? requestBody["content"]["application/json"] : undefined;
      const schema = isObject(content) ? content["schema"] : undefined;
      const example = schema === undefined ? undefined : exampleOf(schema, schemas);
      const fn = functions.find(({ name }) => name === functionName);
      const route = routeOf(whole, method, path);
      const need = route && tokenNeed(whole, route);
      return [
        {
          system,
          method: method.toUpperCase(),
          path,
          operationId: String(operation["operationId"] ?? `${method} ${path}`),
          summary: String(operation["summary"] ?? ""),
          takesKey: route?.apiKeyRequired === true,
          user: need && { header: need.header, issuer: need.issuer.issuer, scopes: need.scopes, subject: somebody },
          parameters: parametersOf(operation, schemas),
          takesBody: schema !== undefined,
          body: schema === undefined ? [] : boundsIn(schema, schemas),
          example: example === undefined ? "" : JSON.stringify(example, undefined, 2),
          function: fn && {
            name: fn.name,
            id: fn.id,
            handler: fn.handler,
            grants: grants.filter((grant) => grant.function === fn.name),
          },
          entrances,
        },
      ];
    }),
  );
}

/** @throws PageError for what is no list of texts */
function textsIn(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new PageError(400, "scopes must be a list of texts");
}

export const routeEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/routes",
    operationId: "listRoutes",
    summary: "The routes of the systems' APIs: what each takes, an example of it, its function and that one's grants",
    answer: (_, sources) => ({ routes: sources.runner.systems.flatMap((system) => routesOf(system, sources)) }),
  },
  {
    method: "POST",
    path: "/api/tokens",
    operationId: "makeToken",
    summary: "Makes a token of a user for a route, signed by the local run's keys",
    body: {
      system: "a system's name",
      method: "of the route: GET, POST …",
      path: "of the route, as its document has it: /things/{id}",
      subject: "whom it is about",
      scopes: "a list of texts; without one the first that the route takes",
    },
    answer({ body }, { runner }) {
      const [name, method, path] = [textOf(body, "system"), textOf(body, "method"), textOf(body, "path")];
      const subject = textOf(body, "subject");
      const system = runner.systems.find((one) => one.name === name);
      const route = system && routeOf(system, method, path);
      if (!system || !route) throw notThere(`${method} ${path} of ${name}`);
      const need = tokenNeed(system, route);
      if (!need) throw new PageError(409, `${method} ${path} takes no tokens of users that could be made here`);
      if (subject === "") throw new PageError(400, "subject must say whom the token is about");
      const scopes = memberOf(body, "scopes");
      const token = runner.userTokens.make(
        need,
        scopes === undefined ? { subject } : { subject, scopes: textsIn(scopes) },
      );
      return { header: need.header, value: `Bearer ${token}`, expiresInSeconds: tokenLifeSeconds };
    },
  },
];
