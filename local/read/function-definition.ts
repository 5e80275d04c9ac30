import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../lib/user-error";
import { type EventInvokeConfig, eventInvokeConfig } from "./event-invoke-config";
import { aliasesOf, type FunctionAlias, versionOf } from "./function-alias";
import type { Graph, Resource } from "./graph";
import { keyArn } from "./keys";
import { optionOfProcesses } from "./node-options";
import { tagsOf } from "./tags";
import { type TokenIssuer, tokenIssuersOf } from "./token-issuers";

/** A Lambda function as the stack declares it. */
export interface FunctionDefinition {
  /** The construct's id, as the stack's code calls it: `get-record`. */
  readonly id: string;
  readonly address: string;
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly roleArn: string;
  /** The deployment package. */
  readonly zipPath: string;
  /** SHA-256 of the package, base64. */
  readonly codeHash: string;
  /** `index.handler` */
  readonly handler: string;
  readonly runtime: string;
  readonly memoryMb: number;
  /** Size of `/tmp`. */
  readonly ephemeralStorageMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The key of the environment variables, if it is a customer managed one. */
  readonly keyArn: string | undefined;
  readonly logFormat: "JSON" | "Text";
  /** The lowest level of lines that `console` writes. Only of a function that logs JSON. */
  readonly applicationLogLevel: string | undefined;
  readonly logGroupName: string;
  readonly reservedConcurrency: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly deadLetterArn: string | undefined;
  /** The version that the stack publishes; `$LATEST` where it publishes none. */
  readonly version: string;
  readonly aliases: readonly FunctionAlias[];
  /** Those whose tokens its stack takes: their public keys are answered to it. */
  readonly issuers: readonly TokenIssuer[];
  /** Settings of its asynchronous invocation. */
  readonly eventInvokeConfig: EventInvokeConfig;
}

/** Names a program that starts the runtime (Lambda developer guide, Modifying the runtime environment, Wrapper scripts). */
const wrapper = "AWS_LAMBDA_EXEC_WRAPPER";

/** Size of `/tmp` of a function that names none (Lambda developer guide, Configure ephemeral storage for Lambda functions). */
const STORAGE_MB = 512;

/** Arguments that decide how a function behaves in ways that are not emulated. */
const unread = ["image_uri", "layers", "file_system_config", "image_config", "snap_start", "durable_config"];

/** Path of the package: beside the JSON, or the source of the object that is uploaded to the deployment bucket. */
function zipPath(graph: Graph, resource: Resource): string {
  const filename = resource.optionalText("filename");
  if (filename !== undefined) return resolve(graph.file.folder, filename);
  const [bucket, key] = [resource.text("s3_bucket"), resource.text("s3_key")];
  const object = graph
    .all("aws_s3_object")
    .find((found) => found.text("bucket") === bucket && found.text("key") === key);
  if (!object) throw new UserError(`${resource.address}: s3_key ${key} is no aws_s3_object of the stack`);
  return resolve(graph.file.folder, object.text("source"));
}

/** @throws Error when there is no such file */
function hashOf(path: string, { address }: Resource): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : message;
    throw new UserError(`${address}: its package ${path} can't be read: ${why}`);
  }
}

function variables(resource: Resource): Readonly<Record<string, string>> {
  const block = resource.block("environment");
  const all = block?.attributes["variables"] ?? {};
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

function definition(graph: Graph, resource: Resource, issuers: readonly TokenIssuer[]): FunctionDefinition {
  resource.refuse(...unread);
  const runtime = resource.text("runtime");
  if (!runtime.startsWith("nodejs")) throw resource.notEmulated(`runtime ${runtime}, not Node.js,`);
  const name = resource.text("function_name");
  const logging = resource.block("logging_config");
  const reserved = resource.number("reserved_concurrent_executions", -1);
  const path = zipPath(graph, resource);
  const environment = variables(resource);
  if (Object.hasOwn(environment, wrapper)) throw resource.notEmulated(`the program that ${wrapper} names`);
  const option = optionOfProcesses(environment["NODE_OPTIONS"] ?? "");
  if (option !== undefined) throw resource.notEmulated(`the option ${option} in NODE_OPTIONS`);
  return {
    id: resource.name,
    address: resource.address,
    name,
    arn: resource.arn,
    region: graph.file.region,
    roleArn: resource.text("role"),
    zipPath: path,
    codeHash: resource.optionalText("source_code_hash") ?? hashOf(path, resource),
    handler: resource.text("handler"),
    runtime,
    memoryMb: resource.number("memory_size", 128),
    ephemeralStorageMb: resource.block("ephemeral_storage")?.number("size", STORAGE_MB) ?? STORAGE_MB,
    timeoutSeconds: resource.number("timeout", 3),
    environment,
    keyArn: keyArn(graph, resource, "kms_key_arn"),
    logFormat: logging?.optionalText("log_format") === "JSON" ? "JSON" : "Text",
    applicationLogLevel: logging?.optionalText("application_log_level"),
    logGroupName: logging?.optionalText("log_group") ?? `/aws/lambda/${name}`,
    tags: tagsOf(graph, resource),
    reservedConcurrency: reserved < 0 ? undefined : reserved,
    deadLetterArn: resource.block("dead_letter_config")?.text("target_arn"),
    version: resource.computed("version"),
    aliases: aliasesOf(graph, name),
    issuers,
    eventInvokeConfig: eventInvokeConfig(graph, name),
  };
}

/** The functions of a stack. */
export function functionsOf(graph: Graph): readonly FunctionDefinition[] {
  const issuers = tokenIssuersOf(graph);
  return graph.all("aws_lambda_function").map((resource) => definition(graph, resource, issuers));
}

/** `$LATEST`, the published version, and those that aliases name. All are the code of the stack: there is no other here. */
export function versionsOf({ version, aliases }: FunctionDefinition): readonly string[] {
  const named = aliases.flatMap((alias) => [alias.version, ...Object.keys(alias.weights)]);
  const published = [...new Set([version, ...named])].filter((one) => one !== "$LATEST");
  return ["$LATEST", ...published.sort((one, other) => Number(one) - Number(other))];
}

/**
 * The version that a qualifier means: by itself, or as the one that an alias leads a call to.
 *
 * @param drawn a number from 0 up to 1, by which an alias divides calls
 * @returns undefined where the function has no such version or alias
 */
export function qualifiedVersion(
  fn: FunctionDefinition,
  qualifier: string | undefined,
  drawn: number,
): string | undefined {
  if (qualifier === undefined) return "$LATEST";
  const alias = fn.aliases.find(({ name }) => name === qualifier);
  return alias ? versionOf(alias, drawn) : versionsOf(fn).find((version) => version === qualifier);
}
