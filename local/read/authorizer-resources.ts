import type { JsonObject } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import type { Graph, Resource } from "./graph";

const type = "aws_api_gateway_authorizer";

/** The authorizers that Terraform makes beside a document, as security schemes under their ids. */
export const authorizerSchemes = (graph: Graph): JsonObject =>
  Object.fromEntries(graph.all(type).map((authorizer) => [authorizer.id, schemeOf(authorizer)]));

const kinds = ["TOKEN", "REQUEST", "COGNITO_USER_POOLS"];

function schemeOf(authorizer: Resource): JsonObject {
  const { attributes } = authorizer;
  authorizer.refuseOthers(
    ...["rest_api_id", "name", "type", "authorizer_uri", "authorizer_credentials", "identity_source"],
    ...["identity_validation_expression", "authorizer_result_ttl_in_seconds", "provider_arns"],
    ...["//", "provider", "lifecycle", "depends_on", "count"],
  );
  const kind = authorizer.optionalText("type") ?? "TOKEN";
  if (!kinds.includes(kind)) throw authorizer.notEmulated(`type ${kind}`);
  const source = authorizer.optionalText("identity_source") ?? "method.request.header.Authorization";
  const [, header] = /^method\.request\.header\.([^,]+)$/.exec(source) ?? [];
  if (kind !== "REQUEST" && header === undefined) {
    throw new UserError(`${authorizer.address}: identity_source must be method.request.header.<name>, got ${source}`);
  }
  const isOfPools = kind === "COGNITO_USER_POOLS";
  const members = {
    type: kind.toLowerCase(),
    providerARNs: isOfPools ? authorizer.texts("provider_arns") : undefined,
    authorizerUri: attributes["authorizer_uri"],
    authorizerCredentials: attributes["authorizer_credentials"],
    identitySource: kind === "REQUEST" ? source : undefined,
    identityValidationExpression: attributes["identity_validation_expression"],
    authorizerResultTtlInSeconds: authorizer.number("authorizer_result_ttl_in_seconds", 300),
  };
  const given = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...{ type: "apiKey", in: "header", name: header ?? "Unused" },
    "x-amazon-apigateway-authtype": isOfPools ? "cognito_user_pools" : "custom",
    "x-amazon-apigateway-authorizer": Object.fromEntries(given),
  };
}

/** Whoever may call a method: those with a key, those whom an authorizer lets in, or those with both. */
export function securityOf(graph: Graph, method: Resource): readonly JsonObject[] | undefined {
  const key: JsonObject = method.flag("api_key_required") ? { "x-api-key": [] } : {};
  const user = authorizerOf(graph, method);
  const all = { ...key, ...user };
  return Object.keys(all).length > 0 ? [all] : undefined;
}

function authorizerOf(graph: Graph, method: Resource): JsonObject {
  const authorization = method.optionalText("authorization") ?? "NONE";
  if (authorization === "NONE") {
    method.refuse("authorizer_id", "authorization_scopes");
    return {};
  }
  const isOfPools = authorization === "COGNITO_USER_POOLS";
  if (authorization !== "CUSTOM" && !isOfPools) throw method.notEmulated(`authorization ${authorization}`);
  if (!isOfPools) method.refuse("authorization_scopes");
  const id = method.optionalText("authorizer_id");
  const authorizer = graph.all(type).find((one) => one.id === id);
  if (!authorizer) throw new UserError(`${method.address}: Invalid authorizer ID specified (${id ?? "none"})`);
  if ((authorizer.optionalText("type") === "COGNITO_USER_POOLS") !== isOfPools) {
    const type = authorizer.optionalText("type") ?? "TOKEN";
    throw new UserError(
      `${method.address}: authorization ${authorization} is none of ${authorizer.address}, of type ${type}`,
    );
  }
  return { [authorizer.id]: isOfPools ? method.texts("authorization_scopes") : [] };
}
