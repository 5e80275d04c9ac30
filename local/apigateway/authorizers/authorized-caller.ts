/** What an authorizer's function says of a caller. */
export interface CallerOfFunction {
  readonly principalId: string;
  /** The function's context, its values as text. */
  readonly context: Readonly<Record<string, string>>;
  /** Milliseconds that the function took; 0 for a cached result. */
  readonly latency: number;
}

/** What a user pool's token says of a caller. */
interface CallerOfUserPool {
  /** The token's claims, their values as text. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What an authorizer knows of a caller: `$context.authorizer`. */
export type AuthorizedCaller = CallerOfFunction | CallerOfUserPool;
