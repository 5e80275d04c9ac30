/** The least and the most that AWS accepts, both included. */
export type Bounds = readonly [least: number, most: number];

const KIB = 1024;
const MIB = 1024 * KIB;

/** Lambda's limits (developer guide, "Lambda quotas"). */
export const lambdaLimits = {
  /** Of an invocation that is waited for, in bytes (API reference, Invoke: "Request must be smaller than 6291456 bytes"). */
  requestBytes: 6 * MIB,
  /** Of what a function returns, in bytes: a little more than of a request (error Function.ResponseSizeTooLarge). */
  responseBytes: 6 * MIB + 100,
  /** Of an answer that is streamed, in bytes ("Invocation payload": 200 MB for streamed responses, the default). */
  streamedBytes: 200 * MIB,
  /** Of an event that nobody waits for, in bytes ("Invocation payload": 1 MB asynchronous). */
  asynchronousRequestBytes: MIB,
  /** Of a function, in MB ("Memory allocation"). */
  memoryMb: [128, 10_240],
  /** Of an invocation, in seconds ("Function timeout"). */
  timeoutSeconds: [1, 900],
  /** Of a function's environment variables, names and values together, in bytes ("Environment variables": 4 KB). */
  variableBytes: 4 * KIB,
  /** Of loading a function's module, in milliseconds (developer guide, "Lambda execution environment lifecycle": init phase). */
  initMs: 10_000,
  /** Retries of a failed asynchronous event (API reference, PutFunctionEventInvokeConfig). */
  retryAttempts: [0, 2],
  /** Records of one invocation, of a table's stream (API reference, CreateEventSourceMapping: BatchSize). */
  streamBatchSize: [1, 10_000],
  /** How often a batch of a stream is tried again (the same: MaximumRetryAttempts). */
  streamRetryAttempts: [0, 10_000],
  /** How long a batch waits for more (the same: MaximumBatchingWindowInSeconds). */
  batchWindowSeconds: [0, 300],
  /** Invocations at once of a queue's event source mapping (API reference, ScalingConfig). */
  mappingConcurrency: [2, 1000],
} as const satisfies Record<string, number | Bounds>;

/** API Gateway's limits for REST APIs (developer guide, "Quotas for configuring and running a REST API"). */
export const apiGatewayLimits = {
  /** Of a request's or an answer's body, in bytes ("Payload size": 10 MB). */
  payloadBytes: 10 * MIB,
  /** Of all header values together, in bytes ("Total combined size of all header values"). */
  headerBytes: 10 * KIB,
  /** Of a URL, in characters, as for the header values: a regional API answers 414 beyond (as observed). */
  urlCharacters: 10 * KIB,
  /** Timeout of an integration, in milliseconds ("Integration timeout for REST APIs"). */
  integrationTimeoutMs: [50, 29_000],
  /** The same for regional and private APIs of an account that has asked for more: five minutes. */
  raisedIntegrationTimeoutMs: 300_000,
  /**
   * Of an integration whose answer is streamed, in milliseconds (developer guide, "Stream the integration response for your
   * proxy integrations in API Gateway": up to 15 minutes).
   */
  streamTimeoutMs: [50, 900_000],
  /**
   * Of what a function streams before its body, in bytes, with the delimiter (developer guide, "Set up a Lambda proxy integration
   * with payload response streaming in API Gateway").
   */
  streamMetadataBytes: 16 * KIB,
  /** Time to live of a cached answer, in seconds ("Maximum cache TTL"). */
  cacheTtlSeconds: [0, 3600],
  /** Time to live of an authorizer's cached result, in seconds (API reference, CreateAuthorizer, authorizerResultTtlInSeconds). */
  authorizerTtlSeconds: [0, 3600],
  /** Of a cached answer's body, in bytes ("Maximum cached response size"). */
  cachedResponseBytes: MIB,
  /** Requests a second, of an account in a region ("Throttle quota per account, per Region"). */
  requestsPerSecond: 10_000,
  /** Requests at once, of an account in a region (the same). */
  burst: 5_000,
  /** Requests a period that a quota can allow: an int32 (API reference, QuotaSettings). */
  quota: 2_147_483_647,
  /** Of an access log's format, in bytes ("Access log template size"). */
  accessLogFormatBytes: 3 * KIB,
  /** Of an API key's value, in characters (API reference, CreateApiKey). */
  apiKeyCharacters: 128,
} as const satisfies Record<string, number | Bounds>;

/** Default quotas on networks in one account and region, both adjustable (VPC User Guide, "Amazon VPC quotas"). */
export const defaultNetworkQuotas = {
  /** "VPC and subnets", VPCs per Region. AWS's own default VPC is one of them, where it was not deleted. */
  vpcs: 5,
  /** "Elastic IP addresses", Elastic IP addresses per Region: one for each NAT gateway. */
  elasticIps: 5,
} as const satisfies Record<string, number>;

/** SQS's limits (developer guide, "Amazon SQS message quotas"; API reference, SendMessage, ReceiveMessage). */
export const sqsLimits = {
  /** Of a message with its attributes, in bytes, and of a batch ("Message size": 1 MiB). */
  messageBytes: MIB,
  /** Entries of a batch ("Batched message requests"). */
  batchEntries: 10,
  /** Messages of one receive. */
  receivedMessages: [1, 10],
  messageAttributes: 10,
  delaySeconds: [0, 900],
  waitSeconds: [0, 20],
  visibilityTimeoutSeconds: [0, 43_200],
  /** Receives of a message before it goes to the dead-letter queue (API reference, SetQueueAttributes). */
  receiveCount: [1, 1000],
  /** Retention of a message, in days ("Message retention"): the least is a minute. */
  retentionDays: [1, 14],
} as const satisfies Record<string, number | Bounds>;

/** SNS's limits (API reference, Publish). */
export const snsLimits = {
  /** Of a message with its attributes, in bytes: 256 KB. */
  messageBytes: 256 * KIB,
  subjectCharacters: 100,
  /** Entries of a batch (API reference, PublishBatch). */
  batchEntries: 10,
} as const satisfies Record<string, number>;

/** Cognito's limits (API reference, CreateUserPoolDomain). */
export const cognitoLimits = {
  /** Of a domain of Cognito's that sign-in pages have, in characters. */
  domainPrefixCharacters: 63,
} as const satisfies Record<string, number>;

/** S3's limits. */
export const s3Limits = {
  /** Of an object's key, in bytes (user guide, "Naming Amazon S3 objects"). */
  keyBytes: 1024,
  /** Of an object's own metadata, in bytes: names and values together (user guide, "Working with object metadata"). */
  metadataBytes: 2048,
  /** Of an object's tags, and of each in characters (user guide, "Categorizing your objects using tags"). */
  tags: 10,
  tagKeyCharacters: 128,
  tagValueCharacters: 256,
  /** Of keys in one DeleteObjects (API reference, DeleteObjects). */
  keysPerDeletion: 1000,
  /** Of a URL that is signed ahead, in seconds (API reference, "Authenticating Requests: Using Query Parameters"). */
  presignedSeconds: 604_800,
  /** Of the parts of an upload but the last, in bytes, and of their number (user guide, "Amazon S3 multipart upload limits"). */
  smallestPartBytes: 5 * 1024 * 1024,
  parts: 10_000,
} as const satisfies Record<string, number>;

/** Parameter Store's limits (API reference, GetParameters, PutParameter, LabelParameterVersion). */
export const ssmLimits = {
  namesPerRequest: 10,
  /** Of a name in a request, and of a parameter's ARN, which is what its name is limited by. */
  nameCharacters: 2048,
  arnCharacters: 1011,
  /** Of a hierarchy: `/a/b` has two. */
  levels: 15,
  /** Of a description and of a pattern. */
  descriptionCharacters: 1024,
  /** Of a value, in bytes, in either tier (user guide, "Managing parameter tiers"). */
  standardValueBytes: 4 * KIB,
  advancedValueBytes: 8 * KIB,
  labelsPerVersion: 10,
  labelCharacters: 100,
} as const satisfies Record<string, number>;

/** IAM's limits (user guide, "IAM and AWS STS quotas"). */
export const iamLimits = {
  /** Of a managed policy, in characters, white space not counted. */
  managedPolicyCharacters: 6144,
  /** Of all policies in a role together, white space not counted. */
  rolePolicyCharacters: 10_240,
  /** Of a role's trust policy, at first ("Role trust policy length"). */
  trustPolicyCharacters: 2048,
  /** Of a role's name. */
  roleNameCharacters: 64,
  /** Managed policies of a role, at first. */
  attachedPolicies: 10,
} as const satisfies Record<string, number>;

/** DynamoDB's limits (developer guide, "Quotas in Amazon DynamoDB"). */
export const dynamoDbLimits = {
  /** Of a table, read or write ("Per-table throughput"). */
  capacityUnits: [1, 40_000],
  /** Of a table, each ("Secondary indexes per table"); the first is adjustable. */
  globalIndexes: 20,
  localIndexes: 5,
  /** Of one index, attributes that are no keys (API reference, Projection: NonKeyAttributes). */
  projectedAttributes: [1, 20],
  /** The same, of all indexes of a table together, counted once for each index (the same). */
  projectedAttributesOfTable: 100,
  /**
   * Bounds of the target utilization, in percent (Application Auto Scaling, "DynamoDB and Application Auto Scaling").
   */
  targetUtilizationPercent: [20, 90],
} as const satisfies Record<string, number | Bounds>;

/**
 * The periods in days that CloudWatch Logs can keep a log for (API reference, PutRetentionPolicy). Never expiring is not
 * one here.
 */
export const logRetentionPeriods: readonly number[] = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

/** EventBridge Scheduler's limits (API reference, RetryPolicy, FlexibleTimeWindow). */
export const schedulerLimits = {
  retryAttempts: [0, 185],
  eventAgeSeconds: [60, 86_400],
  windowMinutes: [1, 1440],
  /** Of a target's input, in characters (user guide, "Quotas for EventBridge Scheduler": Target payload 256 KB). */
  inputCharacters: 256 * KIB,
} as const satisfies Record<string, number | Bounds>;

/** EventBridge's limits (API reference, PutEvents; user guide, "EventBridge quotas"). */
export const eventsLimits = {
  /** Of one call. */
  entries: [1, 10],
  /** Of a call's entries together, in bytes ("PutEvents entry size": 1 MB). */
  requestBytes: MIB,
} as const satisfies Record<string, number | Bounds>;
