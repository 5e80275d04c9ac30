/** Access that asks for a user's token. */
export type UserAccess = "user" | "userAndApiKey";

/** Access to an operation: anybody's, that of clients with an API key, of users with a token, or of users with both. */
export type Access = "public" | "apiKey" | UserAccess;

/** OpenAPI security schemes, as API clients read them. */
export const securitySchemes = {
  apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
  users: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
} as const;

/** A security scheme: what a caller proves with who it is. */
export type SchemeName = keyof typeof securitySchemes;

/** The schemes of each access, all of which a caller needs. Another kind of access does not compile without. */
const schemesByAccess: { readonly [A in Access]: readonly SchemeName[] } = {
  public: [],
  apiKey: ["apiKey"],
  user: ["users"],
  userAndApiKey: ["users", "apiKey"],
};

/** Every access there is. */
export const accesses: readonly string[] = Object.keys(schemesByAccess);

/** The schemes of an access; none of one that is not known. */
export const schemesOf = (access: Access): readonly SchemeName[] =>
  Object.hasOwn(schemesByAccess, access) ? schemesByAccess[access] : [];

/** Whether an access asks for a user's token. */
export const isOfUsers = (access: Access): access is UserAccess => schemesOf(access).includes("users");

/**
 * The security requirements of an operation, as OpenAPI lists them: none where anybody may call.
 *
 * @param scopes of a user's token, where the document is for an authorizer that reads them
 * @throws Error where the access is none that is known: an operation without requirements would be open to all
 */
export function securityOf(
  operationId: string,
  access: Access,
  scopes: readonly string[] = [],
): { readonly [scheme: string]: readonly string[] }[] {
  if (!Object.hasOwn(schemesByAccess, access)) {
    throw new Error(`${operationId}: access must be one of ${accesses.join(", ")}, got ${access}; choose one of these`);
  }
  const schemes = schemesOf(access);
  if (schemes.length === 0) return [];
  return [Object.fromEntries(schemes.map((scheme) => [scheme, scheme === "users" ? scopes : []]))];
}
