import type { Exchange } from "../request/exchange";
import { sendable } from "../response/answer";
import type { IntegrationRequest } from "./integration-request";

/** Requests of these methods have no content type of their own to pass on. */
const bodiless: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The headers of a request to an integration. */
export class IntegrationHeaders {
  private readonly values = new Map<string, readonly [name: string, values: readonly string[]]>();

  constructor(private readonly exchange: Exchange) {}

  set(name: string, values: readonly string[]): void {
    this.values.set(name.toLowerCase(), [name, values]);
  }

  get(name: string): string | undefined {
    return this.values.get(name)?.[1].at(-1);
  }

  /** The client's headers as they came, but for some. */
  passOn(dropped: ReadonlySet<string>): void {
    const { names, raw } = this.exchange.headers;
    for (const [at, name] of names.entries()) {
      if (!dropped.has(name))
        this.set(raw[2 * at] ?? name, [...(this.values.get(name)?.[1] ?? []), raw[2 * at + 1] ?? ""]);
    }
  }

  /** The mapped headers, but for those that never reach an integration (recorded). */
  map(mapped: IntegrationRequest["headers"], dropped: readonly string[]): void {
    for (const [lower, [name, values]] of mapped) if (!dropped.includes(lower)) this.set(name, values);
  }

  /** Adds the headers on the request's origin. */
  forwarded(): void {
    const { headers, sourceIp, port } = this.exchange;
    const before = headers.get("x-forwarded-for");
    this.set("X-Forwarded-For", [before ? `${before}, ${sourceIp}` : sourceIp]);
    this.set("X-Forwarded-Port", [String(port)]);
    this.set("X-Forwarded-Proto", ["http"]);
  }

  /** The headers that API Gateway sends where nothing is mapped (recorded). */
  defaults(): void {
    const { headers, method, stage, traceId } = this.exchange;
    const type = headers.get("content-type");
    const usual: (readonly [string, string])[] = [
      ["Accept", "application/json"],
      ["User-Agent", `AmazonAPIGateway_${stage?.apiId}`],
      ...(type !== undefined && !bodiless.has(method) ? [["Content-Type", type] as const] : []),
    ];
    for (const [name, value] of usual) if (!this.values.has(name.toLowerCase())) this.set(name, [value]);
    this.set("X-Amzn-Trace-Id", [traceId]);
  }

  /** Names and values in turn, as far as they can be sent. */
  all(): string[] {
    return [...this.values.values()].flatMap(([name, values]) =>
      values.flatMap((value) => (sendable(name, value) ? [name, value] : [])),
    );
  }
}
