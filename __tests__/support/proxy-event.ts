import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Route } from "../../contracts/api";

/** A test's part of the request; the rest of the event is as API Gateway makes it. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly rawBody?: string;
  readonly base64?: boolean;
  /** @default "key-1"; null where no key was sent */
  readonly apiKeyId?: string | null;
  /** What an authorizer says of the caller: `{ claims: { sub: "ada" } }`. @default the route has none */
  readonly authorizer?: object | null | undefined;
  readonly requestId?: string;
}

type Given = Readonly<Record<string, string | readonly string[]>> | undefined;

const listed = (given: Given): Record<string, string[]> =>
  Object.fromEntries(Object.entries(given ?? {}).map(([name, value]) => [name, [value].flat() as string[]]));

/** A repeated name gives its last value in the single map. */
const single = (lists: Record<string, string[]>): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1) ?? ""]));

/** An empty map is null in an event, never `{}`. */
const orNull = <T extends object>(map: T): T | null => (Object.keys(map).length > 0 ? map : null);

const pathOf = ({ path }: Route, params: Asked["params"]): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => params?.[name] ?? "");

type RequestContext = APIGatewayProxyEvent["requestContext"];

const requestContext = (
  route: Route,
  path: string,
  { requestId = randomUUID(), apiKeyId = "key-1", authorizer }: Asked,
): RequestContext => ({
  accountId: "000000000000",
  apiId: "api",
  authorizer,
  domainName: "api.execute-api.us-east-1.amazonaws.com",
  extendedRequestId: "extended",
  httpMethod: route.method,
  identity: { apiKey: "the-key-itself", apiKeyId, sourceIp: "127.0.0.1" } as RequestContext["identity"],
  path: `/test${path}`,
  protocol: "HTTP/1.1",
  requestId,
  requestTimeEpoch: Date.now(),
  resourceId: "resource",
  resourcePath: route.path,
  stage: "test",
});

/** The event that API Gateway sends to a route's function. */
export function proxyEvent(route: Route, asked: Asked = {}): APIGatewayProxyEvent {
  const headers = listed({
    Host: "api.example.com",
    "User-Agent": "test",
    "x-api-key": "the-key-itself",
    ...asked.headers,
  });
  const query = listed(asked.query);
  const path = pathOf(route, asked.params);
  return {
    resource: route.path,
    path,
    httpMethod: route.method,
    headers: single(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(single(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(asked.params ?? {}),
    stageVariables: null,
    body: asked.rawBody ?? (asked.body === undefined ? null : JSON.stringify(asked.body)),
    isBase64Encoded: asked.base64 ?? false,
    requestContext: requestContext(route, path, asked),
  };
}
