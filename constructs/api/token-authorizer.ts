import { Construct } from "constructs";
import { apiGatewayLimits, lambdaLimits } from "../../aws/limits";
import { isOfUsers } from "../../contracts/access";
import type { Api } from "../../contracts/api";
import type { TokenSettings } from "../../environments/environment";
import { NodeFunction } from "../compute/node-function";
import { between, type Rule, validate } from "../synth/validation";

export interface TokenAuthorizerProps extends TokenSettings {
  /** The API that it lets users in to. */
  readonly contract: Api;
}

/** Method and path of a route as policies have them, without the slash between API and path: `GET/things/*`. */
const inPolicies = (method: string, path: string): string => `${method}${path.replace(/\{[^}]+\}/g, "*")}`;

/** The scopes of which each operation of users needs one. */
const scopesByMethod = ({ routes }: Api): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.values(routes)
        .filter(({ access }) => isOfUsers(access))
        .map(({ method, path, scopes = [] }) => [inPolicies(method, path), scopes]),
    ),
  );

/** An issuer's keys where OpenID Connect providers of any make have them. */
const keySetOf = (issuer: string): string => `${issuer.replace(/\/$/, "")}/.well-known/jwks.json`;

/** Room for the other variables. */
const longestScopes = lambdaLimits.variableBytes - 1024;

function urlRule(setting: string, value: string): Rule {
  const isMet = URL.canParse(value) && /^https:\/\/[^\s?#]+$/.test(value);
  return [
    isMet,
    `${setting} must be a URL like https://login.example.com, without query and fragment, got ${value}; correct it`,
  ];
}

/**
 * A Lambda function that says whether a token is a user's: signed by the issuer, for this API, and not expired. It is in no
 * network, since it asks the issuer for its keys; API Gateway keeps its answers for `resultTtlSeconds`.
 *
 * @example
 * const users = new TokenAuthorizer(this, "users", {
 *   contract,
 *   issuer: "https://login.example.com",
 *   audience: "https://api.example.com",
 * });
 */
export class TokenAuthorizer extends Construct {
  readonly fn: NodeFunction;
  readonly resultTtlSeconds: number;

  constructor(scope: Construct, id: string, props: TokenAuthorizerProps) {
    super(scope, id);
    const { contract, issuer, audience, keySetUrl = keySetOf(props.issuer), resultTtlSeconds = 60 } = props;
    this.resultTtlSeconds = resultTtlSeconds;
    const scopes = scopesByMethod(contract);
    this.fn = new NodeFunction(this, "authorize-token", {
      entry: "runtime/authorize-token.ts",
      environment: {
        TOKEN_ISSUER: issuer,
        TOKEN_AUDIENCE: audience,
        TOKEN_KEY_SET_URL: keySetUrl,
        TOKEN_SCOPES: scopes,
      },
    });
    this.fn.authorizes();
    validate(this, () => [
      urlRule("issuer", issuer),
      urlRule("keySetUrl", keySetUrl),
      [audience.trim() !== "", 'audience must say whom tokens are for, as their "aud" does, got none; name it'],
      between("resultTtlSeconds", resultTtlSeconds, apiGatewayLimits.authorizerTtlSeconds),
      [
        scopes.length <= longestScopes,
        `contract must have operations of users whose paths and scopes take up to ${longestScopes} characters, got ${scopes.length}; divide the API`,
      ],
    ]);
  }
}
