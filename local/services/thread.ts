import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { Authorization } from "./authorization";
import type { Principal, ServiceEvent, ServicesConfiguration } from "./configuration";
import { Database } from "./dynamodb/database";
import { dynamoDbService } from "./dynamodb/service";
import { createEndpoint } from "./endpoint";
import { type InvokeAnswer, lambdaService } from "./lambda-api";
import type { FromServices, ServicesSettings, ToServices } from "./messages";
import { Platform } from "./platform";
import { s3Service } from "./s3/service";
import { snsService } from "./sns/service";
import { Topics } from "./sns/topics";
import { Queues } from "./sqs/queues";
import { sqsService } from "./sqs/service";
import { ssmService } from "./ssm";

/** The inside of the services' thread: all of AWS that functions may call, and its data. */

const { folder, port } = workerData as ServicesSettings;
mkdirSync(folder, { recursive: true });

let configuration: ServicesConfiguration = {
  principals: [],
  tables: [],
  buckets: [],
  parameters: [],
  topics: [],
  queues: [],
  policies: [],
};
let principals = new Map<string, Principal>();
let ready: Promise<void> = new Promise(() => undefined);
const database = new Database(join(folder, "dynamodb.log"));
const queues = new Queues(join(folder, "sqs.log"));

const say = (message: FromServices): void => parentPort?.postMessage(message);
const tell = (event: ServiceEvent): void => say({ type: "event", event });
const authorization = new Authorization(tell);

const invocations = new Map<number, (result: InvokeAnswer | undefined) => void>();
let lastInvocation = 0;

function invoke(functionArn: string, payload: string, asynchronous: boolean): Promise<InvokeAnswer | undefined> {
  lastInvocation += 1;
  const id = lastInvocation;
  say({ type: "invoke", id, functionArn, payload, asynchronous });
  return new Promise((resolve) => invocations.set(id, resolve));
}

const topics = new Topics({ queues, authorization, tell, invoke: (arn, payload) => void invoke(arn, payload, true) });
const platform = new Platform({ queues, topics, invoke });

async function configure(next: ServicesConfiguration): Promise<void> {
  await database.provision(next.tables);
  queues.provision(next.queues);
  topics.configure(next.topics);
  authorization.configure(next.policies);
  configuration = next;
  principals = new Map(next.principals.map((principal) => [principal.credentials.accessKeyId, principal]));
}

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

parentPort?.on("message", (message: ToServices) => {
  if (message.type === "invoked") {
    invocations.get(message.id)?.(message.result);
    invocations.delete(message.id);
  } else if (message.type === "configure") {
    // Requests wait while tables change; should that fail, the services stay as they were.
    const done = configure(message.configuration);
    ready = done.catch(() => undefined);
    done.then(
      () => say({ type: "done", id: message.id }),
      (error: unknown) => say({ type: "done", id: message.id, problem: problemOf(error) }),
    );
  } else {
    const principal = [...principals.values()].find(({ functionArn }) => functionArn === message.functionArn);
    const work = async () => {
      if (principal) authorization.require(principal, platform.needs(message.functionArn, message.call));
      return platform.perform(message.call);
    };
    work().then(
      (messages) => say({ type: "done", id: message.id, ...(messages ? { messages } : {}) }),
      (error: unknown) => say({ type: "done", id: message.id, problem: problemOf(error) }),
    );
  }
});

const server = createEndpoint({
  services: {
    dynamodb: dynamoDbService(database),
    lambda: lambdaService(invoke),
    s3: s3Service(
      () => configuration.buckets,
      (bucket) => join(folder, "s3", bucket),
    ),
    sns: snsService(topics),
    sqs: sqsService(queues),
    ssm: ssmService(() => configuration.parameters),
  },
  principal: (accessKeyId) => principals.get(accessKeyId),
  authorization,
  buckets: () => configuration.buckets,
  problem: (message) => tell({ event: "problem", message }),
  ready: () => ready,
});
server.keepAliveTimeout = 60_000;
server.listen(port, "127.0.0.1", () => say({ type: "listening", port: (server.address() as AddressInfo).port }));

setInterval(() => void database.sweep(Date.now() / 1000), 1000);
