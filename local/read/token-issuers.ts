import { issuerOfUserPool } from "../../aws/user-pool";
import type { Arguments } from "./arguments";
import type { Graph } from "./graph";
import { readOpenApi } from "./openapi-document";

/** Somebody whose tokens a stack takes, as far as it says. */
export interface TokenIssuer {
  /** As tokens name it in `iss`: `https://…`. */
  readonly issuer: string;
  /** Where its public keys are asked for. */
  readonly keySetUrls: readonly string[];
  /** For whom its tokens may be: the first is meant where nobody says. Of a user pool, the ids of its clients. */
  readonly audiences: readonly string[];
  readonly isUserPool: boolean;
}

/** Where an issuer says what there is of it (OpenID Connect Discovery 1.0, 4). */
export const configurationUrl = (issuer: string): string =>
  `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;

const keySetUrl = (issuer: string): string => `${issuer.replace(/\/$/, "")}/.well-known/jwks.json`;

const isHttps = (text: string | undefined): text is string =>
  text !== undefined && URL.canParse(text) && new URL(text).protocol === "https:";

/** The issuer in a function's variables: `TOKEN_ISSUER`, with its `TOKEN_AUDIENCE` and `TOKEN_KEY_SET_URL`. */
function issuerIn(variables: Arguments): readonly TokenIssuer[] {
  const [issuer, audience, url] = ["TOKEN_ISSUER", "TOKEN_AUDIENCE", "TOKEN_KEY_SET_URL"].map((name) =>
    variables.has(name) ? String(variables.attributes[name]) : undefined,
  );
  if (!isHttps(issuer)) return [];
  return [
    {
      issuer,
      keySetUrls: [...new Set([keySetUrl(issuer), ...(isHttps(url) ? [url] : [])])],
      audiences: audience === undefined || audience === "" ? [] : [audience],
      isUserPool: false,
    },
  ];
}

function userPool(issuer: string, clients: readonly string[]): TokenIssuer {
  return { issuer, keySetUrls: [keySetUrl(issuer)], audiences: clients, isUserPool: true };
}

/** User pools that the API's authorizers name and the stack does not make. */
function poolsOfAuthorizers(graph: Graph): readonly TokenIssuer[] {
  const inResources = graph.all("aws_api_gateway_authorizer").flatMap((one) => one.texts("provider_arns"));
  const inDocuments = graph.all("aws_api_gateway_rest_api").flatMap((api) => {
    const text = api.has("body") ? JSON.stringify(readOpenApi(api.text("body"))?.["components"] ?? {}) : "";
    return text.match(/arn:[^"\\]*:userpool\/[^"\\]+/g) ?? [];
  });
  return [...inResources, ...inDocuments].flatMap((arn) => {
    const issuer = issuerOfUserPool(arn);
    return issuer === undefined ? [] : [userPool(issuer, [])];
  });
}

/** Those whose tokens a stack takes: the issuers that its functions' variables name, and its user pools. Each is there once. */
export function tokenIssuersOf(graph: Graph): readonly TokenIssuer[] {
  const clients = graph.all("aws_cognito_user_pool_client");
  const pools = graph.all("aws_cognito_user_pool").flatMap((pool) => {
    const issuer = issuerOfUserPool(pool.arn);
    const own = clients.filter((client) => client.text("user_pool_id") === pool.id);
    return issuer === undefined
      ? []
      : [
          userPool(
            issuer,
            own.map(({ id }) => id),
          ),
        ];
  });
  const ofFunctions = graph.all("aws_lambda_function").flatMap((resource) => {
    const variables = resource.block("environment")?.block("variables");
    return variables ? issuerIn(variables) : [];
  });
  const found = new Map<string, TokenIssuer>();
  for (const one of [...pools, ...ofFunctions, ...poolsOfAuthorizers(graph)]) {
    const before = found.get(one.issuer) ?? one;
    found.set(one.issuer, {
      ...before,
      keySetUrls: [...new Set([...before.keySetUrls, ...one.keySetUrls])],
      audiences: [...new Set([...before.audiences, ...one.audiences])],
    });
  }
  return [...found.values()];
}
