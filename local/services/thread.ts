import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf, UserError, wordsOf } from "../../lib/user-error";
import { HostNames } from "../lib/host-names";
import type { InvocationResult } from "../lib/invocation";
import { portRefusal } from "../lib/port-refusal";
import { shareStandstill } from "../lib/standstill";
import { StorageError } from "../store/storage-error";
import { Authorization } from "./authorization";
import type { Principal, ServiceEvent, ServicesConfiguration } from "./configuration";
import { currentTraceHeader } from "./current-request";
import { Database } from "./dynamodb/database";
import { dynamoDbService } from "./dynamodb/service";
import { createEndpoint, failRequest } from "./endpoint";
import { Buses } from "./events/buses";
import { eventsService } from "./events/service";
import { lambdaService } from "./lambda/service";
import type { LinesQuery, LogLine } from "./logs/log-lines";
import { logsService } from "./logs/service";
import type { FromServices, Problem, ServicesSettings, ToServices } from "./messages";
import { Platform } from "./platform";
import { Buckets } from "./s3/buckets";
import { Notifications } from "./s3/notifications";
import { s3Service } from "./s3/service";
import { ServiceError } from "./service";
import type { ServiceCall } from "./service-call";
import { snsService } from "./sns/service";
import { Topics } from "./sns/topics";
import { Queues } from "./sqs/queues";
import { sqsService } from "./sqs/service";
import { Parameters } from "./ssm/parameters";
import { ssmService } from "./ssm/service";
import { stsService } from "./sts";

/** The inside of the services' thread: all of AWS that functions may call, and its data. */

const { folder, port, hosts, limits, emitsCalls, standstill } = workerData as ServicesSettings;
if (standstill) shareStandstill(standstill);
try {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
} catch (error) {
  throw new StorageError(folder, "written", error);
}

let configuration: ServicesConfiguration = {
  principals: [],
  functions: [],
  tables: [],
  buckets: [],
  logGroups: [],
  parameters: [],
  topics: [],
  queues: [],
  events: { buses: [], rules: [] },
  keys: [],
  policies: [],
};
let principals = new Map<string, Principal>();
let begin = (): void => undefined;
/** Whoever comes before the first configuration waits for that. */
let ready: Promise<void> = new Promise((resolve) => {
  begin = resolve;
});
/** Settles when no configuration is under way. */
async function whenReady(): Promise<void> {
  for (let waited: unknown; waited !== ready; ) {
    waited = ready;
    await ready;
  }
}
const database = new Database({ path: join(folder, "dynamodb.log") });
const queues = new Queues(join(folder, "sqs.log"));
const parameters = new Parameters(join(folder, "ssm.log"));

const say = (message: FromServices): void => parentPort?.postMessage(message);
const emit = (event: ServiceEvent): void => say({ type: "event", event });
const authorization = new Authorization(emit);

/** Time for which calls wait for others: to report them one by one costs as much as to make them. */
const GATHER_MS = 20;
let calls: ServiceCall[] = [];

function gather(call: ServiceCall): void {
  if (calls.push(call) > 1) return;
  setTimeout(() => {
    say({ type: "calls", calls });
    calls = [];
  }, GATHER_MS);
}

const problem = (message: string): void => emit({ event: "problem", message });
const buckets = new Buckets(join(folder, "s3"), problem);

interface Pending {
  readonly resolve: (result: InvocationResult | undefined) => void;
  readonly reject: (error: Error) => void;
}

const invocations = new Map<number, Pending>();
let lastAsked = 0;

function invoke(functionArn: string, payload: string, asynchronous: boolean): Promise<InvocationResult | undefined> {
  lastAsked += 1;
  const id = lastAsked;
  say({ type: "invoke", id, functionArn, payload, asynchronous, traceHeader: currentTraceHeader() });
  return new Promise((resolve, reject) => invocations.set(id, { resolve, reject }));
}

const readings = new Map<number, (lines: readonly LogLine[]) => void>();

/** Log lines of functions, which the other thread has. */
function readLines(query: LinesQuery): Promise<readonly LogLine[]> {
  lastAsked += 1;
  const id = lastAsked;
  say({ type: "readLines", id, query });
  return new Promise((resolve) => readings.set(id, resolve));
}

const topics = new Topics({ queues, authorization, emit, invoke });
const buses = new Buses({ queues, authorization, emit, invoke });
const notifications = new Notifications({ authorization, invoke, emit });
const platform = new Platform({ database, queues, topics, invoke });

async function configure(next: ServicesConfiguration): Promise<void> {
  database.provision(next.tables);
  queues.provision(next.queues);
  parameters.provision(next.parameters);
  topics.configure(next.topics);
  buses.configure(next.events);
  authorization.configure(next.policies);
  configuration = next;
  principals = new Map(next.principals.map((principal) => [principal.credentials.accessKeyId, principal]));
}

function problemOf(error: unknown): Problem {
  const message = messageOf(error);
  if (error instanceof ServiceError) return { message, kind: "refused", code: error.code };
  if (error instanceof UserError) return { message, kind: "user" };
  return { message, kind: "fault", trace: wordsOf(error) };
}

function sweep(): void {
  try {
    database.sweep();
  } catch (error) {
    problem(`items past their time to live stay: ${wordsOf(error)}`);
  }
}

parentPort?.on("message", (message: ToServices) => {
  if (message.type === "invoked") {
    const pending = invocations.get(message.id);
    invocations.delete(message.id);
    if (message.failure === undefined) pending?.resolve(message.result);
    else pending?.reject(new Error(message.failure));
  } else if (message.type === "lines") {
    readings.get(message.id)?.(message.lines);
    readings.delete(message.id);
  } else if (message.type === "configure") {
    // Requests wait while tables change; should that fail, the services stay as they were.
    const done = configure(message.configuration);
    ready = done.catch(() => undefined); // Whoever asked for it receives the error, below.
    begin();
    done.then(
      () => say({ type: "done", id: message.id }),
      (error: unknown) => say({ type: "done", id: message.id, problem: problemOf(error) }),
    );
  } else {
    const work = async () => {
      await whenReady();
      const principal = [...principals.values()].find(({ functionArn }) => functionArn === message.functionArn);
      if (!principal) throw new Error(`${message.functionArn} is no function of the stacks`);
      authorization.require(principal, platform.needs(message.functionArn, message.call));
      return platform.perform(message.call);
    };
    work().then(
      (result) => say({ type: "done", id: message.id, result }),
      (error: unknown) => say({ type: "done", id: message.id, problem: problemOf(error) }),
    );
  }
});

const server = createEndpoint({
  services: new Map([
    ["dynamodb", dynamoDbService(database)],
    ["events", eventsService(buses)],
    ["lambda", lambdaService(invoke, () => configuration.functions)],
    ["logs", logsService({ groups: () => configuration.logGroups, read: readLines })],
    [
      "s3",
      s3Service(
        () => configuration.buckets,
        buckets,
        (object) => notifications.created(object),
      ),
    ],
    ["sns", snsService(topics)],
    ["sqs", sqsService(queues)],
    ["sts", stsService()],
    ["ssm", ssmService(parameters, () => configuration.keys)],
  ]),
  principal: (accessKeyId) => principals.get(accessKeyId),
  authorization,
  buckets: () => configuration.buckets,
  problem,
  ready: whenReady,
  hosts: new HostNames(hosts, problem),
  ...(limits ? { limits } : {}),
  ...(emitsCalls ? { onCall: gather } : {}),
});
server.once("error", (error) => {
  say({
    type: "refused",
    message: portRefusal({ port, of: "the services", option: "--services-port" }, error).message,
  });
  process.exit(1);
});
server.listen(port, "127.0.0.1", () => say({ type: "listening", port: (server.address() as AddressInfo).port }));

setInterval(sweep, 1000);

/** Versions end at midnight, so there is no haste; the first pass, over all objects, is not to slow the start. */
const [FIRST_EXPIRY_MS, EXPIRY_MS] = [60 * 1000, 60 * 60 * 1000];

function expireVersions(): void {
  buckets.expire(configuration.buckets, Date.now()).catch((error: unknown) => {
    problem(`versions of objects past their time stay: ${wordsOf(error)}`);
  });
}

setInterval(expireVersions, EXPIRY_MS);
setTimeout(expireVersions, FIRST_EXPIRY_MS);

// One bad request harms one request: what is thrown outside of all promises ends it, and nothing else. From here on: what
// fails before is no request's, and ends the thread.
const survive = (error: unknown): void => {
  if (!failRequest(error)) problem(`services: ${wordsOf(error)}`);
};
process.on("uncaughtException", survive).on("unhandledRejection", survive);
