import { useData } from "./api.js";
import { html } from "./htm.js";
import { Choice, Copy, Empty, Failed, Filters, Head, Loading, Search, Tag } from "./parts.js";
import { filtersOf } from "./place.js";
import { ago } from "./text.js";

const kinds = { used: "good", unused: "", denied: "bad" };
const words = { used: "used", unused: "not used", denied: "denied" };

/** @param {{ place: URL }} properties */
export function Rights({ place }) {
  const { values, set, clear, isNarrowed } = filtersOf(place, ["text", "function", "state"]);
  const { data, error, again } = useData("/api/rights");
  if (error && !data) return html`<${Head} title="Rights" /><${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Head} title="Rights" /><${Loading} />`;
  const text = (values.text ?? "").toLowerCase();
  /** @type {any[]} */
  const rights = data.rights;
  const functions = [...new Set(rights.map((right) => right.function))].sort();
  const shown = rights.filter(
    (right) =>
      (values.function === "" || right.function === values.function) &&
      (values.state === "" || right.state === values.state) &&
      `${right.function} ${right.action} ${right.resource}`.toLowerCase().includes(text),
  );
  const count = (/** @type {string} */ state) => rights.filter((right) => right.state === state).length;
  return html`
    <${Head} title="Rights"><span class="dim">${count("used")} used, ${count("unused")} granted and not used, ${count("denied")} denied</span><button type="button" onClick=${again}>Refresh</button></${Head}>
    <${Filters} isNarrowed=${isNarrowed} onClear=${clear}>
      <${Search} label="Text" value=${values.text ?? ""} placeholder="action, resource" onInput=${(/** @type {string} */ next) => set({ text: next })} />
      <${Choice} label="Function" value=${values.function ?? ""} options=${functions} onChange=${(/** @type {string} */ next) => set({ function: next })} />
      <${Choice} label="State" value=${values.state ?? ""} options=${["used", "unused", "denied"]} onChange=${(/** @type {string} */ next) => set({ state: next })} />
    </${Filters}>
    ${
      shown.length === 0
        ? html`<${Empty} title=${isNarrowed ? "No right fits" : "No rights"}>${isNarrowed ? html`<button type="button" onClick=${clear}>Show all</button>` : "No function has any, or the systems are starting."}</${Empty}>`
        : html`<div class="whole"><div class="list-pane"><table class="list still" aria-label="Rights">
            <thead><tr><th>Function</th><th>Action</th><th>Resource</th><th>State</th></tr></thead>
            <tbody>${shown.map(
              (
                right,
              ) => html`<tr key=${`${right.function} ${right.action} ${right.resource} ${right.when ?? ""} ${right.state}`}>
                <td class="wrap">${right.function}</td>
                <td><code>${right.action}</code></td>
                <td class="wrap"><code>${right.short}</code>${right.when && html` <span class="dim">when ${right.when}</span>`}
                  ${right.grant && html`<div class="fix"><code>${right.grant}</code><${Copy} text=${right.grant} what="the grant" /></div>`}
                  ${right.by && html`<div class="dim">by the ${right.by}</div>`}</td>
                <td><${Tag} kind=${kinds[/** @type {"used"} */ (right.state)]}>${words[/** @type {"used"} */ (right.state)]}</${Tag}>${right.at && html` <span class="dim small-text">${ago(right.at)}</span>`}</td>
              </tr>`,
            )}</tbody>
          </table></div></div>`
    }`;
}
