/** The facts of a stage that requests and templates read. */
export interface StageFacts {
  readonly name: string;
  readonly apiId: string;
  readonly accountId: string;
  readonly deploymentId: string;
  /** Whether it serves the requests that a canary takes over. */
  readonly isCanary: boolean;
  readonly variables: Readonly<Record<string, string>>;
  /** As events have them: null if there are none. */
  readonly eventVariables: Readonly<Record<string, string>> | null;
  /** Whether traces are kept (X-Ray). */
  readonly tracing: boolean;
  /** Whether the API treats a media type as binary. */
  readonly isBinary: (mediaType: string | undefined) => boolean;
}
