import type { Api } from "../../contracts/api";
import type { DeployedFunction } from "./function";

/** A line of a function's log. */
type Line = Record<string, unknown>;

/** The lines of an output, without its metrics. */
export const linesOf = (output: readonly string[]): Line[] =>
  output.map((text) => JSON.parse(text) as Line).filter((line) => !("_aws" in line));

/** The lines of requests. */
export const requestsIn = (output: readonly string[]): Line[] =>
  linesOf(output).filter(({ message }) => message === "request");

/** The lines of a level. */
export const linesAt = (output: readonly string[], level: string): unknown[] =>
  linesOf(output).filter((line) => line["level"] === level);

/** A system, as far as its functions can be deployed by operation. */
interface Deployed {
  deploy(operation: never): DeployedFunction;
  stop(): Promise<void>;
}

/** That every operation of an API writes one line a request, whatever is asked. */
export function testRequestLines(api: Api, start: () => Promise<Deployed>): void {
  it(`every operation of ${api.name} writes one line a request, whatever is asked`, async () => {
    const system = await start();
    for (const [operation, route] of Object.entries(api.routes)) {
      const asked = { apiKeyId: "key-of-somebody", requestId: "seen-by-the-client", query: { what: "is-unknown" } };
      const { status, output } = await system.deploy(operation as never).ask(asked);

      expect(requestsIn(output)).toEqual([
        {
          level: "INFO",
          message: "request",
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          service: api.name,
          environment: "test",
          cold_start: true,
          function_name: "test",
          function_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          correlation_id: "seen-by-the-client",
          operation,
          route: `${route.method} ${route.path}`,
          status,
          ms: expect.any(Number),
          caller: "key-of-somebody",
          ...(status === 400 ? { problems: expect.any(Number) } : {}),
        },
      ]);
      expect(output.join()).not.toContain("is-unknown");
    }
    await system.stop();
  });
}
