/**
 * Environment variables that Lambda sets itself and takes from nobody (developer guide, "Working with Lambda environment
 * variables": reserved environment variables). CreateFunction refuses them: "Reserved keys used in this request".
 */
export const reservedVariables: ReadonlySet<string> = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

/** The form of a variable's name (API reference, Environment: `[a-zA-Z]([a-zA-Z0-9_])+`). */
export const variableName = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** Variables that Lambda's runtime or Node.js reads, so that no code need do so (developer guide, the same page; nodejs.org, "CLI": environment variables). */
export const readByRuntime: ReadonlySet<string> = new Set([
  "AWS_LAMBDA_EXEC_WRAPPER",
  "LANG",
  "LD_LIBRARY_PATH",
  "NODE_EXTRA_CA_CERTS",
  "NODE_OPTIONS",
  "NODE_PATH",
  "PATH",
  "TZ",
]);
