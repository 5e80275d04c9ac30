/** What an authorizer knows of a caller: `$context.authorizer`. */
export interface AuthorizedCaller {
  readonly principalId: string;
  /** The function's context, its values as text. */
  readonly context: Readonly<Record<string, string>>;
  /** Milliseconds that the function took; 0 for a cached result. */
  readonly latency: number;
}
