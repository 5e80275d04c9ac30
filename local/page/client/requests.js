import { useData, useStream } from "./api.js";
import { html, useEffect, useState } from "./htm.js";
import { Choice, Empty, Failed, Filters, Head, Loading, Search, Status } from "./parts.js";
import { filtersOf, go } from "./place.js";
import { Request } from "./request.js";
import { clock, duration } from "./text.js";

const names = ["text", "status", "by", "system", "route"];
const answerers = [
  "function",
  "cache",
  "validator",
  "key",
  "authorizer",
  "policy",
  "throttle",
  "quota",
  "router",
  "mock",
  "integration",
  "limits",
];
/** More than a person reads, and few enough to draw in one go. */
const MOST_ROWS = 250;

/** @param {{ row: any, selected: boolean, narrow: boolean, search: string, systems: boolean }} properties */
function Row({ row, selected, narrow, search, systems }) {
  const { id, at, method, path, query, status, ms, by, system } = row;
  const href = `/requests/${encodeURIComponent(id)}${search}`;
  return html`<tr class=${selected ? "selected" : ""} aria-selected=${selected} onClick=${() => go(href)}>
    <td class="dim num">${narrow ? clock(at).slice(0, 8) : clock(at)}</td>
    <td><${Status} status=${status} /></td>
    <td class="main-cell"><a href=${href} class="plain-link"><span class="method">${method}</span> ${path}${query === "" ? "" : html`<span class="dim">?${query}</span>`}</a></td>
    ${!narrow && html`<td>${by}</td>${systems && html`<td>${system}</td>`}`}
    <td class="num">${duration(ms)}</td>
  </tr>`;
}

/**
 * The list of requests, live.
 *
 * @param {{ place: URL, id?: string }} properties
 */
export function Requests({ place, id }) {
  const { values, set, query, clear, isNarrowed } = filtersOf(place, names);
  const path = `/api/requests?limit=${MOST_ROWS}${query === "" ? "" : `&${query}`}`;
  const { data, error, again } = useData(path);
  const [paused, setPaused] = useState(false);
  const [rows, setRows] = useState(/** @type {readonly any[]} */ ([]));
  const [missed, setMissed] = useState(0);
  useEffect(() => {
    if (data) setRows(data.requests);
  }, [data]);
  const streamPath = data
    ? `/api/events?only=requests&requestsAfter=${data.count}${query === "" ? "" : `&${query}`}`
    : undefined;
  const connected = useStream(streamPath, {
    requests: ({ requests }) => {
      if (paused) setMissed((before) => before + requests.length);
      else setRows((before) => [...requests.toReversed(), ...before].slice(0, MOST_ROWS));
    },
  });
  const resume = () => {
    setPaused(false);
    setMissed(0);
    again();
  };
  const overview = useData("/api/overview").data;
  const systems = overview?.systems.map((/** @type {any} */ each) => each.system) ?? [];
  const narrow = id !== undefined;
  const list =
    rows.length === 0
      ? html`<${Empty} title=${isNarrowed ? "No request fits" : "No requests yet"}>${
          isNarrowed
            ? html`<button type="button" onClick=${clear}>Show all</button>`
            : html`Send one from <a href="/routes">Routes</a>, or with the curl line of the <a href="/">overview</a>.`
        }</${Empty}>`
      : html`<table class="list" aria-label="Requests">
          <thead><tr><th>Time</th><th>Status</th><th>Request</th>${!narrow && html`<th>Answered by</th>${systems.length > 1 && html`<th>System</th>`}`}<th class="num">Took</th></tr></thead>
          <tbody>${rows.map((row) => html`<${Row} key=${row.id} row=${row} selected=${row.id === id} narrow=${narrow} search=${place.search} systems=${systems.length > 1} />`)}</tbody>
        </table>`;
  return html`
    <${Head} title="Requests">
      <span class="dim" role="status">${error && rows.length > 0 ? error.message : !connected ? "not connected" : paused ? `paused${missed > 0 ? `, ${missed} new` : ""}` : ""}</span>
      <button type="button" aria-pressed=${paused} onClick=${paused ? resume : () => setPaused(true)}>${paused ? "Resume" : "Pause"}</button>
    </${Head}>
    <${Filters} isNarrowed=${isNarrowed} onClear=${clear}>
      <${Search} label="Text" value=${values.text ?? ""} placeholder="path, query, id, reason" onInput=${(/** @type {string} */ text) => set({ text })} />
      <${Choice} label="Status" value=${values.status ?? ""} options=${["2xx", "3xx", "4xx", "5xx"]} onChange=${(/** @type {string} */ status) => set({ status })} />
      <${Choice} label="Answered by" value=${values.by ?? ""} options=${answerers} onChange=${(/** @type {string} */ by) => set({ by })} />
      ${systems.length > 1 && html`<${Choice} label="System" value=${values.system ?? ""} options=${systems} onChange=${(/** @type {string} */ system) => set({ system })} />`}
      ${values.route !== "" && html`<${Choice} label="Route" value=${values.route ?? ""} options=${[]} onChange=${(/** @type {string} */ route) => set({ route })} />`}
    </${Filters}>
    ${
      error && rows.length === 0
        ? html`<${Failed} error=${error} again=${again} />`
        : !data && rows.length === 0
          ? html`<${Loading} />`
          : html`<div class=${narrow ? "split" : "whole"}>
      <div class="list-pane" tabindex="-1">${list}</div>
      ${id !== undefined && html`<${Request} key=${id} id=${id} close=${`/requests${place.search}`} />`}
    </div>`
    }`;
}
