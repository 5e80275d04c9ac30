import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../../lib/user-error";
import { type Observation, observationOf } from "./observation";

/** A way into a system. */
export interface Address {
  /** A stage's name, or `distribution`. */
  readonly name: string;
  /** With the stage: what comes before the path. */
  readonly url: string;
  readonly key: string;
}

/** A request of a scenario. */
export interface Ask {
  readonly method: "DELETE" | "GET" | "OPTIONS" | "PATCH" | "POST" | "PUT";
  readonly path: string;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A URL that was signed for the request; of what comes, the status alone counts. @default the address's, and the path */
  readonly signedUrl?: string;
  /** The API key that is sent. @default the address's own; "" sends none */
  readonly key?: string;
}

/** A response. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A request that was made and what is known of it. */
export interface Step {
  readonly name: string;
  readonly expected: number;
  /** Undefined where there was no answer. */
  readonly observation: Observation | undefined;
  /** Why there was none, or why its body can't be read. */
  readonly failure?: string;
  /** From the first byte sent to the last received; with the waiting, where it was throttled first. */
  readonly ms: number;
  /** The ids of the request in API Gateway, and of its trace in X-Ray. */
  readonly requestId?: string;
  readonly traceId?: string;
}

/** API Gateway gives up after 29 seconds; a way there takes less than the rest. */
const longestMs = 40_000;

const throttled = 429;

const bodyIn = (text: string): unknown => (text === "" ? undefined : JSON.parse(text));

/**
 * The text of a member of a body, whatever came: "" where there is none.
 *
 * @public for scenarios, of which a project may have none
 */
export function textAt(body: unknown, ...path: readonly (string | number)[]): string {
  let value = body;
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return "";
    value = Object.getOwnPropertyDescriptor(value, name)?.value;
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

const none: Answer = { status: 0, headers: new Headers(), body: undefined };

/** Asks one address what a scenario asks, and keeps how it was answered. */
export class Client {
  readonly steps: Step[] = [];
  private readonly undo: Ask[] = [];

  constructor(
    private readonly address: Address,
    /** Unique part of the names that this run creates. */
    readonly run: string,
  ) {}

  /** Makes a request that is to be answered with a status. What comes is returned, whatever it is. */
  async step(name: string, expected: number, ask: Ask): Promise<Answer> {
    const startedAt = performance.now();
    const took = () => Math.round(performance.now() - startedAt);
    let response: Response;
    let text: string;
    try {
      response = expected === throttled ? await this.send(ask) : await this.sendUnthrottled(ask);
      text = await response.text();
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : "";
      this.steps.push({ name, expected, observation: undefined, failure: `${messageOf(error)}${cause}`, ms: took() });
      return none;
    }
    const { status, headers } = response;
    const requestId = headers.get("x-amzn-requestid") ?? undefined;
    const traceId = headers.get("x-amzn-trace-id") ?? undefined;
    const ids = { ...(requestId ? { requestId } : {}), ...(traceId ? { traceId } : {}) };
    const context = { base: new URL(this.address.url).pathname.replace(/\/$/, ""), run: this.run };
    if (ask.signedUrl !== undefined) {
      this.steps.push({ name, expected, observation: { status, headers: {}, shape: {} }, ms: took() });
      return { status, headers, body: undefined };
    }
    try {
      const body = bodyIn(text);
      this.steps.push({
        name,
        expected,
        observation: observationOf(response, body, context),
        ms: took(),
        ...ids,
      });
      return { status, headers, body };
    } catch (error) {
      const failure = `the body is no JSON (${messageOf(error)}): ${text.slice(0, 200)}`;
      this.steps.push({
        name,
        expected,
        observation: observationOf(response, undefined, context),
        failure,
        ms: took(),
        ...ids,
      });
      return { status, headers, body: undefined };
    }
  }

  /** The same until it is answered as wished, a quarter of a minute at most: for what follows within a moment. The last counts. */
  async stepUntil(name: string, expected: number, ask: Ask, isThere: (answer: Answer) => boolean): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.step(name, expected, ask);
      if (isThere(answer) || tries === 30) return answer;
      this.steps.pop();
      await pause(500);
    }
  }

  /** Has a thing that was made be taken away again in the end. */
  cleanUp(ask: Ask): void {
    this.undo.push(ask);
  }

  /** Takes away what was made. @returns what could not be */
  async end(): Promise<string[]> {
    const left: string[] = [];
    for (const ask of this.undo.reverse()) {
      const what = `${ask.method} ${ask.path}`;
      try {
        const { status } = await this.sendUnthrottled(ask);
        if (status >= 300 && status !== 404) left.push(`${what}: ${status}`);
      } catch (error) {
        left.push(`${what}: ${messageOf(error)}`);
      }
    }
    return left;
  }

  /** Sends it again after the time that a throttled answer names, since what was asked before is no fault of the system. */
  private async sendUnthrottled(ask: Ask): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const response = await this.send(ask);
      if (response.status !== throttled || tries === 10) return response;
      await response.arrayBuffer();
      await pause(Math.min(Number(response.headers.get("retry-after")) || 1, 5) * 1000);
    }
  }

  private send({ method, path, body, headers, signedUrl, key = this.address.key }: Ask): Promise<Response> {
    if (signedUrl !== undefined) return this.sendSigned(signedUrl, { method, body, ...(headers ? { headers } : {}) });
    const json = body === undefined ? {} : { "content-type": "application/json" };
    return fetch(`${this.address.url}${path}`, {
      method,
      redirect: "manual",
      headers: { ...json, ...(key ? { "x-api-key": key } : {}), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(longestMs),
    });
  }

  private sendSigned(url: string, { method, body, headers = {} }: Pick<Ask, "method" | "body" | "headers">) {
    const signal = AbortSignal.timeout(longestMs);
    return fetch(url, { method, headers, signal, ...(body === undefined ? {} : { body: String(body) }) });
  }
}

/** Requests to a system, one after the other. */
export type Scenario = (client: Client) => Promise<void>;

/** What a system is asked: `scenarios/<system>.ts` exports one as `asked`. */
export interface Asked {
  readonly scenario: Scenario;
  /** A path of its API. */
  readonly path: string;
  /** Scenarios of entrances that answer otherwise, by stage. */
  readonly byEntrance?: Readonly<Record<string, Scenario>>;
}
