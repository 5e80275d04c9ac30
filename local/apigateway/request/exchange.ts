import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { AuthorizedCaller } from "../authorizers/authorized-caller";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import type { ApiKey } from "../limits/api-keys";
import type { Refusal } from "../response/refusal";
import { extendedId, traceHeader } from "./ids";
import { type Query, readQuery } from "./query";
import type { RequestHeaders } from "./request-headers";

/** The clocks of the gateway. */
export interface Clocks {
  /** Milliseconds since 1970 by the system's clock, which events, logs and quotas show. */
  readonly now: () => number;
  /** Milliseconds by a clock that nobody sets, for whatever lasts. */
  readonly steadyNow: () => number;
}

/** One request on its way through the gateway, and what becomes of it. */
export class Exchange {
  readonly requestId: string = randomUUID();
  readonly extendedRequestId: string = extendedId();
  /** As it was sent, the stage included. */
  readonly contextPath: string;
  readonly queryString: string;
  readonly sourceIp: string;
  readonly port: number;
  readonly method: string;
  stage: StageFacts | undefined;
  /** After the stage, as it was sent, with one slash in front. */
  path = "";
  route: RouteDefinition | undefined;
  pathParameters: Readonly<Record<string, string>> | null = null;
  apiKey: ApiKey | undefined;
  authorizer: AuthorizedCaller | undefined;
  body: Buffer | undefined;
  cache: "hit" | "miss" | undefined;
  refusal: Refusal | undefined;
  /** Statuses of the Lambda service and of the function, and the time that both took. */
  integrationStatus: number | undefined;
  functionStatus: number | undefined;
  integrationLatency: number | undefined;
  status = 0;
  responseLength = 0;
  responseLatency = 0;
  private readQueryString: Query | null | undefined;
  private trace: string | undefined;
  private bodyText: string | undefined;

  /** When it came, in milliseconds since 1970, by the system's clock. */
  readonly startedAt: number;
  /** The same by the clock that TTLs, throttles and latencies are measured by. */
  readonly steadyStart: number;

  constructor(
    request: IncomingMessage,
    readonly headers: RequestHeaders,
    { now, steadyNow }: Clocks,
  ) {
    this.startedAt = now();
    this.steadyStart = steadyNow();
    const target = originForm(request.url ?? "/");
    const mark = target.indexOf("?");
    this.contextPath = mark < 0 ? target : target.slice(0, mark);
    this.queryString = mark < 0 ? "" : target.slice(mark + 1);
    // "Amazon API Gateway important notes": important notes for REST APIs. The function receives the method, not the header.
    this.method = headers.get("x-http-method-override")?.toUpperCase() ?? request.method ?? "GET";
    const { remoteAddress = "127.0.0.1", localPort = 0 } = request.socket;
    this.sourceIp = remoteAddress.startsWith("::ffff:") ? remoteAddress.slice(7) : remoteAddress;
    this.port = localPort;
  }

  get query(): Query | null {
    if (this.readQueryString === undefined) this.readQueryString = readQuery(this.queryString);
    return this.readQueryString;
  }

  get traceId(): string {
    this.trace ??= traceHeader(this.headers.get("x-amzn-trace-id"), this.startedAt);
    return this.trace;
  }

  /** The host as the client named it, without a port. */
  get domainName(): string {
    return (this.headers.get("host") ?? "localhost").replace(/:\d*$/, "");
  }

  /** The body as text, "" if there is none. */
  text(): string {
    this.bodyText ??= this.body?.toString("utf8") ?? "";
    return this.bodyText;
  }
}

/** A request target without what may stand before its path: more slashes (recorded), or a proxy client's scheme and host. */
function originForm(target: string): string {
  if (target.startsWith("//")) return target.replace(/^\/+/, "/");
  if (target.startsWith("/")) return target;
  const [, rest] = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*(.*)$/i.exec(target) ?? [];
  return rest === undefined ? `/${target}` : rest.startsWith("/") ? rest : `/${rest}`;
}
