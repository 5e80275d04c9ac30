import { relative } from "node:path";
import { unqualifiedArn } from "../../aws/arn";
import { isObject } from "../../lib/json";
import type { AuthorizerDefinition } from "../apigateway/definition/authorizer-definition";
import { readDocument } from "../apigateway/definition/document";
import type { RouteDefinition } from "../apigateway/definition/route-definition";
import type { GatewayDefinition } from "../read/gateway-resources";
import type { TokenIssuer } from "../read/token-issuers";
import { judge, shown } from "../tokens/judgement";
import type { SigningKeys } from "../tokens/signing-keys";
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

/** Life of tokens that are made for a person at this machine. */
export const tokenLifeSeconds = 3600;

/** In single quotes, where a shell would read more into it. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** What a person asks for instead of an example's. */
interface Wanted {
  readonly subject?: string;
  readonly scopes?: readonly string[];
}

const texts = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Tokens of users, for a person at this machine. */
export class UserTokens {
  constructor(
    private readonly keys: SigningKeys,
    /** Folder of the keys, and of the project. */
    private readonly folders: { readonly data: string; readonly root: string },
  ) {}

  /** A token that is enough for a method, with one of its scopes. */
  make({ issuer, scopes: needed }: TokenNeed, wanted: Wanted = {}): string {
    const { subject = somebody, scopes = needed.slice(0, 1) } = wanted;
    return this.keys.sign(issuer.issuer, claimsOf(issuer, { subject, scopes, seconds: tokenLifeSeconds }, Date.now()));
  }

  /** The command that prints one. */
  command(system: string, { issuer, scopes }: TokenNeed): string {
    const { data, root } = this.folders;
    const named = this.keys.named();
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

  /** What is wrong with a token, as the end of a sentence; undefined for one that is good as far as this machine knows. */
  faultOf(text: string, { issuer, scopes }: TokenNeed, now: number): string | undefined {
    const judged = judge(text, { issuers: [issuer.issuer], keys: this.keys, now });
    if ("fault" in judged) return judged.fault;
    const { aud, scope, token_use: use } = judged.claims;
    const [audience] = issuer.audiences;
    if (issuer.isUserPool) {
      const wanted = scopes.length > 0 ? "access" : "id";
      if (use !== wanted) return `it is of the kind ${shown(use)}, where ${wanted} is taken (token_use)`;
    } else if (audience !== undefined && !texts(aud).includes(audience)) {
      return `the token is for ${shown(aud)}, and those for ${audience} are taken (aud)`;
    }
    const has = typeof scope === "string" ? scope.split(" ") : [];
    if (scopes.length === 0 || scopes.some((one) => has.includes(one))) return undefined;
    return `its scope is ${shown(scope)}, where ${scopes.join(" or ")} is needed`;
  }
}
