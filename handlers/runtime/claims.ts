/** What a token says of a user: its claims, checked by API Gateway's authorizer. */
export type Claims = Readonly<Record<string, unknown>>;

const words = (value: unknown): readonly string[] =>
  typeof value === "string" ? value.split(" ").filter((word) => word !== "") : [];

/**
 * The scopes of a token: `scope`, as OAuth has it (RFC 9068, 2.2.3), or `scp`, a text or a list, as some issuers have it
 * instead.
 */
export function scopesIn({ scope, scp }: Claims): readonly string[] {
  const listed = Array.isArray(scp) ? scp.filter((one) => typeof one === "string") : words(scp);
  return [...new Set([...words(scope), ...listed])];
}

/** Whether these scopes are enough: one of those that are needed, if any are. */
export const suffice = (scopes: readonly string[], needed: readonly string[]): boolean =>
  needed.length === 0 || needed.some((scope) => scopes.includes(scope));
