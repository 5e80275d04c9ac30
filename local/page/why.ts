import { parseArn } from "../../aws/arn";
import { doing, nameOf, shortArn, type Why, type WhyContext } from "./reason";
import type { CallRecord } from "./recorder";
import type { DenialRecord, RequestRecord } from "./records";
import type { Trace } from "./trace";
import { whyRefused } from "./why-refused";
import { whySlow } from "./why-slow";
import { whyUser } from "./why-user";

const placeIn = (trace: readonly string[] | undefined): Pick<Why, "place"> => {
  const lines = trace?.map((line) => /([\w./-]+\.ts:\d+:\d+)/.exec(line)?.[1]).filter((place) => place !== undefined);
  const own = lines?.find((place) => !place.includes("node_modules/") && !place.includes("handlers/runtime/"));
  const place = own ?? lines?.[0];
  return place === undefined ? {} : { place };
};

/** Which policy said no to a call, and the grant that would let it. */
export function whyDenied({ function: who, action, resource, explicit, policy, grant }: DenialRecord): Why {
  const by = policy
    ? `the ${policy.kind} policy at ${policy.address} ${explicit ? "denies it" : "does not allow it"}`
    : explicit
      ? "a statement of its role denies it"
      : "its role does not allow it";
  const sentence = `${who} was denied ${action} on ${shortArn(resource)}: ${by}.`;
  if (grant !== undefined) return { sentence, fix: { kind: "paste", text: grant } };
  return { sentence, ...doing(`Change the ${policy ? `policy at ${policy.address}` : "role's deny statement"}.`) };
}

function whyFunctionFailed(trace: Trace): Why | undefined {
  const failed = trace.invocations.findLast(({ error }) => error);
  if (!failed?.error) return undefined;
  // What the handler caught before it failed says more than what it made of it.
  const cause = trace.failures.findLast(
    ({ requestId, error }) => requestId === failed.requestId && error.errorType !== failed.error?.errorType,
  );
  const { errorType, errorMessage, trace: lines } = cause?.error ?? failed.error;
  const words = errorMessage.replace(/^RequestId: \S+ (Error: )?/, "");
  const missing = /environment variable (\w+)|(\w+) is not set|process\.env\.(\w+)/i.exec(words);
  const name = missing?.slice(1).find((group) => group !== undefined);
  const sentence = `${failed.function} failed: ${errorType}: ${words}`;
  if (name !== undefined) {
    return { sentence, ...doing(`Give the function ${name} in its environment, in the stack.`), ...placeIn(lines) };
  }
  return { sentence, ...(failed.note === undefined ? {} : doing(failed.note)), ...placeIn(lines) };
}

const callWords = ({ caller, service, operation, needs, refusal }: CallRecord): string => {
  const on = needs[0] ? ` on ${shortArn(needs[0].resource)}` : "";
  return `${caller} got ${refusal?.code} of ${service} ${operation}${on}: ${refusal?.message}`;
};

/** Refusals that handlers expect: they make an answer of them. */
const expected = new Set(["ConditionalCheckFailedException", "TransactionCanceledException"]);

function whyCaught({ failures, calls }: Trace): Why | undefined {
  const refused = calls.findLast(({ refusal }) => refusal && !expected.has(refusal.code));
  const caught = failures.at(-1)?.error;
  if (refused) return { sentence: callWords(refused), ...placeIn(caught?.trace) };
  if (!caught) return undefined;
  const details = caught.details === undefined ? "" : ` ${caught.details.slice(0, 300)}`;
  return {
    sentence: `${failures.at(-1)?.function} caught ${caught.errorType}: ${caught.errorMessage}${details}`,
    ...placeIn(caught.trace),
  };
}

/** The reason in a function's answer: `error.message` and the problems that it lists. */
function saidIn({ answer }: RequestRecord): string | undefined {
  try {
    const { error, message } = JSON.parse(answer.content.toString()) as {
      error?: { code?: string; message?: string; details?: readonly { path?: string; message?: string }[] };
      message?: string;
    };
    const details = error?.details?.slice(0, 5).map((one) => `${one.path ?? ""} ${one.message ?? ""}`.trim());
    return [error?.code, error?.message ?? message, ...(details ?? [])].filter((part) => part).join(" · ") || undefined;
  } catch {
    // It is no JSON, so it has no members.
    return undefined;
  }
}

/** A lost race: a condition that was no longer met. */
function whyRace({ calls }: Trace, { status }: RequestRecord): Why | undefined {
  const lost = calls.findLast(({ refusal }) => refusal && expected.has(refusal.code));
  if (!lost || (status !== 409 && status !== 412)) return undefined;
  const sentence = `A condition of ${lost.service} ${lost.operation} was no longer met: somebody else wrote between. ${lost.refusal?.message}`;
  return { sentence, ...doing("Read it again, and send the change with the new version.") };
}

function whyCached({ cache, at, by }: RequestRecord, { cachedFrom }: WhyContext): Why | undefined {
  if (cache !== "hit" || by !== "cache") return undefined;
  const age = cachedFrom ? `, ${Math.round((at - cachedFrom.at) / 1000)} s old, made by request ${cachedFrom.id}` : "";
  const sentence = `The stage's cache answered${age}; the function was not called, so what was written since does not show.`;
  return { sentence, ...doing("Wait for the route's TTL, or shorten it in the contract.") };
}

/** A refused call of a region in which the stack is not. */
function whyElsewhere({ calls }: Trace, { system }: WhyContext): Why | undefined {
  for (const { caller, service, operation, needs, refusal } of calls.toReversed()) {
    const own = system?.functions.find(({ name }) => name === caller)?.region;
    const asked = parseArn(needs[0]?.resource ?? "")?.region;
    if (!refusal || own === undefined || !asked || asked === own) continue;
    const sentence = `${caller} called ${service} ${operation} in ${asked}, and its stack is in ${own}: ${refusal.code}.`;
    return { sentence, ...doing("Leave the client's region out: AWS_REGION has the function's own.") };
  }
  return undefined;
}

/** Why a trace came out as it did; undefined when there is nothing to explain. */
export function why(trace: Trace, context: WhyContext): Why | undefined {
  const { request, denials } = trace;
  const denial = denials.at(-1);
  const isBad = request ? request.status >= 400 : trace.invocations.some(({ error }) => error);
  if (!isBad) {
    if (denial) return whyDenied(denial);
    // What a good answer has led to may fail all the same.
    const failed = whyFunctionFailed(trace);
    return failed ?? (request ? (whyCached(request, context) ?? whySlow(trace, request)) : whyCaught(trace));
  }
  const user = request && whyUser(request, context);
  if (user) return user;
  const elsewhere = whyElsewhere(trace, context);
  if (elsewhere) return elsewhere;
  if (denial) return whyDenied(denial);
  if (!request) return whyFunctionFailed(trace);
  const refused = ["integration", "authorizer"].includes(request.by) ? whyFunctionFailed(trace) : undefined;
  const refusal = refused ?? whyRefused(trace, request, context) ?? whyRace(trace, request);
  if (refusal) return refusal;
  const caught = request.status >= 500 ? whyCaught(trace) : undefined;
  if (caught) return caught;
  const said = saidIn(request);
  const sentence = `${nameOf(request.functionArn)} answered ${request.status}${said ? `: ${said}` : "."}`;
  return { sentence };
}
