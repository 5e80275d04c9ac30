import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Access } from "../../contracts/access";
import type { Route } from "../../contracts/api";
import { isObject } from "../../lib/json";
import { type Claims, scopesIn, suffice } from "./claims";
import { Forbidden } from "./errors";

/** A user, by the token that the request came with. */
export interface User {
  /** Who it is at the token's issuer (`sub`): the same whenever they call, and nobody else's. */
  readonly subject: string;
  /** What the token was given out for: `things/write`. */
  readonly scopes: readonly string[];
  /** All that the token says, by name. Where a user pool of Cognito checks it, every value is text. */
  readonly claims: Claims;
}

/** The caller of an operation, by its access. */
export type Caller<A extends Access> = {
  readonly public: string;
  readonly apiKey: string;
  readonly user: User;
  readonly userAndApiKey: User & { readonly apiKeyId: string };
}[A];

type RequestContext = Partial<APIGatewayProxyEvent["requestContext"]>;

/** As the authorizer's function passes them on, whose context has texts alone. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The user that API Gateway's authorizer let in: a function of ours, or a user pool. */
function userIn({ authorizer }: RequestContext): User | undefined {
  const given: unknown = authorizer?.["claims"];
  const claims = typeof given === "string" ? parsed(given) : given;
  if (!isObject(claims)) return undefined;
  const { sub: subject } = claims;
  return typeof subject === "string" && subject !== "" ? { subject, scopes: scopesIn(claims), claims } : undefined;
}

const apiKeyIn = ({ identity }: RequestContext): string | undefined => identity?.apiKeyId || undefined;

function userWithKeyIn(context: RequestContext): Caller<"userAndApiKey"> | undefined {
  const [user, apiKeyId] = [userIn(context), apiKeyIn(context)];
  return user && apiKeyId ? { ...user, apiKeyId } : undefined;
}

/** The caller for each access, by what API Gateway knows of it; undefined where it should have let nobody in. */
const callers: { readonly [A in Access]: (context: RequestContext) => Caller<A> | undefined } = {
  public: ({ identity }) => identity?.apiKeyId ?? "anonymous",
  apiKey: apiKeyIn,
  user: userIn,
  userAndApiKey: userWithKeyIn,
};

/** The caller for a log, whether admitted or not: the user, or else the key. */
export const callerOf = ({ requestContext }: APIGatewayProxyEvent): string =>
  userIn(requestContext ?? {})?.subject ?? requestContext?.identity?.apiKeyId ?? "anonymous";

/**
 * The caller that a route admits. API Gateway has refused all others before; whoever comes another way, or through a
 * gateway that was changed manually, is refused here. So is a token without the route's scopes, which the policy of an
 * authorizer may let through: a variable of a path stands there as `*`, which matches slashes, too.
 *
 * @throws Forbidden
 */
export function admittedCaller<const R extends Route>(
  { access, scopes = [] }: R,
  { requestContext }: APIGatewayProxyEvent,
): Caller<R["access"]> {
  const caller = Object.hasOwn(callers, access) ? callers[access](requestContext ?? {}) : undefined;
  if (caller === undefined) throw new Forbidden();
  if (scopes.length > 0 && !(typeof caller === "object" && suffice(caller.scopes, scopes))) throw new Forbidden();
  // Each caller is that of its access.
  return caller as Caller<R["access"]>;
}
