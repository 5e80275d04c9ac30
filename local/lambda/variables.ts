import type { Credentials } from "../iam/credentials";
import type { FunctionDefinition } from "../read/function-definition";

/** Parameters of an environment beside the function's own variables. */
export interface Surroundings {
  readonly credentials: Credentials;
  /** Endpoint of all AWS services, for the SDK. */
  readonly endpointUrl: string;
  readonly logStreamName: string;
  /** Address of the X-Ray daemon: host and port. */
  readonly daemonAddress: string;
}

/** Variables that Lambda sets and a function may override. */
const ofTheSandbox = {
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
  LD_LIBRARY_PATH: "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
  PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
  SHLVL: "0",
};

/** Folders in which a runtime finds modules: those of layers made for it, and its own. @param runtime - `nodejs24.x` */
const nodePath = (runtime: string): string =>
  [
    `/opt/nodejs/${runtime.replace(/^nodejs(\d+)\.x$/, "node$1")}/node_modules`,
    ...["/opt/nodejs/node_modules", "/var/runtime/node_modules", "/var/runtime", "/var/task"],
  ].join(":");

/** Reserved variables with the same value everywhere. */
const reserved = {
  AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
  LAMBDA_TASK_ROOT: "/var/task",
  LAMBDA_RUNTIME_DIR: "/var/runtime",
  PWD: "/var/task",
  // Nothing: the settings of the laptop's AWS tools are not the function's.
  AWS_CONFIG_FILE: "/var/task/.aws/config",
  AWS_SHARED_CREDENTIALS_FILE: "/var/task/.aws/credentials",
  // The SDK warns of the end of a Node.js that functions don't run on in the cloud.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** The SDK's client of SQS asks the host in a queue's URL, whatever its endpoint is. */
const queueHost = /https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com(?=\/\d{12}\/)/g;

const reachable = (variables: FunctionDefinition["environment"], endpointUrl: string): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replace(queueHost, endpointUrl)]));

const logLevel = ({ applicationLogLevel: level }: FunctionDefinition): Record<string, string> =>
  level === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: level };

/** The variables of an environment: the function's, and Lambda's own, some of which a function can't override. */
export function environmentVariables(
  definition: FunctionDefinition,
  surroundings: Surroundings,
): Record<string, string> {
  const { credentials, endpointUrl, logStreamName, daemonAddress } = surroundings;
  const [daemonHost = "", daemonPort = ""] = daemonAddress.split(":");
  return {
    ...ofTheSandbox,
    NODE_PATH: nodePath(definition.runtime),
    ...reachable(definition.environment, endpointUrl),
    AWS_REGION: definition.region,
    AWS_DEFAULT_REGION: definition.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: definition.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    ...(definition.logFormat === "JSON" ? { AWS_LAMBDA_LOG_FORMAT: "JSON", ...logLevel(definition) } : {}),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001",
    _HANDLER: definition.handler,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_XRAY_DAEMON_ADDRESS: daemonAddress,
    _AWS_XRAY_DAEMON_ADDRESS: daemonHost,
    _AWS_XRAY_DAEMON_PORT: daemonPort,
    ...reserved,
  };
}
