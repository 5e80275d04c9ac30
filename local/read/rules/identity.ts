import type { Json } from "../../../lib/json";
import { inStack, matches, oneOf, type Rule, range } from "./rule";

const createUserPool = "Cognito API reference, CreateUserPool";
const createClient = "Cognito API reference, CreateUserPoolClient";
const createServer = "Cognito API reference, CreateResourceServer";

const pool = (type: string, source: string): Rule => inStack(type, "user_pool_id", ["aws_cognito_user_pool"], source);

/** A page of HTTPS, or an app's own scheme; HTTP for trials on one's own machine alone (CreateUserPoolClient, CallbackURLs). */
function isRedirect(value: Json): boolean {
  const text = String(value);
  if (!URL.canParse(text) || text.includes("#")) return false;
  const { protocol, hostname } = new URL(text);
  return protocol !== "http:" || hostname === "localhost";
}

const redirects = (argument: string): Rule => ({
  ...{ type: "aws_cognito_user_pool_client", argument, source: createClient },
  must: "an absolute URI without fragment, by HTTPS unless it is on localhost",
  accepts: isRedirect,
});

/** Rules of Cognito. */
export const identityRules: readonly Rule[] = [
  oneOf("aws_cognito_user_pool", "deletion_protection", ["ACTIVE", "INACTIVE"], createUserPool),
  oneOf("aws_cognito_user_pool", "mfa_configuration", ["OFF", "ON", "OPTIONAL"], createUserPool),
  oneOf("aws_cognito_user_pool", "username_attributes", ["email", "phone_number"], createUserPool),
  range(
    "aws_cognito_user_pool",
    "password_policy.minimum_length",
    [6, 99],
    "Cognito API reference, PasswordPolicyType",
  ),
  pool("aws_cognito_user_pool_client", createClient),
  oneOf(
    "aws_cognito_user_pool_client",
    "allowed_oauth_flows",
    ["code", "implicit", "client_credentials"],
    createClient,
  ),
  redirects("callback_urls"),
  redirects("logout_urls"),
  pool("aws_cognito_resource_server", createServer),
  matches(
    "aws_cognito_resource_server",
    "identifier",
    [/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, "1–256 characters without spaces, quotes and backslashes"],
    createServer,
  ),
  matches(
    "aws_cognito_resource_server",
    "scope.scope_name",
    [/^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/, "1–256 characters without spaces, quotes, slashes and backslashes"],
    "Cognito API reference, ResourceServerScopeType",
  ),
];
