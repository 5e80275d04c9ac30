import { useTurns } from "./alarms.js";
import { useData } from "./api.js";
import { Chart, short } from "./chart.js";
import { html } from "./htm.js";
import { Choice, Empty, Failed, Filters, Head, Loading } from "./parts.js";
import { filtersOf } from "./place.js";

/** @param {{ widget: any, end: number }} properties */
function Widget({ widget, end }) {
  const { title, x, y, width, height, type, view, lines, period, markdown, annotations } = widget;
  const style = { gridColumn: `${x + 1} / span ${width}`, gridRow: `${y + 1} / span ${height}` };
  const unknown = lines.filter((/** @type {any} */ line) => line.unknown);
  const last = (/** @type {any} */ line) => line.points.findLast((/** @type {any} */ value) => value !== null);
  return html`<section class="panel widget" style=${style} aria-label=${title || type}>
    ${title && html`<h3>${title}</h3>`}
    ${
      type === "text"
        ? html`<div class="markdown">${markdown}</div>`
        : type !== "metric"
          ? html`<p class="dim">Widgets of type ${type} are not drawn here.</p>`
          : view === "singleValue"
            ? html`<dl class="figures">${lines.map((/** @type {any} */ line) => html`<div key=${line.label}><dt>${line.label}</dt><dd>${last(line) === undefined ? "–" : short(last(line))}</dd></div>`)}</dl>`
            : html`<${Chart} title=${title} lines=${lines} end=${end} period=${period} marks=${annotations} />`
    }
    ${unknown.map((/** @type {any} */ line) => html`<p key=${line.label} class="dim small-text">${line.label}: ${line.unknown}</p>`)}
  </section>`;
}

/** @param {{ place: URL }} properties */
export function Dashboards({ place }) {
  const turn = useTurns(3000);
  const { values, set } = filtersOf(place, ["system", "minutes", "period"]);
  const query = `minutes=${values.minutes || 60}${values.period ? `&period=${values.period}` : ""}`;
  const { data, error, again } = useData(`/api/dashboards?${query}`, turn);
  if (error && !data) return html`<${Head} title="Dashboards" /><${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Head} title="Dashboards" /><${Loading} />`;
  /** @type {any[]} */
  const all = data.dashboards;
  const systems = [...new Set(all.map(({ system }) => system))];
  const shown = all.filter(({ system }) => values.system === "" || system === values.system);
  return html`
    <${Head} title="Dashboards" />
    <${Filters} isNarrowed=${false}>
      ${systems.length > 1 && html`<${Choice} label="System" value=${values.system ?? ""} options=${systems} onChange=${(/** @type {string} */ system) => set({ system })} />`}
      <label class="field"><span>Last</span><select value=${values.minutes || "60"} onChange=${(/** @type {any} */ event) => set({ minutes: event.target.value })}>${["15", "60", "180", "240"].map((one) => html`<option key=${one} value=${one} selected=${one === (values.minutes || "60")}>${one} min</option>`)}</select></label>
      <label class="field"><span>A point each</span><select value=${values.period ?? ""} onChange=${(/** @type {any} */ event) => set({ period: event.target.value })}><option value="">as deployed</option>${["1", "5", "15"].map((one) => html`<option key=${one} value=${one} selected=${one === values.period}>${one} min</option>`)}</select></label>
    </${Filters}>
    ${
      shown.length === 0
        ? html`<${Empty} title="No dashboards">The stacks have none, or are starting.</${Empty}>`
        : shown.map(
            ({
              system,
              name,
              widgets,
              unknown,
            }) => html`<section key=${`${system} ${name}`} class="dashboard" aria-label=${name}>
              <h2>${name}</h2>
              ${unknown && html`<p>It can't be drawn: ${unknown}</p>`}
              <div class="widgets">${widgets.map((/** @type {any} */ widget, /** @type {number} */ at) => html`<${Widget} key=${at} widget=${widget} end=${data.end} />`)}</div>
            </section>`,
          )
    }`;
}
