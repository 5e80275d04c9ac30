import { useData, useStream } from "./api.js";
import { html, useEffect, useState } from "./htm.js";
import { Choice, Empty, Failed, Filters, Head, Loading, Search } from "./parts.js";
import { filtersOf } from "./place.js";
import { clock } from "./text.js";

const names = ["text", "function", "level", "request"];
const MOST_ROWS = 300;
/** @type {Readonly<Record<string, string>>} */
const kinds = { ERROR: "bad", FATAL: "bad", CRITICAL: "bad", WARN: "warn", DEBUG: "dim", METRIC: "info" };

/** @param {{ lines: readonly any[], withFunction?: boolean }} properties */
export function Lines({ lines, withFunction = true }) {
  return html`<ol class="lines">
    ${lines.map(
      (line, at) => html`<li key=${`${line.at} ${at}`}>
        <span class="dim num">${clock(line.at)}</span>
        <span class="level ${kinds[line.level] ?? ""}">${line.level ?? ""}</span>
        <span class="line-text">${withFunction && html`<span class="dim">${line.function} </span>`}<span class="line-message">${line.message}</span>${line.fields && html` <span class="dim">${line.fields}</span>`}</span>
      </li>`,
    )}
  </ol>`;
}

/** @param {{ place: URL }} properties */
export function Logs({ place }) {
  const { values, set, query, clear, isNarrowed } = filtersOf(place, names);
  const { data, error, again } = useData(`/api/logs?limit=${MOST_ROWS}${query === "" ? "" : `&${query}`}`);
  const [rows, setRows] = useState(/** @type {readonly any[]} */ ([]));
  const [paused, setPaused] = useState(false);
  useEffect(() => {
    if (data) setRows(data.lines);
  }, [data]);
  const path =
    data && !paused ? `/api/events?only=logs&logsAfter=${data.count}${query === "" ? "" : `&${query}`}` : undefined;
  useStream(path, {
    logs: ({ lines }) => setRows((before) => [...lines.toReversed(), ...before].slice(0, MOST_ROWS)),
  });
  const functions = useData("/api/functions").data?.functions.map((/** @type {any} */ { name }) => name) ?? [];
  const resume = () => {
    setPaused(false);
    again();
  };
  return html`
    <${Head} title="Logs">
      <span class="dim" role="status">${error && rows.length > 0 ? error.message : paused ? "paused" : ""}</span>
      <button type="button" aria-pressed=${paused} onClick=${paused ? resume : () => setPaused(true)}>${paused ? "Resume" : "Pause"}</button>
    </${Head}>
    <${Filters} isNarrowed=${isNarrowed} onClear=${clear}>
      <${Search} label="Text" value=${values.text ?? ""} placeholder="part of a line" onInput=${(/** @type {string} */ text) => set({ text })} />
      <${Choice} label="Level" value=${values.level ?? ""} options=${["ERROR", "WARN", "INFO", "DEBUG", "METRIC"]} onChange=${(/** @type {string} */ level) => set({ level })} />
      <${Choice} label="Function" value=${values.function ?? ""} options=${functions} onChange=${(/** @type {string} */ name) => set({ function: name })} />
      ${values.request !== "" && html`<${Choice} label="Request" value=${values.request ?? ""} options=${[]} onChange=${(/** @type {string} */ request) => set({ request })} />`}
    </${Filters}>
    ${
      error && rows.length === 0
        ? html`<${Failed} error=${error} again=${again} />`
        : !data && rows.length === 0
          ? html`<${Loading} />`
          : rows.length === 0
            ? html`<${Empty} title=${isNarrowed ? "No line fits" : "No lines yet"}>${isNarrowed ? html`<button type="button" onClick=${clear}>Show all</button>` : "Functions write when they are called."}</${Empty}>`
            : html`<div class="whole"><div class="list-pane"><${Lines} lines=${rows} /></div></div>`
    }`;
}
