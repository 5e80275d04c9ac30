/** The service, region, account and resource of an ARN. */
export interface ArnPlace {
  /** Which of AWS's separate worlds: `aws-cn` for China's. @default "aws" */
  readonly partition?: string;
  /** Empty for what has none: roles, buckets, distributions. */
  readonly region?: string;
  /** Empty for what is named without one: buckets. */
  readonly accountId?: string;
}

/** The parts of an ARN (IAM user guide, "Identify AWS resources with Amazon Resource Names"). */
export interface Arn extends Required<ArnPlace> {
  readonly service: string;
  /** Whatever follows the account: `table/records`, `function:get-record:live`. */
  readonly resource: string;
}

/** Composes an ARN. Parts may be patterns, as policies write them. */
export function arnOf(service: string, resource: string, place: ArnPlace = {}): string {
  const { partition = "aws", region = "", accountId = "" } = place;
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** A text that may be an ARN, which then is the same thing's of another partition. */
export function movedArn(text: string, partition: string): string {
  const arn = parseArn(text);
  return arn ? arnOf(arn.service, arn.resource, { ...arn, partition }) : text;
}

/** Takes an ARN apart. @returns undefined for a text that is none */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith("arn:")) return undefined;
  const [, partition = "", service = "", region = "", accountId = "", ...resource] = text.split(":");
  if (resource.length === 0) return undefined;
  return { partition, service, region, accountId, resource: resource.join(":") };
}

/** The last ARN in a text like an integration's URI, which contains another. @returns undefined where there is none */
export function lastArnIn(text: string): Arn | undefined {
  const start = text.lastIndexOf("arn:");
  return start < 0 ? undefined : parseArn(text.slice(start).replace(/".*/s, ""));
}

/** A text part by part, whatever of an ARN it has: policies have patterns for each part. */
export const arnParts = (text: string): readonly string[] => {
  const parts = text.split(":");
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(":")];
};

/** The service that an ARN is of: `sqs`. @returns undefined for a text that is no ARN */
export const serviceOf = (arn: string): string | undefined => parseArn(arn)?.service;

/** A bucket, or the pattern of several. */
export const bucketArn = (bucket: string, partition = "aws"): string => arnOf("s3", bucket, { partition });

/** An object, or the pattern of several. */
export const objectArn = (bucket: string, key: string): string => arnOf("s3", `${bucket}/${key}`);

/** A role, or the pattern of several. */
export const roleArn = (accountId: string, name: string): string => arnOf("iam", `role/${name}`, { accountId });

/** An account as a principal: everybody in it whom its own policies let. */
export const accountArn = (accountId: string, partition = "aws"): string =>
  arnOf("iam", "root", { partition, accountId });

/** A parameter. A name that begins with a slash brings the only one that the ARN has. */
export const parameterArn = (name: string, place: ArnPlace): string =>
  arnOf("ssm", `parameter/${name.replace(/^\//, "")}`, place);

/** A role as somebody who has taken it on: what CloudTrail and refusals name. */
export function sessionArn(role: string, session: string): string {
  const { accountId = "", resource = "" } = parseArn(role) ?? {};
  return arnOf("sts", `${resource.replace(/^role\//, "assumed-role/")}/${session}`, { accountId });
}

/** A function, or one version or alias of it. */
export const functionArn = (name: string, place: ArnPlace, qualifier?: string): string =>
  arnOf("lambda", `function:${name}${qualifier === undefined ? "" : `:${qualifier}`}`, place);

/** A function as Lambda's API names it (API reference, Invoke, FunctionName). */
export interface FunctionName extends ArnPlace {
  readonly name: string;
  /** A version's number, `$LATEST`, or an alias. */
  readonly qualifier?: string;
}

const functionNameForm = /^(?:arn:[^:]*:lambda:([^:]*):)?(?:(\d{12}):)?(?:function:)?([^:]+)(?::(.+))?$/;

/** Reads an ARN, a part of one (`123456789012:function:get-record`), or a name, each with or without a qualifier. */
export function parseFunctionName(text: string): FunctionName {
  const [, region, accountId, name = text, qualifier] = functionNameForm.exec(text) ?? [];
  return {
    name,
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(qualifier === undefined ? {} : { qualifier }),
  };
}

/** A function's ARN without the version or alias that it may name. */
export function unqualifiedArn(arn: string): string {
  const { name, ...place } = parseFunctionName(arn);
  return functionArn(name, place);
}

/**
 * The operations of Lambda's API by which API Gateway invokes a function: `Invoke`, and `InvokeWithResponseStream`. (API
 * Gateway developer guide, "Set up a Lambda proxy integration with payload response streaming in API Gateway")
 */
const operations = {
  BUFFERED: ["path/2015-03-31/functions/", "/invocations"],
  STREAM: ["path/2021-11-15/functions/", "/response-streaming-invocations"],
} as const;

/** How an answer is passed on: when it is complete, or as it comes. */
export type TransferMode = keyof typeof operations;

/**
 * The ARN by which an integration names the function that API Gateway invokes: in the account's place it names the
 * service's API.
 */
export function invocationUri(region: string, target: string, mode: TransferMode = "BUFFERED"): string {
  const { partition = "aws" } = parseArn(target) ?? {};
  const [before, after] = operations[mode];
  return arnOf("apigateway", `${before}${target}${after}`, { partition, region, accountId: "lambda" });
}

/** The function that an integration's URI names. @returns undefined for another URI */
export function invokedBy(uri: string, mode: TransferMode = "BUFFERED"): string | undefined {
  const { service, region, accountId, resource = "" } = parseArn(uri) ?? {};
  if (service !== "apigateway" || !region || accountId !== "lambda") return undefined;
  const [before, after] = operations[mode];
  if (!resource.startsWith(before) || !resource.endsWith(after)) return undefined;
  return resource.slice(before.length, -after.length) || undefined;
}
