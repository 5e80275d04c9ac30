import { existsSync, readFileSync } from "node:fs";
import { messageOf } from "../../lib/user-error";
import { credentialsByFunction } from "../iam/credentials";
import { PermissionReport, type PermissionUse } from "../iam/granted-permissions";
import type { Deliver } from "../lambda/async-invocations";
import { EnvironmentFiles } from "../lambda/environment-files";
import { Lambda } from "../lambda/lambda";
import type { BuiltCode } from "../lambda/package";
import { provideSdk } from "../lambda/runtime-packages";
import { startTraceDaemon } from "../lambda/trace-daemon";
import { limitClock, systemClock } from "../lib/clock";
import { handledLater } from "../lib/handled-later";
import { everything, LONGEST_PAUSE_MS, Pauses } from "../lib/pauses";
import { threadCode } from "../lib/thread-code";
import type { FunctionDefinition } from "../read/function-definition";
import { readStackFile } from "../read/stack-file";
import type { Outcome } from "../scheduler/invocations";
import type { ScheduleState } from "../scheduler/scheduler";
import type { Principal, ServiceEvent, ServicesConfiguration } from "../services/configuration";
import { LogLines, type NewLine } from "../services/logs/log-lines";
import { CallRefused, Services } from "../services/services";
import type { Store } from "../store/store";
import { KeySetServer } from "../tokens/key-set-server";
import { SigningKeys, signingKeysFile } from "../tokens/signing-keys";
import { EventSources } from "./event-sources";
import type { Emit } from "./events";
import { Listeners } from "./listeners";
import type { Observer } from "./observer";
import { accessOf, type OperatorAccess, operatorOf } from "./operator";
import { Schedules } from "./schedules";
import { noStack, stacksIn } from "./stacks-in";
import { readSystem, type System } from "./system";
import { UserTokens } from "./user-access";

export interface RunnerOptions {
  readonly root: string;
  readonly store: Store;
  readonly systems: readonly string[];
  /** Whose stacks they are: `dev` of `records-dev`. Without one, systems are called as their stacks. */
  readonly environment?: string;
  readonly emit: Emit;
  /** Observes requests and calls in more detail than events. @default none, and nothing is kept of it */
  readonly observer?: Observer;
  /** Whether the lines of access logs are emitted, besides being kept for their log groups. */
  readonly accessLogs: boolean;
  /** Of the services' endpoint. @default any that is free */
  readonly servicesPort?: number;
  /** Names besides those of this machine and of the stacks by which the systems may be asked. */
  readonly hosts: readonly string[];
  /** Limit of the memory of all functions' environments together, in MB. @default 1024 */
  readonly memoryMb?: number;
  /** Divisor of the waits before retries of asynchronous events. @default 60: after one second, then two */
  readonly speed?: number;
  /** Speed of the clock by which schedules are due, as a multiple of the system's. @default 1 */
  readonly clockSpeed?: number;
  /** Path of the source map of a function's code. @default none: traces name the bundle */
  readonly mapPathOf?: (functionArn: string) => string | undefined;
  /** Builds what functions run in place of their packages. @default nothing */
  readonly build?: (functions: readonly FunctionDefinition[]) => Promise<ReadonlyMap<string, BuiltCode>>;
}

/** The systems on this machine: what was synthesized, running. */
export class Runner {
  readonly listeners: Listeners;
  /** Pauses of calls while functions are built. */
  readonly pauses = new Pauses({
    clock: systemClock,
    onLimit: (name) => {
      const what = name === everything ? "all requests" : `calls of ${name.split(":").at(-1)}`;
      const message = `${what} waited ${LONGEST_PAUSE_MS / 1000} s for a build and go on with the last good version`;
      this.options.emit({ event: "problem", message });
    },
  });
  private readonly credentials = credentialsByFunction();
  private readonly permissions = new PermissionReport();
  /** Log events, as `aws logs` reads them. */
  private readonly lines = new LogLines();
  private readonly services: Promise<Services>;
  private readonly keySets: Promise<KeySetServer>;
  private readonly lambda: Promise<Lambda>;
  private readonly eventSources: Promise<EventSources>;
  private readonly schedules: Promise<Schedules>;
  /** Keys that stand in for those of the issuers whose tokens systems take. */
  readonly signingKeys: SigningKeys;
  readonly userTokens: UserTokens;
  private running: readonly System[] = [];

  /** Starts what needs no stack at once, beside the synthesis. */
  constructor(private readonly options: RunnerOptions) {
    this.signingKeys = new SigningKeys(options.store.path(signingKeysFile));
    this.userTokens = new UserTokens(this.signingKeys, { data: options.store.path(), root: options.root });
    this.services = handledLater(this.startServices());
    this.keySets = handledLater(KeySetServer.start(this.signingKeys));
    this.lambda = handledLater(this.startLambda());
    this.eventSources = handledLater(this.startEventSources());
    this.schedules = handledLater(this.startSchedules());
    const onLine = (group: string, line: NewLine) => this.lines.add(group, line);
    const endpointUrl = async () => (await this.services).endpointUrl();
    const { signingKeys: tokenKeys, userTokens, pauses } = this;
    const parts = { onLine, endpointUrl, pauses, tokenKeys, userTokens };
    this.listeners = new Listeners({ ...options, ...parts }, options.store.counts);
  }

  /**
   * Runs what lies in a folder of synthesized stacks, in place of what ran before.
   *
   * @throws Error when something in it can't be emulated; what ran before goes on
   */
  async deploy(outdir: string): Promise<void> {
    const next = this.read(outdir);
    const [services, lambda] = await Promise.all([this.services, this.lambda]);
    // Refuses what it does not read, before anything has changed.
    const gateways = this.listeners.prepare(next, lambda);
    await this.signingKeys.provide(
      next.flatMap(({ name, issuers }) => issuers.map((issuer) => ({ ...issuer, system: name }))),
    );
    const operator = operatorOf(next, this.options.store.secrets);
    const functions = next.flatMap((system) => system.functions);
    const built = await this.options.build?.(functions);
    await services.configure(configurationOf(next, operator));
    const replaced = lambda.deploy({
      functions,
      policies: next.flatMap(({ resources }) => resources.policies),
      ...(built ? { built } : {}),
    });
    await this.listeners.serve(gateways);
    for (const arn of replaced) this.listeners.flush(arn);
    (await this.eventSources).replace(next);
    (await this.schedules).replace(next);
    this.running = next;
  }

  get systems(): readonly System[] {
    return this.running;
  }

  /** Settings by which a person reaches AWS on this machine. */
  async access(): Promise<OperatorAccess> {
    const services = await this.services;
    return accessOf(operatorOf(this.running, this.options.store.secrets), await services.endpointUrl());
  }

  /** Gives a function code that was built a moment ago. */
  async redeploy(functionArn: string, code: BuiltCode): Promise<void> {
    (await this.lambda).redeploy(functionArn, code);
    this.listeners.flush(functionArn);
  }

  /** Each granted permission of each function, and whether it was needed. */
  grants(): readonly PermissionUse[] {
    return this.running.flatMap(({ principals }) =>
      principals.flatMap(({ functionName, statements }) => this.permissions.of(functionName, statements)),
    );
  }

  /** Each schedule with what became of its invocations. @param count how many of the next times */
  async scheduled(count: number): Promise<readonly ScheduleState[]> {
    return (await this.schedules).states(count);
  }

  /** Invokes a schedule's target now. @returns undefined when there is no such schedule */
  async fire(scheduleArn: string): Promise<Outcome | undefined> {
    return (await this.schedules).fire(scheduleArn);
  }

  async stop(): Promise<void> {
    await this.listeners.stop();
    (await this.schedules).stop();
    (await this.eventSources).stop();
    await (await this.lambda).stop();
    (await this.keySets).stop();
    await (await this.services).stop();
  }

  private async startEventSources(): Promise<EventSources> {
    const { store, emit, speed = 60 } = this.options;
    const [services, lambda] = await Promise.all([this.services, this.lambda]);
    return new EventSources({
      ...{ store, services, lambda, speed },
      deliver: (functionArn) => deliverFor(functionArn, services, emit),
      problem: (message) => emit({ event: "problem", message }),
    });
  }

  private async startSchedules(): Promise<Schedules> {
    const { store, emit, speed = 60, clockSpeed = 1 } = this.options;
    return new Schedules({ store, services: await this.services, emit, speed, clockSpeed });
  }

  private read(outdir: string): readonly System[] {
    const { systems, environment, store } = this.options;
    const stacks = stacksIn(outdir);
    return systems.map((name) => {
      const stack = environment === undefined ? name : `${name}-${environment}`;
      const path = stacks.get(stack);
      if (path === undefined) throw noStack(stack, [...stacks.keys()]);
      const file = readStackFile(path, stack);
      return readSystem(name, file, { secrets: store.secrets, credentials: this.credentials });
    });
  }

  private async startServices(): Promise<Services> {
    const { root, store, hosts, servicesPort = 0, observer } = this.options;
    return new Services({
      code: await threadCode(root, "services/thread.ts"),
      folder: store.path("services"),
      hosts,
      port: servicesPort,
      onEvent: (event) => this.onEvent(event),
      ...(observer ? { onCalls: (calls) => observer.called(calls) } : {}),
      readLines: (query) => this.lines.read(query),
      invoke: async (arn, payload, asynchronous, traceHeader) => {
        const lambda = await this.lambda;
        if (!asynchronous) return lambda.invoke(arn, payload, { traceId: traceHeader });
        return lambda.invokeAsynchronously(arn, payload, traceHeader) ? { payload: "" } : undefined;
      },
    });
  }

  private async startLambda(): Promise<Lambda> {
    const { root, store, emit, speed = 60, memoryMb = 1024 } = this.options;
    const [code, services, keySets] = await Promise.all([
      threadCode(root, "lambda/environment/thread.ts"),
      this.services,
      this.keySets,
    ]);
    const packages = provideSdk(store.functions, root);
    return new Lambda({
      threadCode: code,
      endpointUrl: await services.endpointUrl(),
      credentials: this.credentials,
      pauses: this.pauses,
      folder: store.functions,
      files: new EnvironmentFiles(store.functions, packages),
      memoryBytes: memoryMb * 1024 * 1024,
      daemon: await startTraceDaemon((segment) => emit({ event: "segment", segment })),
      emit,
      onLine: (group, line) => this.lines.add(group, line),
      sourceMap: ({ arn }) => {
        const path = this.options.mapPathOf?.(arn);
        return path !== undefined && existsSync(path) ? readFileSync(path, "utf8") : undefined;
      },
      asynchronous: {
        path: store.path("events.log"),
        clock: limitClock,
        speed,
        deliver: (functionArn) => deliverFor(functionArn, services, emit),
        problem: (message) => emit({ event: "problem", message }),
      },
      documents: (issuers) => keySets.addressesOf(issuers),
      checkKey: async (functionArn, keyArn) =>
        void (await services.call(functionArn, { kind: "decryptVariables", keyArn })),
    });
  }

  private onEvent(event: ServiceEvent): void {
    if (event.event === "permission") this.permissions.use(event.function, event);
    else this.options.emit(event);
  }
}

/** Puts what failed, or succeeded, where the function's settings say, with the rights of its role. */
function deliverFor(functionArn: string, services: Services, emit: Emit): Deliver {
  return async (targetArn, body, attributes) => {
    try {
      await services.call(functionArn, { kind: "deliver", targetArn, body, attributes });
    } catch (error) {
      // As on AWS, where a metric counts it; all else is tried again.
      if (!(error instanceof CallRefused)) throw error;
      emit({ event: "problem", message: `an event of ${functionArn} was not delivered: ${messageOf(error)}` });
    }
  };
}

function configurationOf(systems: readonly System[], operator: Principal): ServicesConfiguration {
  const all = systems.map(({ resources }) => resources);
  return {
    principals: [...systems.flatMap(({ principals }) => principals), operator],
    functions: systems.flatMap(({ functions }) => functions),
    tables: all.flatMap(({ tables }) => tables),
    buckets: all.flatMap(({ buckets }) => buckets),
    logGroups: all.flatMap(({ logGroups }) => logGroups),
    parameters: all.flatMap(({ parameters }) => parameters),
    topics: all.flatMap(({ topics }) => topics),
    queues: all.flatMap(({ queues }) => queues),
    events: {
      buses: all.flatMap(({ events }) => events.buses),
      rules: all.flatMap(({ events }) => events.rules),
    },
    keys: all.flatMap(({ keys }) => keys),
    policies: all.flatMap(({ policies }) => policies),
  };
}
