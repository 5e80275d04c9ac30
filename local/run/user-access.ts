import { relative } from "node:path";
import { unqualifiedArn } from "../../aws/arn";
import { isObject } from "../../lib/json";
import type { AuthorizerDefinition } from "../apigateway/definition/authorizer-definition";
import { readDocument } from "../apigateway/definition/document";
import type { RouteDefinition } from "../apigateway/definition/route-definition";
import type { GatewayDefinition } from "../read/gateway-resources";
import type { TokenIssuer } from "../read/token-issuers";
import type { NamedIssuer, SigningKeys } from "../tokens/signing-keys";
import { claimsOf } from "../tokens/token-claims";
import type { System } from "./system";

/** The token that lets a user in to a method. */
export interface TokenNeed {
  readonly issuer: TokenIssuer;
  /** Header in which it is sent, in lower case. */
  readonly header: string;
  /** Those of which it needs one; none where any token is enough. */
  readonly scopes: readonly string[];
}

const routesOfGateways = new WeakMap<GatewayDefinition, readonly RouteDefinition[]>();

/** The routes of a system's API. */
function routesOf({ gateway }: System): readonly RouteDefinition[] {
  if (!gateway) return [];
  const routes = routesOfGateways.get(gateway) ?? readDocument(gateway.restApi).routes;
  routesOfGateways.set(gateway, routes);
  return routes;
}

/** A method of a system's API. @param path as its document has it: `/things/{id}` */
export const routeOf = (system: System, method: string, path: string): RouteDefinition | undefined =>
  routesOf(system).find((route) => route.path === path && route.method === method.toUpperCase());

/** The header of a token, for those authorizers that take one from a header. */
function headerOf(authorizer: AuthorizerDefinition): string | undefined {
  if (authorizer.type === "COGNITO_USER_POOLS") return authorizer.header;
  const [source = ""] = authorizer.identitySources;
  return /^method\.request\.header\.(.+)$/.exec(source)?.[1]?.toLowerCase();
}

/** The scopes that our authorizer's function asks for: `{"GET/things/*": ["things/read"]}`. */
function scopesIn(variable: string | undefined, { method, path }: RouteDefinition): readonly string[] {
  try {
    const all: unknown = JSON.parse(variable ?? "");
    const name = `${method}${path.replace(/\{[^}]+\}/g, "*")}`;
    const scopes = isObject(all) && Object.hasOwn(all, name) ? all[name] : undefined;
    return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [];
  } catch {
    // Somebody else's variable: nobody knows what that function asks for.
    return [];
  }
}

/** What a method asks of users; undefined where it asks for none, or nobody can say what. */
export function tokenNeed(system: System, route: RouteDefinition): TokenNeed | undefined {
  const { authorizer, scopes } = route;
  const header = authorizer && headerOf(authorizer);
  if (!authorizer || header === undefined) return undefined;
  if (authorizer.type === "COGNITO_USER_POOLS") {
    const issuer = system.issuers.find((one) => authorizer.issuers.includes(one.issuer));
    return issuer && { issuer, header, scopes };
  }
  const arn = unqualifiedArn(authorizer.functionArn);
  const variables = system.functions.find((fn) => fn.arn === arn)?.environment ?? {};
  const issuer = system.issuers.find((one) => one.issuer === variables["TOKEN_ISSUER"]);
  return issuer && { issuer, header, scopes: scopesIn(variables["TOKEN_SCOPES"], route) };
}

/** Somebody, in examples. */
export const somebody = "ada";

/** Life of tokens that are made for a person at this machine, in seconds. */
const LIFE_S = 3600;

/** A token that is enough for a method, with one of its scopes. @param scopes others in place of that */
export function tokenFor(
  keys: SigningKeys,
  { issuer, scopes }: TokenNeed,
  wanted: { readonly subject?: string; readonly scopes?: readonly string[] } = {},
): string {
  const { subject = somebody } = wanted;
  const claims = { subject, scopes: wanted.scopes ?? scopes.slice(0, 1), seconds: LIFE_S };
  return keys.sign(issuer.issuer, claimsOf(issuer, claims, Date.now()));
}

/** What a person's shell has where it stands. */
interface Surroundings {
  readonly system: string;
  /** Those whose tokens can be had. */
  readonly named: readonly NamedIssuer[];
  /** Folder of the keys, and of the project. */
  readonly data: string;
  readonly root: string;
}

/** In single quotes, where a shell would read more into it. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The command that prints a token that is enough for a method. */
export function tokenCommand({ issuer, scopes }: TokenNeed, { system, named, data, root }: Surroundings): string {
  const ofSystem = named.filter((one) => one.system === system);
  const folder = relative(root, data);
  const options = [
    ...scopes.slice(0, 1).flatMap((scope) => ["--scope", scope]),
    ...(named.length > ofSystem.length ? ["--system", system] : []),
    ...(ofSystem.length > 1 ? ["--issuer", issuer.issuer] : []),
    ...(folder === ".local" ? [] : ["--data", folder.startsWith("..") ? data : folder]),
  ];
  return ["npm run -s token --", somebody, ...options.map(word)].join(" ");
}
