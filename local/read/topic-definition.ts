/** Where a topic's messages go. */
export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  /** An e-mail address, or the ARN of a queue or function. */
  readonly endpoint: string;
  readonly raw: boolean;
}

export interface Topic {
  readonly arn: string;
  readonly subscriptions: readonly Subscription[];
  /** The key that its messages are encrypted with. Then a publisher must be allowed to use it, too. */
  readonly keyArn?: string;
}
