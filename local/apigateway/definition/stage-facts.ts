/** The facts of a stage that requests and templates read. */
export interface StageFacts {
  readonly name: string;
  readonly apiId: string;
  readonly accountId: string;
  readonly deploymentId: string;
  /** Whether it is the canary of a stage that has one; undefined for a stage without. */
  readonly isCanary: boolean | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** As events have them: null if there are none. */
  readonly eventVariables: Readonly<Record<string, string>> | null;
  /** Whether traces are kept (X-Ray). */
  readonly tracing: boolean;
  /** Whether the API treats a media type as binary. */
  readonly isBinary: (mediaType: string | undefined) => boolean;
}
