import { DefinitionError } from "./definition-error";

/** A mapping to one of these makes every call fail, whatever the integration (recorded for all but the last two). */
const forbidden = ["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"];
/** Those that fail for AWS's services alone (recorded). */
const forbiddenForAws = ["authorization", "connection", "expect", "proxy-authenticate", "te"];

/** Reads `requestParameters`: `integration.request.<location>.<name>` each. */
export function readRequestParameters(
  parameters: Readonly<Record<string, string>>,
  place: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([target, source]) => {
      const [, read] = /^integration\.request\.((?:header|querystring|path)\..+)$/.exec(target) ?? [];
      if (read) return [read, source];
      throw new DefinitionError(place, `Invalid mapping expression specified: ${target}`);
    }),
  );
}

/** The header among the targets of mappings that makes every call of the method fail, if there is one. */
export function forbiddenHeader(parameters: Readonly<Record<string, string>>, ofAws: boolean): string | undefined {
  const all = new Set(ofAws ? [...forbidden, ...forbiddenForAws] : forbidden);
  const headers = Object.keys(parameters).flatMap((target) =>
    target.startsWith("header.") ? [target.slice("header.".length).toLowerCase()] : [],
  );
  return headers.find((name) => all.has(name));
}
