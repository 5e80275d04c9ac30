import { availableParallelism } from "node:os";
import { parseFunctionName, unqualifiedArn } from "../../aws/arn";
import { messageOf, UserError } from "../../lib/user-error";
import type { Credentials } from "../iam/credentials";
import { gatewayMayInvoke } from "../iam/permissions";
import type { ResourcePolicy } from "../iam/resource-policy";
import { steadyNow } from "../lib/clock";
import type { InvocationResult } from "../lib/invocation";
import type { Pauses } from "../lib/pauses";
import { standard } from "../read/event-invoke-config";
import type { FunctionDefinition } from "../read/function-definition";
import type { NewLine } from "../services/logs/log-lines";
import { AsyncInvocations, type AsyncOptions } from "./async-invocations";
import { ACCOUNT_CONCURRENCY, Concurrency, concurrencyOf } from "./concurrency";
import { Environment, newLogStreamName } from "./environment";
import type { EnvironmentFiles } from "./environment-files";
import { Growth } from "./growth";
import type { LambdaEvent } from "./lambda-event";
import { type Call, type InvocationReport, LambdaFunction } from "./lambda-function";
import { LineSplitter, metricsIn } from "./output-lines";
import { type BuiltCode, type CodeFolder, handlerOf, place, unpack } from "./package";
import { endLines, startLine } from "./platform-lines";
import { SourceTrace } from "./source-trace";
import type { TraceDaemon } from "./trace-daemon";
import { environmentVariables } from "./variables";
import { Versions } from "./versions";

export interface LambdaOptions {
  /** The code of an environment's thread. */
  readonly threadCode: string;
  readonly endpointUrl: string;
  /** The daemon that functions send their segments to. Its own: it ends with the functions. */
  readonly daemon: TraceDaemon;
  readonly credentials: (functionArn: string) => Credentials;
  /** Folder in which packages are unpacked. */
  readonly folder: string;
  readonly files: EnvironmentFiles;
  /** Limit of the memory of all environments together, in bytes. A function without any gets its first beyond this. */
  readonly memoryBytes: number;
  readonly emit: (event: LambdaEvent) => void;
  /** Takes what is written to a function's log group. */
  readonly onLine?: (group: string, line: NewLine) => void;
  /** The source map of a function's code, as JSON. */
  readonly sourceMap: (definition: FunctionDefinition) => string | undefined;
  /** Storage, retries and delivery of asynchronous events. */
  readonly asynchronous: Omit<AsyncOptions, "target" | "paused">;
  /** Pauses of calls. */
  readonly pauses: Pauses;
  /** Where documents of issuers are answered on this machine, by their real URLs. */
  readonly documents: (issuers: FunctionDefinition["issuers"]) => Readonly<Record<string, string>>;
  /** Whether a function's role may decrypt by a key, at a cold start. @throws Error saying why not */
  readonly checkKey: (functionArn: string, keyArn: string) => Promise<void>;
}

/** Result of an invocation when Lambda can't decrypt the function's variables. */
const keyRefusal = (error: Error): InvocationResult => ({
  payload: JSON.stringify({
    errorType: "KMSAccessDeniedException",
    errorMessage: `Lambda was unable to decrypt the environment variables because KMS access was denied: ${error.message}`,
  }),
  functionError: "Unhandled",
});

/** Functions that are deployed together, and the policies that say who may invoke them. */
export interface Deployment {
  readonly functions: readonly FunctionDefinition[];
  readonly policies: readonly ResourcePolicy[];
  /** Code that functions run in place of their packages, by their ARNs. @default none */
  readonly built?: ReadonlyMap<string, BuiltCode>;
}

interface Deployed {
  readonly definition: FunctionDefinition;
  readonly versions: Versions;
  /** Of the package that it runs, if it runs one. */
  readonly zipHash: string | undefined;
}

/** Code that environments of a function load. */
interface Code {
  /** Where its files are, which are put there again should somebody have deleted them. */
  readonly folder: CodeFolder;
  /** `index.handler` */
  readonly handler: string;
  readonly trace: SourceTrace;
}

/** All that an environment depends on: how events are retried is no part of it. */
const configurationOf = ({ eventInvokeConfig: _, ...rest }: FunctionDefinition): string => JSON.stringify(rest);

/** @throws UserError when the package is none, or lacks the handler's module */
function unpacked({ address, zipPath, handler }: FunctionDefinition, below: string): CodeFolder {
  try {
    const folder = unpack(zipPath, below);
    handlerOf(handler, folder());
    return folder;
  } catch (error) {
    throw new UserError(`${address}: its package ${zipPath}: ${messageOf(error)}`);
  }
}

/** Lambda: all functions of all systems, by ARN. */
export class Lambda {
  private deployed = new Map<string, Deployed>();
  private policies: readonly ResourcePolicy[] = [];
  private readonly asynchronous: AsyncInvocations;
  private readonly growth: Growth;
  private readonly unreserved = new Concurrency(() => ACCOUNT_CONCURRENCY - this.reserved);
  private reserved = 0;

  constructor(private readonly options: LambdaOptions) {
    this.asynchronous = new AsyncInvocations({
      ...options.asynchronous,
      paused: (arn) => this.paused(arn),
      target: (arn) => this.eventTarget(arn),
    });
    this.growth = new Growth({
      functions: () => [...this.deployed.values()].flatMap(({ versions }) => versions.all),
      memoryBytes: options.memoryBytes,
      cores: availableParallelism(),
      now: steadyNow,
    });
  }

  /** Puts these functions in place of those before. What has not changed stays warm. @returns those that have */
  deploy({ functions, policies, built }: Deployment): readonly string[] {
    const next = new Map<string, Deployed>();
    for (const definition of functions) {
      const known = this.deployed.get(definition.arn);
      const same = known && configurationOf(known.definition) === configurationOf(definition);
      const code = built?.get(definition.arn);
      if (code)
        next.set(definition.arn, { definition, versions: this.fromBuild(definition, code), zipHash: undefined });
      else {
        const versions = same && known.zipHash === definition.codeHash ? known.versions : this.fromZip(definition);
        next.set(definition.arn, { definition, versions, zipHash: definition.codeHash });
      }
    }
    const before = this.deployed;
    this.deployed = next;
    this.policies = policies;
    this.reserved = functions.reduce((sum, { reservedConcurrency = 0 }) => sum + reservedConcurrency, 0);
    const replaced = [...before].filter(([arn, { versions }]) => next.get(arn)?.versions !== versions);
    for (const [, { versions }] of replaced) versions.retire();
    this.asynchronous.resume();
    return replaced.map(([arn]) => arn);
  }

  /** Gives a function code that was built a moment ago. */
  redeploy(arn: string, code: BuiltCode): void {
    const known = this.deployed.get(arn);
    if (!known) return;
    const versions = this.fromBuild(known.definition, code);
    // Not the zip's content, so the next synthesis replaces it.
    this.deployed.set(arn, { ...known, versions, zipHash: undefined });
    known.versions.retire();
  }

  /** By its ARN, which may name a version or an alias. An alias with weights leads each time to the version that it draws. */
  get(arn: string): LambdaFunction | undefined {
    return this.deployed.get(unqualifiedArn(arn))?.versions.of(parseFunctionName(arn).qualifier);
  }

  /** @returns undefined when there is no such function */
  async invoke(
    arn: string,
    payload: string,
    how: Pick<Call, "traceId" | "limit" | "onPiece"> = {},
  ): Promise<InvocationResult | undefined> {
    await this.paused(arn);
    const fn = this.get(arn);
    const result = await fn?.invoke(payload, { ...how, invokedArn: arn });
    return fn && result && { ...result, executedVersion: fn.definition.version };
  }

  /** The function as it is when its new code, if some is being built, is in use. */
  async current(arn: string): Promise<LambdaFunction | undefined> {
    await this.paused(arn);
    return this.get(arn);
  }

  private paused(arn: string): Promise<unknown> | undefined {
    return this.options.pauses.of(unqualifiedArn(arn));
  }

  /** Accepts an event that nobody waits for. @returns whether there is such a function */
  invokeAsynchronously(arn: string, payload: string, traceHeader?: string): boolean {
    return this.asynchronous.accept(arn, payload, traceHeader);
  }

  permitted(functionArn: string, sourceArn: string): boolean {
    return gatewayMayInvoke(this.policies, functionArn, sourceArn);
  }

  async stop(): Promise<void> {
    this.asynchronous.stop();
    this.growth.stop();
    const running = [...this.deployed.values()].flatMap(({ versions }) => versions.all);
    await Promise.all(running.map((fn) => fn.stop()));
    this.options.daemon.stop();
  }

  /** A function, and what is done with the events of the version or alias that the ARN names. */
  private eventTarget(arn: string): ReturnType<AsyncOptions["target"]> {
    const fn = this.get(arn);
    const own = fn && this.deployed.get(fn.definition.arn)?.definition.eventInvokeConfig;
    const { qualifier = standard.qualifier } = parseFunctionName(arn);
    return fn && { fn, config: own?.qualifier === qualifier ? own : standard };
  }

  private fromZip(definition: FunctionDefinition): Versions {
    const folder = unpacked(definition, this.options.folder);
    const trace = new SourceTrace(() => this.options.sourceMap(definition));
    return this.versions(definition, { folder, handler: definition.handler, trace });
  }

  private fromBuild(definition: FunctionDefinition, { files, module, sourceMap }: BuiltCode): Versions {
    const folder = place(files, this.options.folder);
    const handler = definition.handler.replace(/^.*(?=\.)/, module);
    return this.versions(definition, { folder, handler, trace: new SourceTrace(sourceMap) });
  }

  private versions(definition: FunctionDefinition, code: Code): Versions {
    const concurrency = concurrencyOf(definition.reservedConcurrency, this.unreserved);
    return new Versions(definition, (version) => this.build(version, { code, concurrency }));
  }

  private build(
    definition: FunctionDefinition,
    { code, concurrency }: { readonly code: Code; readonly concurrency: Concurrency },
  ): LambdaFunction {
    const { checkKey } = this.options;
    const { arn, keyArn } = definition;
    return new LambdaFunction({
      definition,
      concurrency,
      ...(keyArn ? { decryptVariables: () => checkKey(arn, keyArn).then(() => undefined, keyRefusal) } : {}),
      mayStart: (fn) => this.growth.mayStart(fn),
      startEnvironment: () => this.startEnvironment(definition, code),
      onStart: (requestId, stream) =>
        this.options.onLine?.(definition.logGroupName, { stream, message: startLine(definition, requestId) }),
      onReport: (report) => this.report(definition, report, code.trace),
      onThrottle: (usedUp) => this.options.emit({ event: "throttle", function: definition.name, usedUp }),
    });
  }

  private startEnvironment(definition: FunctionDefinition, { folder, handler, trace }: Code): Environment {
    const { threadCode, credentials, endpointUrl, emit, onLine, daemon } = this.options;
    const { name, arn, version, runtime, memoryMb, logFormat, logGroupName } = definition;
    const logStreamName = newLogStreamName(version);
    const task = folder();
    let requestId: string | undefined;
    const lines = new LineSplitter((line) => {
      onLine?.(logGroupName, { stream: logStreamName, message: `${line}\n` });
      const mapped = trace.text(line);
      const places = mapped === line ? {} : { mapped };
      emit({ event: "log", function: name, ...(requestId ? { requestId } : {}), line, ...places });
      for (const metric of metricsIn(line)) emit({ event: "metric", function: name, ...metric });
    });
    return new Environment({
      code: threadCode,
      settings: {
        ...handlerOf(handler, task),
        files: this.options.files.of(task, definition.ephemeralStorageMb),
        functionName: name,
        functionVersion: version,
        runtime,
        memoryMb,
        logFormat,
        logGroupName,
        logStreamName,
        documents: this.options.documents(definition.issuers),
      },
      variables: environmentVariables(definition, {
        ...{ credentials: credentials(arn), endpointUrl, logStreamName },
        daemonAddress: daemon.address,
      }),
      onOutput: (text, of) => {
        requestId = of;
        lines.write(text);
      },
      onDone: () => lines.end(),
      onFailure: (error, of) => {
        emit({ event: "failure", function: name, ...(of ? { requestId: of } : {}), error: trace.thrown(error) });
      },
    });
  }

  private report(definition: FunctionDefinition, report: InvocationReport, trace: SourceTrace): void {
    const { requestId, traceId, durationMs, result, logStreamName } = report;
    const { initMs, memoryBytes } = result;
    if (logStreamName !== undefined) {
      for (const message of endLines(definition, report)) {
        this.options.onLine?.(definition.logGroupName, { stream: logStreamName, message });
      }
    }
    this.options.emit({
      event: "invocation",
      function: definition.name,
      requestId,
      ...(traceId === undefined ? {} : { traceId }),
      durationMs: Math.round(durationMs * 1000) / 1000,
      ...(initMs === undefined ? {} : { initMs: Math.round(initMs) }),
      ...(memoryBytes === undefined ? {} : { memoryMb: Math.ceil(memoryBytes / 1024 / 1024) }),
      ...(result.functionError ? { error: trace.of(result.payload) } : {}),
      ...(result.note === undefined ? {} : { note: trace.text(result.note) }),
    });
  }
}
