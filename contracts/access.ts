/** Access to an operation: anybody's, or that of clients with an API key. */
export type Access = "public" | "apiKey";

/** The OpenAPI security scheme for a kind of access. */
type SecurityScheme = { readonly type: "apiKey"; readonly in: "header"; readonly name: string };

/** The scheme of each access, under the same name. Whatever is not public has one: another kind does not compile without. */
export const securitySchemes: { readonly [A in Exclude<Access, "public">]: SecurityScheme } = {
  apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
};

/** Every access there is. */
export const accesses: readonly string[] = ["public", ...Object.keys(securitySchemes)];

/**
 * The security requirements of an operation, as OpenAPI lists them: none where anybody may call.
 *
 * @throws Error where the access is none that is known: an operation without requirements would be open to all
 */
export function securityOf(operationId: string, access: Access): { readonly [scheme: string]: readonly string[] }[] {
  if (access === "public") return [];
  if (Object.hasOwn(securitySchemes, access)) return [{ [access]: [] }];
  throw new Error(`${operationId}: access must be one of ${accesses.join(", ")}, got ${access}; choose one of these`);
}
