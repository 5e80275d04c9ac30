import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Access } from "../../contracts/access";
import type { Route } from "../../contracts/api";
import { Forbidden } from "./errors";

type CallerIdentity = Partial<APIGatewayProxyEvent["requestContext"]["identity"]>;

/** The caller for each access, by API Gateway's identity of it; undefined where it should have let nobody in. */
const callers: { readonly [A in Access]: (identity: CallerIdentity) => string | undefined } = {
  public: ({ apiKeyId }) => apiKeyId ?? "anonymous",
  apiKey: ({ apiKeyId }) => apiKeyId || undefined,
};

/** The caller for a log, whether admitted or not. */
export const callerOf = ({ requestContext }: APIGatewayProxyEvent): string =>
  requestContext?.identity?.apiKeyId ?? "anonymous";

/**
 * The caller that a route admits. API Gateway has refused all others before; whoever comes another way, or through a
 * gateway that was changed manually, is refused here.
 *
 * @throws Forbidden
 */
export function admittedCaller({ access }: Route, { requestContext }: APIGatewayProxyEvent): string {
  const caller = Object.hasOwn(callers, access) ? callers[access](requestContext?.identity ?? {}) : undefined;
  if (caller === undefined) throw new Forbidden();
  return caller;
}
