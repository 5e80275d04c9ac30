import { Worker } from "node:worker_threads";
import { messageOf } from "../lib/user-error";
import type { ServiceEvent, ServicesConfiguration } from "./configuration";
import type { Invoke } from "./lambda-api";
import type { FromServices, PlatformCall, ToServices } from "./messages";
import type { ReceivedMessage } from "./sqs/queue";

export interface ServicesOptions {
  readonly code: string;
  /** Where data is kept. */
  readonly folder: string;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly invoke: Invoke;
}

type Done = Extract<FromServices, { type: "done" }>;
type Request = ToServices extends infer Message
  ? Message extends { id: number }
    ? Omit<Message, "id">
    : never
  : never;

/**
 * The services in a thread of their own. Should it die (its database throws where others answer), it is started again
 * on the same port with what is on disk; the SDK's retries cover the gap.
 */
export class Services {
  private worker: Worker;
  private port = 0;
  private stopped = false;
  private listened = false;
  private last = 0;
  private configuration: ServicesConfiguration | undefined;
  private readonly waiting = new Map<number, (done: Done) => void>();
  private listening: Promise<void>;

  constructor(private readonly options: ServicesOptions) {
    [this.worker, this.listening] = this.start();
  }

  /** `AWS_ENDPOINT_URL`: an IP address, which makes the SDK put buckets into the path. */
  async endpointUrl(): Promise<string> {
    await this.listening;
    return `http://127.0.0.1:${this.port}`;
  }

  /** @throws Error when stored data does not fit; the services stay as they were */
  async configure(configuration: ServicesConfiguration): Promise<void> {
    const { problem } = await this.ask({ type: "configure", configuration });
    if (problem !== undefined) throw new Error(problem);
    this.configuration = configuration;
  }

  /** Does something for a function with its role, as Lambda does it. */
  async call(functionArn: string, call: PlatformCall): Promise<readonly ReceivedMessage[]> {
    const { messages = [], problem } = await this.ask({ type: "call", functionArn, call });
    if (problem !== undefined) throw new Error(problem);
    return messages;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.worker.terminate();
  }

  private ask(request: Request): Promise<Done> {
    this.last += 1;
    const id = this.last;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ ...request, id });
    });
  }

  private start(): [Worker, Promise<void>] {
    const { code, folder } = this.options;
    const worker = new Worker(code, { eval: true, execArgv: [], workerData: { folder, port: this.port } });
    const listening = new Promise<void>((resolve, reject) => {
      worker.on("message", (message: FromServices) => {
        if (message.type === "listening") {
          this.port = message.port;
          this.listened = true;
          resolve();
        } else void this.hear(message);
      });
      worker.on("exit", () => reject(new Error("the services' thread ended before it listened")));
    });
    listening.catch(() => undefined);
    worker.on("error", (error) => this.options.onEvent({ event: "problem", message: `services: ${error.stack}` }));
    worker.on("exit", () => this.restart());
    return [worker, listening];
  }

  private restart(): void {
    // One that never came up would not the next time either.
    if (this.stopped || !this.listened) return;
    this.listened = false;
    for (const [id, resolve] of this.waiting) resolve({ type: "done", id, problem: "the services' thread died" });
    this.waiting.clear();
    [this.worker, this.listening] = this.start();
    if (this.configuration) void this.configure(this.configuration).catch(() => undefined);
  }

  private async hear(message: Exclude<FromServices, { type: "listening" }>): Promise<void> {
    if (message.type === "event") this.options.onEvent(message.event);
    else if (message.type === "done") {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    } else {
      const { id, functionArn, payload, asynchronous } = message;
      const result = await this.options.invoke(functionArn, payload, asynchronous).catch((error: unknown) => {
        this.options.onEvent({ event: "problem", message: `${functionArn}: ${messageOf(error)}` });
        return undefined;
      });
      this.worker.postMessage({ type: "invoked", id, result } satisfies ToServices);
    }
  }
}
