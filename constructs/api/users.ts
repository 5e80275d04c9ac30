import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Construct } from "constructs";
import type { Api } from "../../contracts/api";
import type { UserAuthorizer } from "../../contracts/gateway-body";
import type { UsersSettings } from "../../environments/environment";
import type { NodeFunction } from "../compute/node-function";
import { permitService } from "../compute/service-permission";
import { TokenAuthorizer } from "./token-authorizer";
import { UserPool } from "./user-pool";

export interface UsersProps {
  /** The API whose operations have the access `user`. */
  readonly contract: Api;
  /** Where they come from: the tokens of an issuer, or a user pool of Cognito. */
  readonly from: UsersSettings;
}

/**
 * The users of an API, from where the environment says.
 *
 * @example
 * const from = { tokens: { issuer: "https://login.example.com", audience: "https://api.example.com" } };
 * const users = new Users(this, "users", { contract, from });
 * new RestApi(this, "api", { contract, handlers: { getThing }, users });
 */
export class Users extends Construct {
  readonly contract: Api;
  /** The function that checks tokens, for alarms and rollouts; none where a user pool does. */
  readonly functions: readonly NodeFunction[];
  /** Who says whether a token is a user's. */
  readonly authorizer: UserAuthorizer;
  /** API Gateway's variable of a token's subject. */
  readonly accessLogVariable: string;

  constructor(scope: Construct, id: string, { contract, from }: UsersProps) {
    super(scope, id);
    this.contract = contract;
    if ("userPool" in from) {
      this.functions = [];
      this.accessLogVariable = "$context.authorizer.claims.sub";
      this.authorizer = { userPoolArn: new UserPool(this, "pool", { contract, ...from.userPool }).arn };
      return;
    }
    const { fn, resultTtlSeconds } = new TokenAuthorizer(this, "tokens", { contract, ...from.tokens });
    this.functions = [fn];
    this.accessLogVariable = "$context.authorizer.principalId";
    this.authorizer = { functionArn: fn.arn, resultTtlSeconds };
  }

  /** Lets an API, by its execution ARN, ask whether a token is a user's. */
  permit(executionArn: string): LambdaPermission[] {
    const sourceArn = `${executionArn}/authorizers/*`;
    return this.functions.map((fn) =>
      permitService(this, "permission", fn, { principal: "apigateway.amazonaws.com", sourceArn }),
    );
  }
}
