import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";

/** Addresses on this machine, by the URLs that are asked for. */
type Addresses = ReadonlyMap<string, string>;

type Respond = (response: http.IncomingMessage) => void;
type Options = https.RequestOptions;

function replaceFetch(addresses: Addresses): void {
  const { fetch } = globalThis;
  const here = (input: Parameters<typeof fetch>[0]): string | undefined => {
    const url = input instanceof Request ? input.url : String(input);
    return URL.canParse(url) ? addresses.get(withoutHash(new URL(url))) : undefined;
  };
  globalThis.fetch = (input, init) => {
    const address = here(input);
    if (address === undefined) return fetch(input, init);
    return input instanceof Request ? fetch(new Request(address, input), init) : fetch(address, init);
  };
}

function withoutHash(url: URL): string {
  const { href, hash } = url;
  return hash === "" ? href : href.slice(0, -hash.length);
}

/** The URL that the options of a request make. */
function urlOf({ hostname, host, port, path }: Options): string {
  const name = hostname ?? host ?? "localhost";
  return `https://${name}${port === undefined || port === null || Number(port) === 443 ? "" : `:${port}`}${path ?? "/"}`;
}

/** What `node:https` was called with: a URL, options, a callback, each of which may be missing. */
function readCall(args: readonly unknown[]): { url: string; options: Options; respond: Respond | undefined } {
  const [first, ...rest] = args;
  const respond = args.find((argument): argument is Respond => typeof argument === "function");
  if (typeof first !== "string" && !(first instanceof URL)) {
    const options = (typeof first === "object" && first ? first : {}) as Options;
    return { url: urlOf(options), options, respond };
  }
  const options = (typeof rest[0] === "object" && rest[0] ? rest[0] : {}) as Options;
  const url = URL.canParse(String(first)) ? withoutHash(new URL(first)) : "";
  return { url, options, respond };
}

function replaceRequests(addresses: Addresses): void {
  const request = https.request as (...args: unknown[]) => http.ClientRequest;
  const asked = (...args: unknown[]): http.ClientRequest => {
    const { url, options, respond } = readCall(args);
    const address = addresses.get(url);
    if (address === undefined) return request(...args);
    const { method, headers, timeout, signal } = options;
    const given = Object.entries({ method, headers, timeout, signal }).filter(([, value]) => value !== undefined);
    return http.request(address, Object.fromEntries(given), respond);
  };
  Object.assign(https, {
    request: asked,
    get: (...args: unknown[]) => {
      const sent = asked(...args);
      sent.end();
      return sent;
    },
  });
}

/**
 * Has some documents of the internet answered by this machine, whoever of the function's code asks for them, by `fetch` or
 * `node:https`; everything else is asked of whom it is of.
 */
export function answerHere(byUrl: Readonly<Record<string, string>>): void {
  const addresses: Addresses = new Map(Object.entries(byUrl));
  if (addresses.size === 0) return;
  replaceFetch(addresses);
  replaceRequests(addresses);
  syncBuiltinESMExports();
}
