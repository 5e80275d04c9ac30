import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { lambdaLimits } from "../../aws/limits";
import type { AllowStatement } from "../../aws/policy";
import { longestAnswerMs, workingTimeMs } from "../../contracts/time-limits";
import { type LogLevel, logLevels } from "../../environments/environment";
import { keyStatement } from "../data/encryption-key";
import { LiveAlias, liveAlias } from "../delivery/live-alias";
import type { Network } from "../network/network";
import { LogGroup } from "../observability/log-group";
import { faultAnswers, type Metric, type Statistic, type Total } from "../observability/metric";
import type { Bundle } from "../synth/bundle";
import { isEntry, planBundle } from "../synth/bundles";
import { StackContext } from "../synth/stack-context";
import { between, oneOf, validate } from "../synth/validation";
import { environmentRules } from "./environment-rules";
import { FunctionRole } from "./function-role";
import { type CodeBucket, uploadedCode } from "./uploaded-code";

export interface NodeFunctionProps {
  /** The file that exports `handler`: below `handlers/` (`records/get-record.ts`), or a path from the root. */
  readonly entry: string;
  /** The network of the function. @default outside of any VPC */
  readonly network?: Network;
  /** Environment variables besides those every function has. Never a secret: they are in plan and state. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** The bucket to which the code is uploaded, for Lambda to fetch. @default to Lambda itself */
  readonly codeBucket?: CodeBucket;
  /** Memory in MB, 128–10240; the share of a CPU goes with it. @default 256 */
  readonly memoryMb?: number;
  /** Timeout of an invocation in seconds, 1–900. @default 10 */
  readonly timeoutSeconds?: number;
  /** The lowest level of lines that are written. @default what the environment says */
  readonly logLevel?: LogLevel;
}

/**
 * A Lambda function in TypeScript, with a role and a log group of its own: Node.js 24 on arm64, traced by X-Ray. Each
 * change publishes a version; the alias `live` names the one that serves.
 *
 * @example
 * const getThing = new NodeFunction(this, "get-thing", {
 *   entry: "things/get-thing.ts",
 *   environment: { THINGS_TABLE: table.name },
 * });
 * table.grant(getThing, "GetItem");
 */
export class NodeFunction extends Construct {
  readonly name: string;
  /** ARN of the alias `live`. Made of names that are fixed, so that it is known at plan. */
  readonly arn: string;
  readonly unqualifiedArn: string;
  readonly timeoutSeconds: number;
  readonly logGroup: LogGroup;
  readonly resource: LambdaFunction;
  readonly live: LiveAlias;
  private readonly role: FunctionRole;
  private readonly network: Network | undefined;
  private readonly variables: Record<string, string>;
  private readonly unread: Set<string>;
  private readonly plannedBundle: () => Bundle;
  private isBehindApi = false;
  private isGivenEvents = false;
  private isAuthorizer = false;
  private hasPlaceForFailures = false;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    super(scope, id);
    const { entry, network, environment = {}, codeBucket, memoryMb = 256, timeoutSeconds = 10 } = props;
    const stack = StackContext.of(this);
    const { logLevel = stack.environment.functionLogLevel } = props;
    this.name = stack.nameOf(this);
    this.unqualifiedArn = stack.arn("lambda", `function:${this.name}`);
    this.arn = `${this.unqualifiedArn}:${liveAlias}`;
    this.timeoutSeconds = timeoutSeconds;
    this.network = network;
    this.plannedBundle = planBundle(entry);
    // For handlers/runtime, which a handler may do without.
    const own = { ENVIRONMENT: stack.environment.name, POWERTOOLS_SERVICE_NAME: stack.system, LOG_LEVEL: logLevel };
    this.unread = new Set(Object.keys(own));
    this.variables = { ...own, ...environment };
    this.logGroup = new LogGroup(this, "logs", { name: `/aws/lambda/${this.name}` });
    this.role = new FunctionRole(this, "role", {
      functionArn: this.unqualifiedArn,
      logGroupArn: this.logGroup.arn,
      inNetwork: network !== undefined,
    });
    const kmsKeyArn = this.decryptEnvironment();
    const zipPath = `functions/${this.node.id}.zip`;
    const bundle = this.plannedBundle;
    this.resource = new LambdaFunction(this, "Default", {
      functionName: this.name,
      role: this.role.role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      ...(codeBucket ? uploadedCode(this, { bucket: codeBucket, zipPath, bundle }) : { filename: zipPath }),
      sourceCodeHash: Lazy.stringValue({ produce: () => this.plannedBundle().hash }),
      publish: true,
      memorySize: memoryMb,
      timeout: timeoutSeconds,
      ...(kmsKeyArn ? { kmsKeyArn } : {}),
      environment: { variables: Lazy.anyValue({ produce: () => this.variables }) as unknown as Record<string, string> },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: this.logGroup.name,
        // Lambda's own filter, by which the lines of metrics, that have no level, are INFO.
        applicationLogLevel: logLevel === "DEBUG" ? "DEBUG" : "INFO",
      },
      tracingConfig: { mode: "Active" },
      ...network?.placement(),
      // The policy outlives the function when both are destroyed, so that Lambda can still remove its interfaces.
      dependsOn: [this.role.policy, ...(network?.routes ?? [])],
    });
    this.live = new LiveAlias(this, liveAlias, { of: this.resource });
    stack.addFile(zipPath, entry, () => this.plannedBundle().zip);
    validate(this, () =>
      isEntry(entry) ? environmentRules({ entry, scope, variables: this.variables, unread: this.unread }) : [],
    );
    validate(this, () => [
      [
        isEntry(entry),
        `entry must be a file below handlers/ (or a path from the root) that exports handler, got ${entry}; make it, or correct the path`,
      ],
      // Lambda quotas: memory, timeout, and the length of a function's name.
      between("memoryMb", memoryMb, lambdaLimits.memoryMb),
      between("timeoutSeconds", timeoutSeconds, lambdaLimits.timeoutSeconds),
      oneOf("logLevel", logLevel, logLevels),
      [
        !this.isGivenEvents || this.hasPlaceForFailures,
        `a queue must collect what ${id} fails on, since nobody waits for its events, got none; add failures.collectFailures`,
      ],
      [this.name.length <= 64, `the name must be at most 64 characters, got ${this.name}; shorten the construct's id`],
    ]);
  }

  /** Sets an environment variable. Never a secret. */
  addEnvironment(name: string, value: string): void {
    this.variables[name] = value;
  }

  /** Sets an environment variable that nobody reads: a change of it starts the function anew. */
  restartOn(name: string, value: string): void {
    this.unread.add(name);
    this.addEnvironment(name, value);
  }

  /** Lets the function do something; resources offer verbs for this (`table.grant`). */
  allow(statement: AllowStatement): void {
    this.role.allow(statement);
    this.network?.permit(statement);
  }

  /** Lets another function invoke this one asynchronously. */
  grantInvoke(grantee: NodeFunction): void {
    grantee.allow({ actions: ["lambda:InvokeFunction"], resources: [this.live.resource.arn] });
    grantee.calls("lambda");
  }

  /** Says that the function calls a service which its network must offer a way to, by its short name: `ssm`. */
  calls(service: string): void {
    this.network?.requireService(service, this.node.path);
  }

  /** Lambda has the role decrypt the variables at every cold start: of the function, and of its versions. */
  private decryptEnvironment(): string | undefined {
    const arns = [this.unqualifiedArn, `${this.unqualifiedArn}:*`];
    const keyArn = StackContext.of(this).encrypt("environment", () => arns);
    if (keyArn) this.allow(keyStatement(keyArn, "environment", { arns, actions: ["kms:Decrypt"] }));
    return keyArn;
  }

  /** Says that API Gateway waits for the function, so that it answers within API Gateway's time. */
  answersApi(): void {
    this.isBehindApi = true;
  }

  /** Says that it refuses tokens by an error, as API Gateway wants it: Lambda counts them with what went wrong. */
  authorizes(): void {
    this.isAuthorizer = true;
  }

  /** Says that it is given events which nobody waits for: a queue has to collect those that it fails on. */
  takesEvents(): void {
    this.isGivenEvents = true;
  }

  /** Says that a queue collects the events that it fails on. */
  losesNoEvents(): void {
    this.hasPlaceForFailures = true;
  }

  /** After how long a handler gives up by itself, in milliseconds. Known when the tree is complete. */
  get longestMs(): number {
    const working = workingTimeMs(this.timeoutSeconds * 1000);
    return this.isBehindApi ? Math.min(working, longestAnswerMs) : working;
  }

  /** One of Lambda's metrics for this function (AWS/Lambda). */
  metric(name: FunctionMetric, statistic: Statistic): Metric {
    return { namespace: "AWS/Lambda", name, dimensions: { FunctionName: this.name }, statistic, label: this.node.id };
  }

  /**
   * Count of failed invocations: crashes, and responses with a status of 500 and above. Of an authorizer it is what it
   * counts itself, or anybody without a token could set off an alarm; its crashes are answers of 500 of its API's stage.
   */
  faults(): Total {
    const { environment } = StackContext.of(this);
    const counter = { system: this.variables["POWERTOOLS_SERVICE_NAME"] ?? "", environment };
    const answers = faultAnswers(counter, this.name, this.node.id);
    return { label: this.node.id, of: this.isAuthorizer ? [answers] : [this.metric("Errors", "Sum"), answers] };
  }
}

type FunctionMetric = "Invocations" | "Errors" | "Throttles" | "Duration" | "DestinationDeliveryFailures";
