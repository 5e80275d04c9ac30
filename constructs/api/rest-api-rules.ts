import { apiGatewayLimits } from "../../aws/limits";
import { accesses, isOfUsers } from "../../contracts/access";
import { isMedia, responseOf, responsesOf } from "../../contracts/answers";
import { type Api, fieldNames, isList, type Route, successStatuses } from "../../contracts/api";
import type { OwnError } from "../../contracts/errors";
import { isStream, streams } from "../../contracts/streams";
import { between, oneOf, type Rule } from "../synth/validation";

const variablesIn = (path: string): string[] => [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);

function routeRules([operationId, route]: [string, Route]): Rule[] {
  const variables = variablesIn(route.path);
  const declared = fieldNames(route.params);
  return [
    oneOf(`${operationId}: access`, route.access, accesses),
    [
      variables.length === declared.length && variables.every((name) => declared.includes(name)),
      `${operationId}: params must be the variables of ${route.path}, got ${declared.join(", ") || "none"}; declare the same names`,
    ],
    ...cacheRules(operationId, route),
    ...answerRules(operationId, route),
    ...(streams(route) ? streamRules(operationId, route) : []),
  ];
}

/** Rules on a route whose answers are sent while they are made. */
function streamRules(operationId: string, route: Route): Rule[] {
  const whole = successStatuses(route).filter((status) => !isStream(responseOf(route, status)));
  return [
    [
      whole.length === 0,
      `${operationId}: a route that streams must stream the body of every success, got ${whole.join(", ")} without; make them textStream or binaryStream, or another route`,
    ],
    // Developer guide, "Stream the integration response for your proxy integrations in API Gateway": endpoint caching.
    [route.cache === undefined, `${operationId}: cache must be left out where the answer is streamed; remove it`],
  ];
}

/** Rules on the answers of a route. */
function answerRules(operationId: string, route: Route): Rule[] {
  const statuses = successStatuses(route);
  const foreign = Object.keys(route.responses ?? {}).filter((status) => !statuses.includes(Number(status)));
  const media = responsesOf(route).flatMap((body) => (isMedia(body) ? body.mediaType : []));
  const contentType = Object.keys(route.responseHeaders ?? {}).find((name) => name.toLowerCase() === "content-type");
  return [
    ...statuses.map((status) => between(`${operationId}: status`, status, [200, 399])),
    [
      foreign.length === 0,
      `${operationId}: responses must be of the route's statuses (${statuses.join(", ")}), got ${foreign.join(", ")}; add them to status`,
    ],
    ...media.map(
      (type): Rule => [
        /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(type) && type !== "application/json",
        `${operationId}: a body's media type must be one like text/html, without parameters and not JSON, got ${type}; give JSON a schema`,
      ],
    ),
    [
      contentType === undefined,
      `${operationId}: responseHeaders must not name Content-Type, which is the body's, got ${contentType}; make the response textBody or binaryBody`,
    ],
    ...Object.entries<OwnError>(route.ownErrors ?? {}).flatMap(([code, { status }]): Rule[] => [
      [
        /^[A-Z][A-Z0-9_]*$/.test(code),
        `${operationId}: ownErrors must be codes like LINK_EXPIRED, got ${code}; rename it`,
      ],
      between(`${operationId}: ownErrors.${code}.status`, status, [400, 499]),
    ]),
  ];
}

function cacheRules(operationId: string, { method, cache, params, query, headers }: Route): Rule[] {
  if (!cache) return [];
  const parameters = [...fieldNames(params), ...fieldNames(query), ...fieldNames(headers)];
  const missing = parameters.filter((name) => !cache.keyParameters.includes(name));
  const unknown = cache.keyParameters.filter((name) => !parameters.includes(name));
  const lists = fieldNames(query).filter((name) => isList(query, name));
  return [
    // API Gateway's own limit; 0 would switch the cache off.
    between(`${operationId}: cache.ttlSeconds`, cache.ttlSeconds, [1, apiGatewayLimits.cacheTtlSeconds[1]]),
    [method === "GET", `${operationId}: cache must be on a GET, got ${method}; remove it`],
    [
      missing.length === 0,
      `${operationId}: cache.keyParameters must include every parameter of the route, or one caller sees another's answer, got ${cache.keyParameters.join(", ") || "none"}; add ${missing.join(", ")}`,
    ],
    [
      unknown.length === 0,
      `${operationId}: cache.keyParameters must be parameters of the route (${parameters.join(", ")}), got ${unknown.join(", ")}; remove or declare them`,
    ],
    // The key has one value of each parameter.
    [
      lists.length === 0,
      `${operationId}: a cached route must have parameters that are given once, got the lists ${lists.join(", ")}; take a text, or remove the cache`,
    ],
  ];
}

/** Rule that a client which changes a cached answer and reads it from the cache can ask past the old one. */
function freshReadRule([operationId, { path, method, cache }]: [string, Route], routes: readonly Route[]): Rule {
  const changes = routes.filter((other) => other.method !== "GET" && `${other.path}/`.startsWith(`${path}/`));
  return [
    !cache || method !== "GET" || changes.length === 0 || cache.keyParameters.includes("version"),
    `${operationId}: cache.keyParameters must include a version where ${changes.map((route) => `${route.method} ${route.path}`).join(", ")} changes what is cached, got ${cache?.keyParameters.join(", ") || "none"}; take a version in the query and hand it out with every change`,
  ];
}

function handlerRules({ name, routes }: Api, handlers: readonly string[]): Rule[] {
  const operations = Object.keys(routes);
  const unhandled = operations.filter((operationId) => !handlers.includes(operationId));
  const unrouted = handlers.filter((operationId) => !operations.includes(operationId));
  return [
    [
      unhandled.length === 0,
      `handlers must have a function for every route of ${name}, got none for ${unhandled.join(", ")}; add it, or remove the route from the contract`,
    ],
    [
      unrouted.length === 0,
      `handlers must be routes of ${name} (${operations.join(", ")}), got ${unrouted.join(", ")}; add the route to the contract, or remove the handler`,
    ],
  ];
}

type StageHandlers = Readonly<Record<string, Readonly<Record<string, { readonly timeoutSeconds: number }>>>>;

/** All stages share one document, and with it the time that an integration may take. */
function timeoutRule(operationId: string, stages: StageHandlers): Rule {
  const timeouts = Object.values(stages).flatMap((handlers) => handlers[operationId]?.timeoutSeconds ?? []);
  return [
    new Set(timeouts).size <= 1,
    `${operationId}: timeoutSeconds must be the same on every stage, got ${timeouts.join(", ")}; choose one`,
  ];
}

function originRule(origin: string): Rule {
  const isMet = URL.canParse(origin) && new URL(origin).origin === origin && /^https?:/.test(origin);
  return [
    isMet,
    `corsOrigins must be origins (https://app.example.com), never *, got ${origin}; name each site that may call`,
  ];
}

/** Rules on what an operation of users says, and on who lets them in. */
export function usersRules(contract: Api, users: { readonly contract: Api } | undefined): Rule[] {
  const routes = Object.entries<Route>(contract.routes);
  const guarded = routes.filter(([, { access }]) => isOfUsers(access)).map(([operationId]) => operationId);
  const named = guarded.join(", ");
  return [
    [
      guarded.length === 0 || users !== undefined,
      `users must say who lets users in, since ${named} are theirs, got none; make Users of the contract`,
    ],
    [
      guarded.length > 0 || users === undefined,
      `users must be left out where no operation has the access user, got them; remove them, or say so in the contract`,
    ],
    [
      users === undefined || users.contract === contract,
      `users must be those of ${contract.name}, got those of ${users?.contract.name}; give both the same contract`,
    ],
    ...routes.flatMap(userRouteRules),
  ];
}

function userRouteRules([operationId, { access, scopes = [], cache }]: [string, Route]): Rule[] {
  const malformed = scopes.find((scope) => !/^[!#-[\]-~]+$/.test(scope));
  return [
    [
      malformed === undefined,
      `${operationId}: scopes must be of printable characters without spaces, quotes and backslashes (RFC 6749, 3.3), got "${malformed}"; rename it`,
    ],
    // The types say so, too, where they are asked.
    [
      scopes.length === 0 || isOfUsers(access),
      `${operationId}: scopes must be of an operation of users, got ${scopes.join(", ")} and the access ${access}; ask for users`,
    ],
    [
      cache === undefined || !isOfUsers(access),
      `${operationId}: cache must be left out where users call, or one sees another's answer; remove it`,
    ],
  ];
}

/** Rules on a contract, its handlers and the CORS origins. */
export function restApiRules(contract: Api, stages: StageHandlers, corsOrigins: readonly string[]): Rule[] {
  const routes = Object.entries(contract.routes);
  const places = routes.map(([, { method, path }]) => `${method} ${path}`);
  const repeated = places.filter((place, index) => places.indexOf(place) !== index);
  return [
    ...Object.values(stages).flatMap((handlers) => handlerRules(contract, Object.keys(handlers))),
    ...Object.keys(contract.routes).map((operationId) => timeoutRule(operationId, stages)),
    [
      repeated.length === 0,
      `routes must differ in method or path, got ${repeated.join(", ")} twice; change one of them`,
    ],
    ...routes.flatMap(routeRules),
    ...routes.map((route) => freshReadRule(route, Object.values(contract.routes))),
    ...corsOrigins.map(originRule),
  ];
}
