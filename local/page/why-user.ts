import { routeOf, type TokenNeed, tokenNeed } from "../run/user-access";
import { pairsOf } from "./masked";
import type { Why, WhyContext } from "./reason";
import type { RequestRecord } from "./records";

const ofAuthorizers = ["UNAUTHORIZED", "ACCESS_DENIED"];

/** The last one that was sent, which counts. */
const headerOf = (name: string, raw: readonly string[]): string =>
  pairsOf(raw).findLast(([one]) => one.toLowerCase() === name)?.[1] ?? "";

const named = (header: string): string => header.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

function faultOf(request: RequestRecord, need: TokenNeed, { userTokens }: WhyContext): string | undefined {
  const { header, issuer } = need;
  const given = headerOf(header, request.headers);
  if (given.trim() === "") return `no ${named(header)} header was sent`;
  const [, token] = /^bearer +(\S+)$/i.exec(given) ?? [];
  if (token === undefined && !issuer.isUserPool)
    return `the ${named(header)} header is not the word Bearer and a token`;
  return userTokens?.faultOf(token ?? given.trim(), need, request.at);
}

/** Why a user's token was refused, and the command that prints one which is not; undefined where tokens are not to blame. */
export function whyUser(request: RequestRecord, context: WhyContext): Why | undefined {
  const { refusal, resource, method, system: name } = request;
  const { system, userTokens } = context;
  if (!refusal || !ofAuthorizers.includes(refusal.type) || !system || resource === undefined) return undefined;
  const route = routeOf(system, method, resource) ?? routeOf(system, "ANY", resource);
  const need = route && tokenNeed(system, route);
  if (!need) return undefined;
  const fault = faultOf(request, need, context);
  // As far as this machine can tell it is good: the authorizer knows more.
  if (fault === undefined) return undefined;
  const sentence = `${method} ${resource} takes a user's token, and ${fault}.`;
  return userTokens ? { sentence, fix: { kind: "run", text: userTokens.command(name, need) } } : { sentence };
}
