import type { ServerResponse } from "node:http";
import { PageError } from "./api/endpoint";
import { lineOf, wantedLine } from "./api/logs";
import { rowOf, wanted } from "./api/requests";
import type { Recorder } from "./recorder";

/** Interval of updates of a page, in ms. */
const EVERY_MS = 250;
/** A page that shows a list has no use for more at once; how many came is said beside it. */
const MOST_ROWS = 200;

/** From which one on; without it, what comes from now on. @throws PageError */
function afterOf(query: URLSearchParams, name: string, count: number): number {
  const text = query.get(name);
  if (text === null) return count;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PageError(400, `${name} must be a whole number, got ${text}`);
}

/**
 * Sends a page what is new, as server-sent events, until it goes away. Without a page nothing is done.
 *
 * @param query which requests and lines: as of the lists; `only` names the one sort of event that is wanted
 */
export function stream(recorder: Recorder, query: URLSearchParams, response: ServerResponse): void {
  const [isWanted, isWantedLine, only] = [wanted(query), wantedLine(query), query.get("only")];
  const says = (event: string) => only === null || only === event;
  const { requests, logs, invocations, notes, denials, messages, busEvents } = recorder;
  let seen = {
    requests: afterOf(query, "requestsAfter", requests.count),
    logs: afterOf(query, "logsAfter", logs.count),
  };
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" });
  response.write("retry: 1000\n\n");
  let state = "";
  const say = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const send = (): void => {
    // Nobody reads as fast as it is written: what is new comes later.
    if (response.writableNeedDrain) return;
    const newRequests = says("requests") ? requests.after(seen.requests).filter(isWanted) : [];
    const newLogs = says("logs")
      ? logs.after(seen.logs).flatMap((record) => {
          const row = lineOf(record);
          return isWantedLine(row, record) ? [row] : [];
        })
      : [];
    seen = { requests: requests.count, logs: logs.count };
    if (newRequests.length > 0) {
      say("requests", { requests: newRequests.slice(-MOST_ROWS).map(rowOf), count: requests.count });
    }
    if (newLogs.length > 0) say("logs", { lines: newLogs.slice(-MOST_ROWS), count: logs.count });
    const changes = [requests, invocations, notes, denials, messages, busEvents].map(({ count }) => count);
    const ready = recorder.started !== undefined;
    const now = `${changes.join()} ${ready}`;
    if (says("state") && state !== now) say("state", { changes, ready });
    state = now;
  };
  send();
  const timer = setInterval(send, EVERY_MS);
  response.once("close", () => clearInterval(timer));
}
