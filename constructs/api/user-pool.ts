import { CognitoResourceServer } from "@cdktf/provider-aws/lib/cognito-resource-server";
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain";
import { Construct } from "constructs";
import { cognitoLimits } from "../../aws/limits";
import { isOfUsers } from "../../contracts/access";
import type { Api } from "../../contracts/api";
import type { UserPoolSettings } from "../../environments/environment";
import { StackContext } from "../synth/stack-context";
import { type Rule, validate } from "../synth/validation";

export interface UserPoolProps extends UserPoolSettings {
  /** The API that it lets users in to, whose scopes it gives out. */
  readonly contract: Api;
}

/** `things/write` is the scope `write` of the resource server `things`, as tokens of a pool have it. */
const scopeForm = /^([!#-.0-[\]-~]+)\/([!#-.0-[\]-~]+)$/;

const operationsOf = ({ routes }: Api) => Object.entries(routes).filter(([, { access }]) => isOfUsers(access));

/** The scopes of a contract by their resource servers, each once. */
function scopesByServer(contract: Api): ReadonlyMap<string, readonly string[]> {
  const servers = new Map<string, string[]>();
  const all = new Set(operationsOf(contract).flatMap(([, { scopes = [] }]) => scopes));
  for (const scope of [...all].sort()) {
    const [, server, name] = scopeForm.exec(scope) ?? [];
    if (server && name) servers.set(server, [...(servers.get(server) ?? []), name]);
  }
  return servers;
}

/** Rules on what a pool's authorizer makes of an operation. */
const scopeRules = (contract: Api): Rule[] =>
  operationsOf(contract).flatMap(([operationId, { scopes = [] }]): Rule[] => [
    // Without, API Gateway takes identity tokens, and no others.
    [
      scopes.length > 0,
      `${operationId}: scopes must name one where a user pool lets users in, got none; add things/read, say`,
    ],
    ...scopes.map(
      (scope): Rule => [
        scopeForm.test(scope),
        `${operationId}: scopes must be of a resource server where a user pool lets users in (things/read), got ${scope}; rename it`,
      ],
    ),
  ]);

function pageRule(setting: string, url: string): Rule {
  const isMet = URL.canParse(url) && /^(https:\/\/[^#]+|http:\/\/localhost(:\d+)?(\/[^#]*)?)$/.test(url);
  return [
    isMet,
    `${setting} must be pages like https://app.example.com/signed-in (or http://localhost), without fragment, got ${url}; correct it`,
  ];
}

function domainRule(prefix: string): Rule {
  const reserved = ["amazon", "aws", "cognito"].find((word) => prefix.includes(word));
  return [
    reserved === undefined,
    `the sign-in pages' domain must not contain ${reserved}, which Cognito keeps to itself, got ${prefix}; choose another id`,
  ];
}

/**
 * A Cognito user pool: people are invited by an administrator, sign in by e-mail address and password on the pages that
 * Cognito serves, and get tokens with the scopes of a contract. Outputs say where they sign in, and as which client.
 *
 * @example
 * const users = new UserPool(this, "users", { contract, callbackUrls: ["https://app.example.com/signed-in"] });
 */
export class UserPool extends Construct {
  readonly arn: string;
  readonly resource: CognitoUserPool;

  constructor(scope: Construct, id: string, { contract, callbackUrls, logoutUrls = [] }: UserPoolProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const { deletionProtection } = stack.environment;
    const name = stack.nameOf(this);
    this.resource = new CognitoUserPool(this, "Default", {
      name,
      deletionProtection: deletionProtection ? "ACTIVE" : "INACTIVE",
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ["email"] },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireNumbers: true,
        requireSymbols: false,
        requireUppercase: true,
        temporaryPasswordValidityDays: 7,
      },
      mfaConfiguration: "OPTIONAL",
      softwareTokenMfaConfiguration: { enabled: true },
    });
    this.arn = this.resource.arn;
    const userPoolId = this.resource.id;
    const scopes = scopesByServer(contract);
    const servers = [...scopes].map(
      ([identifier, names]) =>
        new CognitoResourceServer(this, `scopes-${identifier.replace(/[^\w-]+/g, "-")}`, {
          ...{ userPoolId, identifier, name: identifier },
          scope: names.map((scopeName) => ({ scopeName, scopeDescription: `${identifier}: ${scopeName}` })),
        }),
    );
    const client = new CognitoUserPoolClient(this, "client", {
      name: `${name}-client`,
      userPoolId,
      // For pages and apps, which can keep none.
      generateSecret: false,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: [
        "openid",
        ...[...scopes].flatMap(([server, names]) => names.map((one) => `${server}/${one}`)),
      ],
      supportedIdentityProviders: ["COGNITO"],
      callbackUrls: [...callbackUrls],
      ...(logoutUrls.length > 0 ? { logoutUrls: [...logoutUrls] } : {}),
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      accessTokenValidity: 60,
      idTokenValidity: 60,
      tokenValidityUnits: [{ accessToken: "minutes", idToken: "minutes" }],
      dependsOn: servers,
    });
    const ownName = name.toLowerCase().replace(/[^a-z0-9-]+/g, "-");
    // With the account, since it is one name for all accounts of a region.
    const domain = new CognitoUserPoolDomain(this, "domain", { userPoolId, domain: `${ownName}-${stack.accountId}` });
    const output = stack.idOf(this).replaceAll("-", "_");
    stack.output(`${output}_client_id`, client.id, "The client as which pages sign people in");
    stack.output(
      `${output}_sign_in_url`,
      `https://${domain.domain}.auth.${stack.region}.amazoncognito.com`,
      "Where people sign in",
    );
    validate(this, () => [
      [callbackUrls.length > 0, "callbackUrls must name a page to come back to, got none; add one"],
      ...callbackUrls.map((url) => pageRule("callbackUrls", url)),
      ...logoutUrls.map((url) => pageRule("logoutUrls", url)),
      ...scopeRules(contract),
      domainRule(ownName),
      [
        ownName.length + "-000000000000".length <= cognitoLimits.domainPrefixCharacters,
        `the name must be at most ${cognitoLimits.domainPrefixCharacters - 13} characters, got ${ownName}; shorten the construct's id`,
      ],
    ]);
  }
}
