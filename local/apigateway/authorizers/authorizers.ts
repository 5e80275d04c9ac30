import { arnOf } from "../../../aws/arn";
import type { GatewayDefinition } from "../../read/gateway-resources";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import type { Backends } from "../integration/backends";
import type { Authorizer } from "./authorizer";
import type { AuthorizerAnswer } from "./authorizer-answer";
import { lambdaAuthorizer } from "./lambda-authorizer";
import { Results } from "./results";
import { userPoolAuthorizer } from "./user-pool-authorizer";

/** The authorizers of a stage. */
export class StageAuthorizers {
  private readonly results = new Map<string, Results<AuthorizerAnswer>>();

  constructor(
    private readonly definition: GatewayDefinition,
    private readonly backends: Backends,
  ) {}

  /** The authorizer of a method; undefined where it has none. */
  of(route: RouteDefinition, stage: StageFacts): Authorizer | undefined {
    if (!route.authorizer) return undefined;
    const { authorizer, scopes } = route;
    if (authorizer.type === "COGNITO_USER_POOLS") return userPoolAuthorizer(authorizer, scopes, this.backends);
    const { region, accountId, restApi } = this.definition;
    const results = this.results.get(authorizer.name) ?? new Results<AuthorizerAnswer>(authorizer.ttlSeconds);
    this.results.set(authorizer.name, results);
    const authorizerArn = arnOf("execute-api", `${restApi.id}/authorizers/${authorizer.name}`, { region, accountId });
    return lambdaAuthorizer(authorizer, { route, stage, authorizerArn, results }, this.backends);
  }
}
