import { type UsedUp, usedUpWords } from "../lib/invocation";
import type { System } from "../run/system";
import { keyUseOf, quotaEndsAt, quotaOf, throttleOf, uselessKey } from "./limits";
import { pairsOf } from "./masked";
import { doing, nameOf, type Why, type WhyContext } from "./reason";
import type { RequestRecord } from "./records";
import type { Trace } from "./trace";
import { slowest } from "./why-slow";

const headerOf = ({ headers }: RequestRecord, wanted: string): string | undefined =>
  pairsOf(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];

function whyKey(request: RequestRecord, { system }: WhyContext): Why {
  const { refusal, resource, stage } = request;
  const sent = headerOf(request, "x-api-key");
  const useless = system && sent !== undefined ? uselessKey(system, sent, stage) : undefined;
  const sentence =
    refusal?.reason === "no x-api-key header"
      ? `${resource ?? "The method"} takes an API key, and no x-api-key header was sent.`
      : (useless ?? "The x-api-key that was sent is no enabled key of this stage's usage plans.");
  return { sentence, ...doing("Send x-api-key with one of the keys on the overview.") };
}

function whyThrottled(request: RequestRecord, { system }: WhyContext): Why {
  const { apiKeyId, stage, resource, method, refusal } = request;
  const use = system && apiKeyId !== undefined ? keyUseOf(system, apiKeyId, stage) : undefined;
  if (!use || refusal?.reason.startsWith("the stage's")) {
    const sentence = `The stage's throttle for ${method} ${resource ?? ""} was exhausted by all callers together.`;
    return { sentence, ...doing("Ask less often, or raise the throttle of the route.") };
  }
  const limits = throttleOf(use.plan, stage, `${resource}/${method}`);
  const rate = limits ? `, which is ${limits.rate} requests a second and ${limits.burst} at once` : "";
  const sentence = `Key ${use.key} used up the throttle of plan ${use.plan?.name ?? "none"}${rate}.`;
  const refill = limits
    ? `It refills with ${limits.rate} a second; wait ${Math.ceil(1000 / limits.rate)} ms.`
    : "Wait.";
  return { sentence, ...doing(refill) };
}

function whyQuota({ apiKeyId, stage }: RequestRecord, { system, now }: WhyContext): Why {
  const use = system && apiKeyId !== undefined ? keyUseOf(system, apiKeyId, stage) : undefined;
  const quota = quotaOf(use?.plan);
  const limit = quota ? ` of ${quota.limit} requests a ${quota.period.toLowerCase()}` : "";
  const sentence = `Key ${use?.key ?? "of the caller"} used up the quota${limit} of plan ${use?.plan?.name ?? "none"}.`;
  if (!quota) return { sentence };
  const ends = new Date(quotaEndsAt(quota.period, now))
    .toISOString()
    .replace(/:00\.000Z$/, " UTC")
    .replace("T", " ");
  return { sentence, ...doing(`It begins anew at ${ends}; npm start -- --fresh forgets what was used.`) };
}

/** A reason as the end of a sentence. */
const ended = (reason: string): string => `${reason.replace(/\.+$/, "")}.`;

/** Who the caller is was not proven, or it may not do this. */
function whyAuthorizer({ status, refusal }: RequestRecord): Why {
  const sentence = `The authorizer answered ${status}: ${ended(refusal?.reason ?? "")}`;
  if (status >= 500) return { sentence, ...doing("Mend the authorizer; the log of its function may say more.") };
  if (status === 403) return { sentence, ...doing("Ask as somebody who may, or change the authorizer's policy.") };
  return { sentence, ...doing("Send Authorization: Bearer and a token that is valid; npm run token makes one.") };
}

/** Number of letters to change to get from one text to another (Levenshtein distance). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [at, there] of [...other].entries()) {
      next.push(Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + Number(letter !== there)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The paths of a system's API, with their methods. */
function pathsOf(system: System | undefined): ReadonlyMap<string, readonly string[]> {
  const body = system?.gateway?.restApi.body;
  const document = typeof body === "string" ? JSON.parse(body) : body;
  const methods = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];
  const paths = Object.entries((document?.paths ?? {}) as Record<string, object>);
  return new Map(
    paths.map(([path, item]) => [
      path,
      Object.keys(item)
        .filter((name) => methods.includes(name))
        .map((name) => (name.startsWith("x-") ? "ANY" : name.toUpperCase())),
    ]),
  );
}

function whyNoRoute({ method, path, stage }: RequestRecord, { system }: WhyContext): Why {
  const asked = stage === undefined ? path : path.slice(stage.length + 1) || "/";
  const stages = system?.gateway?.stages.map(({ stage_name }) => stage_name) ?? [];
  if (stage === undefined) {
    return { sentence: `${path} begins with no stage of the API.`, ...doing(`The stages are ${stages.join(", ")}.`) };
  }
  const paths = pathsOf(system);
  const shape = (template: string) => new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`);
  const same = [...paths].find(([template]) => shape(template).test(asked));
  if (same) {
    return { sentence: `${same[0]} has no method ${method}.`, ...doing(`It takes ${same[1].join(", ")}.`) };
  }
  const short = asked.slice(0, 200);
  const nearest = [...paths.keys()].sort((one, other) => distance(short, one) - distance(short, other))[0];
  const hint = nearest === undefined ? {} : doing(`The nearest is ${nearest}.`);
  return { sentence: `The API has no path ${short}.`, ...hint };
}

const moreOf: Readonly<Record<UsedUp, string>> = {
  function: "Raise reservedConcurrency of the function, or ask less at once.",
  account: "Ask less at once.",
  memory: "Start with a larger --memory, or ask less at once.",
};
const usedUps: readonly UsedUp[] = ["function", "account", "memory"];

/** Why API Gateway refused a request, or could not have it answered. */
export function whyRefused(trace: Trace, request: RequestRecord, context: WhyContext): Why | undefined {
  const { refusal, by } = request;
  if (by === "key") return whyKey(request, context);
  if (by === "throttle") return whyThrottled(request, context);
  if (by === "quota") return whyQuota(request, context);
  if (by === "router") return whyNoRoute(request, context);
  if (by === "validator") {
    const rules = refusal?.reason ?? "";
    return { sentence: `The gateway's validator refused it: ${rules}`, ...doing("Send what the contract declares.") };
  }
  if (!refusal) return undefined;
  if (by === "authorizer") return whyAuthorizer(request);
  if (by === "policy") {
    const sentence = `The API's resource policy refused it: ${ended(refusal.reason)}`;
    return { sentence, ...doing("Change the API's policy, or send what its conditions ask for.") };
  }
  if (refusal.type === "REQUEST_TOO_LARGE") {
    const size = headerOf(request, "content-length");
    const sentence = `The body${size === undefined ? "" : ` of ${size} bytes`} is too large: ${ended(refusal.reason)}`;
    return { sentence, ...doing("Let clients upload to a bucket by a signed URL, and send its key.") };
  }
  if (refusal.type === "UNSUPPORTED_MEDIA_TYPE") {
    const sentence = `The integration takes no body of this content type: ${ended(refusal.reason)}`;
    return { sentence, ...doing("Send the Content-Type that it has a template for: application/json.") };
  }
  if (refusal.type === "INTEGRATION_TIMEOUT") {
    const slow = slowest(trace);
    const what = slow ? ` ${slow.service} ${slow.operation} took ${Math.round(slow.ms)} ms.` : "";
    return { sentence: `${nameOf(request.functionArn)} gave ${refusal.reason}.${what}` };
  }
  const throttled = usedUps.find((usedUp) => refusal.reason?.endsWith(`is throttled: ${usedUpWords[usedUp]}`));
  if (throttled) {
    const sentence = `${nameOf(request.functionArn)} is throttled: ${usedUpWords[throttled]}.`;
    return { sentence, ...doing(moreOf[throttled]) };
  }
  return { sentence: `The gateway answered ${request.status}: ${ended(refusal.reason)}` };
}
