import { useData } from "./api.js";
import { Chart, short } from "./chart.js";
import { html, useEffect, useState } from "./htm.js";
import { Choice, Empty, Failed, Filters, Head, Loading, Search, Tag } from "./parts.js";
import { filtersOf } from "./place.js";
import { clock } from "./text.js";

/** @type {Readonly<Record<string, string>>} */
const kinds = { ALARM: "bad", OK: "good", INSUFFICIENT_DATA: "" };
/** @type {Readonly<Record<string, string>>} */
const signs = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** Counts up, so that what is shown is asked for again. @param {number} ms */
export function useTurns(ms) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && setTurn((before) => before + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return turn;
}

/** @param {{ alarm: any }} properties */
function Alarm({ alarm }) {
  const {
    name,
    description,
    state,
    unknown,
    operator,
    threshold,
    datapoints,
    periods,
    period,
    points,
    end,
    expression,
    metrics,
    changes,
    minutesToFire,
  } = alarm;
  const [words, link] = description.split(/(?=https?:)/);
  const rule = `${signs[operator] ?? operator} ${short(threshold)} in ${datapoints} of ${periods} × ${period} min`;
  return html`<li class="panel alarm ${state === "ALARM" ? "is-alarm" : ""}">
    <div class="detail-head"><h2 class="wrap">${name}</h2><${Tag} kind=${kinds[state]}>${state === "INSUFFICIENT_DATA" ? "no data" : state}</${Tag}></div>
    <p class="dim">${words}${link && html`<span class="wrap small-text">${link}</span>`}</p>
    ${unknown ? html`<p>Not evaluated here: ${unknown}</p>` : html`<${Chart} title=${name} lines=${[{ label: rule, points }]} end=${end} period=${period} marks=${[{ label: "threshold", value: threshold }]} height=${110} />`}
    ${minutesToFire !== undefined && html`<p class="dim small-text">If all goes wrong from now on, it fires in ${minutesToFire} min.</p>`}
    <details><summary>${metrics.length} ${metrics.length === 1 ? "metric" : "metrics"}${changes.length > 0 ? `, ${changes.length} ${changes.length === 1 ? "change" : "changes"}` : ""}</summary>
      ${expression && html`<p><code class="wrap">${expression}</code></p>`}
      <ul class="grants">${metrics.map(
        (/** @type {any} */ metric) =>
          html`<li key=${metric.id}><code class="wrap">${metric.id} = ${metric.statistic} ${metric.namespace} ${metric.name} ${Object.entries(
            metric.dimensions,
          )
            .map((pair) => pair.join("="))
            .join(" ")}</code></li>`,
      )}</ul>
      <ul class="grants">${changes.map((/** @type {any} */ change) => html`<li key=${change.at}><span class="dim">${clock(change.at).slice(0, 8)}</span> ${change.from} → ${change.to}</li>`)}</ul>
    </details>
  </li>`;
}

/** @param {{ place: URL }} properties */
export function Alarms({ place }) {
  const turn = useTurns(3000);
  const { values, set, clear, isNarrowed } = filtersOf(place, ["text", "state"]);
  const { data, error, again } = useData("/api/alarms", turn);
  if (error && !data) return html`<${Head} title="Alarms" /><${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Head} title="Alarms" /><${Loading} />`;
  const order = ["ALARM", "INSUFFICIENT_DATA", "OK"];
  const text = (values.text ?? "").toLowerCase();
  /** @type {any[]} */
  const alarms = data.alarms;
  const shown = alarms
    .filter(
      ({ name, description, state }) =>
        `${name} ${description}`.toLowerCase().includes(text) && (values.state === "" || values.state === state),
    )
    .toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const firing = alarms.filter(({ state }) => state === "ALARM").length;
  return html`
    <${Head} title="Alarms"><span class="dim">${firing} of ${alarms.length} in alarm, at ${clock(data.now).slice(0, 8)} by the metrics' clock</span></${Head}>
    <${Filters} isNarrowed=${isNarrowed} onClear=${clear}>
      <${Search} label="Text" value=${values.text ?? ""} placeholder="name, description" onInput=${(/** @type {string} */ next) => set({ text: next })} />
      <${Choice} label="State" value=${values.state ?? ""} options=${order} onChange=${(/** @type {string} */ next) => set({ state: next })} />
    </${Filters}>
    ${shown.length === 0 ? html`<${Empty} title=${isNarrowed ? "No alarm fits" : "No alarms"}>${isNarrowed ? html`<button type="button" onClick=${clear}>Show all</button>` : "The stacks have none, or are starting."}</${Empty}>` : html`<ul class="alarms">${shown.map((alarm) => html`<${Alarm} key=${`${alarm.system} ${alarm.name}`} alarm=${alarm} />`)}</ul>`}`;
}
