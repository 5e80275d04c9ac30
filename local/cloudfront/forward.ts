import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Gateway } from "../apigateway/gateway";
import type { DistributionDefinition } from "../read/distribution-definition";
import type { Headers } from "../read/response-headers-policy";

/** Names and values in turn, without those of some names, then some more. */
function replaced(raw: readonly string[], headers: Headers): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const kept = raw.filter((_, at) => !names.has((raw[at - (at % 2)] ?? "").toLowerCase()));
  return [...kept, ...headers.flat()];
}

/** The path and query of a request's target, which may name the host as well. */
const pathOf = (target: string): string => (target.startsWith("/") ? target : target.replace(/^\w+:\/\/[^/]*/, ""));

type WriteHead = (status: number, headers: readonly string[]) => ServerResponse;

/** Has whatever is answered carry some headers, in place of what it had by their names. */
function adding(response: ServerResponse, headers: Headers): ServerResponse {
  const writeHead = response.writeHead.bind(response) as unknown as WriteHead;
  const replacing: WriteHead = (status, raw) => writeHead(status, replaced(raw, headers));
  response.writeHead = replacing as unknown as ServerResponse["writeHead"];
  return response;
}

/** Leads requests to the stage that a distribution stands in front of, as CloudFront does: with what it alone knows. */
export function forward(
  { stage, originHost, allowedMethods, originHeaders, responseHeaders }: DistributionDefinition,
  gateway: Gateway,
): Gateway["handle"] {
  return (request: IncomingMessage, response: ServerResponse) => {
    const id = randomBytes(27).toString("base64url");
    const own: Headers = [
      ["Via", "1.1 localhost (CloudFront)"],
      ["X-Amz-Cf-Id", id],
    ];
    const answer = adding(response, [...responseHeaders, ...own, ["X-Cache", "Miss from cloudfront"]]);
    if (!allowedMethods.includes(request.method ?? "")) {
      answer.writeHead(403, ["Content-Type", "text/html", "Content-Length", "0"]);
      answer.end();
      return;
    }
    request.url = `/${stage}${pathOf(request.url ?? "/")}`;
    request.rawHeaders = replaced(request.rawHeaders, [["Host", originHost], ...own, ...originHeaders]);
    gateway.handle(request, answer);
  };
}
