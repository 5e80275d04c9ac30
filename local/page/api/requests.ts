import { isSecret, mask, maskedHeaders, maskedQuery, maskedText, pairsOf } from "../masked";
import type { Why } from "../reason";
import type { Recorder } from "../recorder";
import type { KeptBody, RequestRecord } from "../records";
import { type Trace, traceOf } from "../trace";
import { beginningOf, lengthOf, waterfall } from "../waterfall";
import { why } from "../why";
import { type Endpoint, limitOf, notThere, PageError, type Sources } from "./endpoint";
import { lineOf } from "./logs";

/** A request in a list. */
export function rowOf(request: RequestRecord) {
  const { id, at, system, stage, method, path, query, resource, operationId, status, ms, by, cache, refusal } = request;
  const { functionArn } = request;
  return {
    ...{ id, at, system, stage, method, path, query: maskedQuery(query), resource, operationId, status, ms, by, cache },
    function: functionArn?.split(":function:")[1],
    reason: refusal?.reason,
  };
}

/** Whether a status is one of `404`, `4xx` or `400-499`. @throws PageError when that is no status */
function hasStatus(wanted: string, status: number): boolean {
  if (/^[1-5]xx$/i.test(wanted)) return String(status)[0] === wanted[0];
  if (/^[1-5]\d\d$/.test(wanted)) return status === Number(wanted);
  throw new PageError(400, `status must be like 404 or 4xx, got ${wanted}`);
}

/** Filters of a list. */
const filters = {
  text: "part of path, query, id or reason, whatever its case",
  status: "404, or 4xx",
  route: "an operation's id, or a method and a resource: GET /records/{recordId}",
  system: "a system's name",
  by: "who answered: cache, validator, key, authorizer, policy, throttle, quota, router, limits, mock, function, integration",
};

/** Whether a request is among those that a query asks for. */
export function wanted(query: URLSearchParams): (request: RequestRecord) => boolean {
  const of = (name: keyof typeof filters) => query.get(name) || undefined;
  const [text, status, route] = [of("text")?.toLowerCase(), of("status"), of("route")];
  const [system, by] = [of("system"), of("by")];
  if (status !== undefined) hasStatus(status, 0);
  return (request) => {
    if (system !== undefined && request.system !== system) return false;
    if (by !== undefined && request.by !== by) return false;
    if (status !== undefined && !hasStatus(status, request.status)) return false;
    const { operationId, method, resource, path, id, refusal } = request;
    if (route !== undefined && operationId !== route && `${method} ${resource}` !== route) return false;
    if (text === undefined) return true;
    const words = `${method} ${path}?${maskedQuery(request.query)} ${id} ${operationId ?? ""} ${refusal?.reason ?? ""}`;
    return words.toLowerCase().includes(text);
  };
}

/** A body as it is shown. */
function shown({ content, size }: KeptBody, contentType: string) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
  const text = bytes.toString("utf8");
  const binary =
    /^(image|audio|video|application\/(octet-stream|zip|pdf|gzip))/.test(contentType) || text.includes("\0");
  return { text: binary ? "" : maskedText(text), size, cut: size > bytes.length, binary };
}

const headerIn = (headers: readonly (readonly [string, string])[], name: string): string =>
  headers.find(([known]) => known.toLowerCase() === name)?.[1] ?? "";

/** An earlier request that the cache may have had its answer from. */
function cachedFrom(recorder: Recorder, hit: RequestRecord): RequestRecord | undefined {
  if (hit.cache !== "hit") return undefined;
  for (const request of recorder.requests.newestFirst()) {
    const same = request.system === hit.system && request.path === hit.path && request.query === hit.query;
    if (same && request.cache === "miss" && request.at <= hit.at && request.method === hit.method) return request;
  }
  return undefined;
}

/** Why a trace came out as it did. */
export function whyOf(trace: Trace, { runner, recorder, now }: Sources): Why | undefined {
  const { request } = trace;
  const system = runner.systems.find(({ name }) => name === request?.system);
  const { userTokens } = runner;
  return why(trace, { system, userTokens, now: now(), cachedFrom: request && cachedFrom(recorder, request) });
}

/** A trace as the page shows it, whatever began it. */
function traceView(trace: Trace, sources: Sources) {
  const { invocations, failures, logs } = trace;
  return {
    traceId: trace.id,
    at: beginningOf(trace),
    ms: lengthOf(trace),
    why: whyOf(trace, sources),
    spans: waterfall(trace).map((span) =>
      span.call ? { ...span, call: { ...span.call, input: maskedText(span.call.input) } } : span,
    ),
    invocations: invocations.map(({ event: _, ...invocation }) => invocation),
    failures: failures.map(({ event: _, ...failure }) => failure),
    logs: logs.map(lineOf),
  };
}

const withoutTrace: Omit<Trace, "request"> = {
  id: "",
  invocations: [],
  calls: [],
  denials: [],
  failures: [],
  logs: [],
  segments: [],
};

function detail(request: RequestRecord, sources: Sources) {
  const { traceId } = request;
  const trace = traceId === undefined ? { ...withoutTrace, request } : traceOf(sources.recorder, traceId);
  const headers = pairsOf(request.headers);
  const answerHeaders = pairsOf(request.answerHeaders);
  return {
    ...rowOf(request),
    origin: `http://localhost:${request.port}`,
    integrationMs: request.integrationMs,
    request: {
      headers: maskedHeaders(headers),
      body: shown(request.body, headerIn(headers, "content-type")),
      hasSecrets: headers.some(([name]) => isSecret(name)),
    },
    answer: {
      headers: maskedHeaders(answerHeaders),
      body: shown(request.answer, headerIn(answerHeaders, "content-type")),
    },
    // A request that names another's trace is shown with what it led to, but as itself.
    trace: traceView({ ...trace, request }, sources),
  };
}

/** A request that is kept. @throws PageError when it is not, or no longer */
export function requestById(recorder: Recorder, id: string): RequestRecord {
  for (const request of recorder.requests.newestFirst()) if (request.id === id) return request;
  throw notThere(`request ${id}`);
}

const MOST = 500;

export const requestEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/requests",
    operationId: "listRequests",
    summary: "Requests to the systems, the newest first",
    query: { ...filters, limit: `how many at most, up to ${MOST}` },
    answer({ query }, { recorder }) {
      const isWanted = wanted(query);
      const limit = limitOf(query, MOST);
      const requests = recorder.requests.newestRows(limit, (one) => (isWanted(one) ? rowOf(one) : undefined));
      return { requests, count: recorder.requests.count };
    },
  },
  {
    method: "GET",
    path: "/api/requests/{id}",
    operationId: "getRequest",
    summary: `A request with its answer, what it led to and why it was refused; secrets are ${mask}`,
    answer: ({ parameters: { id = "" } }, sources) => detail(requestById(sources.recorder, id), sources),
  },
  {
    method: "GET",
    path: "/api/traces/{id}",
    operationId: "getTrace",
    summary: "Everything that a trace joins: invocations, calls of services, lines of logs",
    answer({ parameters: { id = "" } }, sources) {
      const trace = traceOf(sources.recorder, id);
      const { request, invocations, calls } = trace;
      if (!request && invocations.length === 0 && calls.length === 0) throw notThere(`trace ${id}`);
      return { ...traceView(trace, sources), request: request && rowOf(request) };
    },
  },
];
