import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNT_CONCURRENCY, Concurrency, concurrencyOf } from "../../../local/lambda/concurrency";
import { Environment, type EnvironmentOptions } from "../../../local/lambda/environment";
import type { ThrownError } from "../../../local/lambda/environment/messages";
import { EnvironmentFiles } from "../../../local/lambda/environment-files";
import { type FunctionOptions, type InvocationReport, LambdaFunction } from "../../../local/lambda/lambda-function";
import { environmentVariables } from "../../../local/lambda/variables";
import { threadCode } from "../../../local/lib/thread-code";
import { standard } from "../../../local/read/event-invoke-config";
import type { FunctionDefinition } from "../../../local/read/function-definition";
import { temporaryFolder } from "./stack-file";

/** A definition with Lambda's smallest settings, changed as a test needs it. */
export const definitionWith = (changes: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
  id: "get-record",
  address: "aws_lambda_function.get-record",
  name: "records-dev-get-record",
  arn: "arn:aws:lambda:us-east-1:000000000000:function:records-dev-get-record",
  region: "us-east-1",
  roleArn: "arn:aws:iam::000000000000:role/records-dev-get-record",
  zipPath: "",
  codeHash: "",
  handler: "index.handler",
  runtime: "nodejs24.x",
  memoryMb: 128,
  ephemeralStorageMb: 512,
  timeoutSeconds: 3,
  environment: {},
  keyArn: undefined,
  logFormat: "JSON",
  applicationLogLevel: undefined,
  logGroupName: "/aws/lambda/records-dev-get-record",
  reservedConcurrency: undefined,
  tags: {},
  deadLetterArn: undefined,
  version: "$LATEST",
  aliases: [],
  issuers: [],
  eventInvokeConfig: standard,
  ...changes,
});

const started: LambdaFunction[] = [];

/** Ends what tests have started. */
export const stopFunctions = async (): Promise<void> => {
  await Promise.all(started.splice(0).map((fn) => fn.stop()));
};

/** Observations of a function. */
export interface Observed {
  readonly fn: LambdaFunction;
  readonly output: string[];
  readonly reports: InvocationReport[];
  /** Errors that it caught and logs without their messages. */
  readonly caught: ThrownError[];
  /** The time limits that are running, in the order they began: each ends when a test says so, and never by itself. */
  readonly limits: Limit[];
}

/** A time limit that is running. */
interface Limit {
  readonly milliseconds: number;
  end(): void;
}

/** A clock on which nothing comes to its end unless a test makes it. */
function heldLimits() {
  const limits: Limit[] = [];
  const after = (milliseconds: number, end: () => void) => {
    const limit = { milliseconds, end };
    limits.push(limit);
    return () => void limits.splice(limits.indexOf(limit), limits.includes(limit) ? 1 : 0);
  };
  return { limits, after };
}

/**
 * A function that runs this code: the source of an ES module that exports `handler`. Its environments meet in `/tmp` where
 * that is to be one folder.
 */
export async function functionOf(
  source: string,
  changes: Partial<FunctionDefinition> = {},
  options: Partial<FunctionOptions> = {},
  { tmp, ...environment }: Partial<EnvironmentOptions> & { readonly tmp?: string } = {},
): Promise<Observed> {
  const code = await threadCode(process.cwd(), "lambda/environment/thread.ts");
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), source);
  const definition = definitionWith(changes);
  const files = new EnvironmentFiles(`${folder}-files`);
  const { name, version, runtime, memoryMb, logFormat, logGroupName } = definition;
  const output: string[] = [];
  const reports: InvocationReport[] = [];
  const { limits, after } = heldLimits();
  const caught: ThrownError[] = [];
  const logStreamName = "2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef";
  const credentials = { accessKeyId: "ASIATEST", secretAccessKey: "secret", sessionToken: "token" };
  const fn = new LambdaFunction({
    definition,
    mayStart: ({ size }) => size < 3,
    concurrency: concurrencyOf(definition.reservedConcurrency, new Concurrency(() => ACCOUNT_CONCURRENCY)),
    onStart: () => undefined,
    onReport: (report) => reports.push(report),
    onThrottle: () => undefined,
    startEnvironment: () =>
      new Environment({
        code,
        settings: {
          file: join(folder, "index.mjs"),
          exportName: "handler",
          files: { ...files.of(folder, definition.ephemeralStorageMb), ...(tmp === undefined ? {} : { tmp }) },
          functionName: name,
          functionVersion: version,
          runtime,
          memoryMb,
          logFormat,
          logGroupName,
          documents: {},
          logStreamName,
        },
        variables: environmentVariables(definition, {
          credentials,
          endpointUrl: "http://127.0.0.1:1",
          logStreamName,
          daemonAddress: "169.254.79.129:2000",
        }),
        onOutput: (text) => output.push(text),
        clock: { after },
        onFailure: (error) => caught.push(error),
        ...environment,
      }),
    ...options,
  });
  started.push(fn);
  return { fn, output, reports, caught, limits };
}

/** The payload as it was meant. */
// biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
export const parsed = ({ payload }: { payload: string }): any => JSON.parse(payload);
