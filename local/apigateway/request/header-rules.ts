/** Headers of a request that never reach a function (recorded on a regional endpoint). */
export const droppedFromEvents: ReadonlySet<string> = new Set([
  ...["connection", "content-length", "content-md5", "expect", "keep-alive", "max-forwards", "proxy-authenticate"],
  ...["proxy-connection", "server", "te", "trailer", "transfer-encoding", "upgrade", "www-authenticate"],
  "x-http-method-override",
]);

/** Headers of an answer that are sent as x-amzn-Remapped-<name> (recorded for custom integrations). */
const remapped: ReadonlyMap<string, string> = new Map(
  [
    ...["Authorization", "Connection", "Content-Length", "Content-MD5", "Date", "Expect", "Host", "Max-Forwards"],
    ...["Proxy-Authenticate", "Server", "Trailer", "Upgrade", "User-Agent", "WWW-Authenticate"],
  ].map((name) => [name.toLowerCase(), `x-amzn-Remapped-${name}`]),
);

/** Those that the gateway writes itself, and the one it drops (recorded). */
const dropped = new Set(["transfer-encoding", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id", "keep-alive"]);

/** The name under which an integration's header is sent; undefined if it is not. */
export function sentName(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (dropped.has(lower)) return undefined;
  return remapped.get(lower) ?? name;
}
