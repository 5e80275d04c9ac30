import { type Answers, given, leftOut } from "../answers";

const configuration: Answers = {
  ...given("FunctionName FunctionArn Runtime Role Handler Timeout MemorySize LastModified CodeSha256 Version"),
  ...given("KMSKeyArn State LastUpdateStatus PackageType"),
  DeadLetterConfig: { members: given("TargetArn") },
  Environment: { members: { ...given("Variables"), ...leftOut("variables can always be decrypted here", "Error") } },
  LoggingConfig: {
    members: {
      ...given("LogFormat ApplicationLogLevel LogGroup"),
      ...leftOut("what Lambda itself logs has no levels here", "SystemLogLevel"),
    },
  },
  ...leftOut(
    "it is not read from stacks",
    "CodeSize Description VpcConfig TracingConfig Architectures EphemeralStorage",
  ),
  ...leftOut("a function is what the stack says, without a history", "RevisionId ConfigSha256"),
  ...leftOut("it is of functions at the edge", "MasterArn"),
  ...leftOut("a function with it is refused", "Layers FileSystemConfigs ImageConfigResponse SnapStart DurableConfig"),
  ...leftOut("code is not signed here", "SigningProfileVersionArn SigningJobArn"),
  ...leftOut("nothing fails to become active here", "StateReason StateReasonCode"),
  ...leftOut("no update fails here", "LastUpdateStatusReason LastUpdateStatusReasonCode"),
  ...leftOut("the runtime is the Node of this machine", "RuntimeVersionConfig"),
  ...leftOut("it is not emulated", "TenancyConfig CapacityProviderConfig"),
};

const alias: Answers = {
  ...given("AliasArn Name FunctionVersion Description"),
  RoutingConfig: { members: given("AdditionalVersionWeights") },
  ...leftOut("an alias is what the stack says, without a history", "RevisionId"),
};

/** The members of what Lambda's operations answer. (Lambda API reference, the operations' pages) */
export const lambdaAnswers: Readonly<Record<string, Answers>> = {
  GetFunction: {
    Configuration: { members: configuration },
    Code: {
      members: {
        ...given("RepositoryType"),
        ...leftOut(
          "the package is a file of the stack, and nobody's to fetch",
          "Location SourceKMSKeyArn ResolvedS3Object",
        ),
        ...leftOut("images are refused", "ImageUri ResolvedImageUri"),
        ...leftOut("nothing is fetched that could fail", "Error"),
      },
    },
    Concurrency: { members: given("ReservedConcurrentExecutions") },
    ...given("Tags"),
    ...leftOut("tags can always be read", "TagsError"),
  },
  GetFunctionConfiguration: configuration,
  Invoke: {
    ...given("StatusCode FunctionError Payload ExecutedVersion"),
    ...leftOut("LogType Tail is refused", "LogResult"),
    ...leftOut("durable functions are refused", "DurableExecutionArn"),
  },
  ListFunctions: { Functions: { each: configuration }, ...given("NextMarker") },
  ListVersionsByFunction: { Versions: { each: configuration }, ...given("NextMarker") },
  ListAliases: { Aliases: { each: alias }, ...given("NextMarker") },
  GetAlias: alias,
};
