import { useData, useStream } from "./api.js";
import { html, useRef, useState } from "./htm.js";
import { SystemMap } from "./map.js";
import { Copy, Empty, Failed, Head, Loading, Tag } from "./parts.js";
import { ago, duration } from "./text.js";

/** @param {{ name: string, value: string }} properties */
function Key({ name, value }) {
  const [seen, setSeen] = useState(false);
  return html`<tr>
    <th scope="row">${name}</th>
    <td><code class="wrap">${seen ? value : "••••••••••••••••"}</code></td>
    <td class="actions">
      <button type="button" class="small" aria-pressed=${seen} onClick=${() => setSeen(!seen)}>${seen ? "Hide" : "Show"}</button>
      <${Copy} text=${value} what="key ${name}" />
    </td>
  </tr>`;
}

/** @param {{ system: any, map: any }} properties */
function System({ system, map }) {
  const { entrances, notEmulated, curl } = system;
  const keys = new Map();
  for (const { name, apiKey, otherKeys } of entrances) {
    if (apiKey && ![...keys.values()].includes(apiKey)) keys.set(`key of ${name}`, apiKey);
    for (const other of otherKeys) if (![...keys.values()].includes(other.value)) keys.set(other.name, other.value);
  }
  const counts = ["functions", "tables", "buckets", "queues", "topics", "buses", "schedules", "parameters"].filter(
    (name) => system[name] > 0,
  );
  return html`<section class="panel system" aria-label=${system.system}>
    <h2>${system.system} <span class="dim small-text">${system.stack}</span></h2>
    <p class="counts">${counts.map((name) => html`<span key=${name}><b>${system[name]}</b> ${system[name] === 1 ? name.replace(/(?<=bus)es$|s$/, "") : name}</span>`)}</p>
    <table class="plain">
      <tbody>
        ${entrances.map(
          (/** @type {any} */ { name, url }) => html`<tr key=${name}>
            <th scope="row">${name}</th>
            <td><code class="wrap">${url}</code></td>
            <td class="actions"><${Copy} text=${url} what="URL ${url}" /></td>
          </tr>`,
        )}
        ${[...keys].map(([name, value]) => html`<${Key} key=${name} name=${name} value=${value} />`)}
      </tbody>
    </table>
    ${curl && html`<p class="curl"><${Copy} text=${curl} label="Copy a curl line that works" what="a curl line" /></p>`}
    ${map && map.nodes.length > 0 && html`<${SystemMap} map=${map} />`}
    ${notEmulated.length > 0 && html`<p class="dim small-text">Not emulated here: ${notEmulated.join(", ")}.</p>`}
  </section>`;
}

/** @param {{ minutes: readonly { good: number, refused: number, failed: number }[] }} properties */
function Bars({ minutes }) {
  const most = Math.max(1, ...minutes.map(({ good, refused, failed }) => good + refused + failed));
  const bar = 14;
  const of = (/** @type {number} */ count) => (count / most) * 44;
  return html`<svg class="bars" viewBox="0 0 ${minutes.length * bar} 46" preserveAspectRatio="none" role="img"
    aria-label="Requests in each of the last ${minutes.length} minutes, at most ${most}">
    ${minutes.map(({ good, refused, failed }, at) => {
      const [a, b, c] = [of(good), of(refused), of(failed)];
      const x = at * bar + 2;
      return html`<g key=${at}>
        <rect class="track" x=${x} y="44" width=${bar - 4} height="2" />
        <rect class="good-fill" x=${x} y=${46 - a} width=${bar - 4} height=${a} />
        <rect class="warn-fill" x=${x} y=${46 - a - b} width=${bar - 4} height=${b} />
        <rect class="bad-fill" x=${x} y=${46 - a - b - c} width=${bar - 4} height=${c} />
      </g>`;
    })}
  </svg>`;
}

/** @param {{ traffic: any }} properties */
function Traffic({ traffic }) {
  const { requests, refused, failed, medianMs, perMinute } = traffic;
  return html`<section class="panel traffic" aria-label="The last 15 minutes">
    <h2>Last 15 minutes</h2>
    <dl class="figures">
      <div><dt>requests</dt><dd><a href="/requests">${requests}</a></dd></div>
      <div><dt>refused</dt><dd class=${refused > 0 ? "warn-text" : ""}><a href="/requests?status=4xx">${refused}</a></dd></div>
      <div><dt>failed</dt><dd class=${failed > 0 ? "bad-text" : ""}><a href="/requests?status=5xx">${failed}</a></dd></div>
      <div><dt>median</dt><dd>${duration(medianMs)}</dd></div>
    </dl>
    <${Bars} minutes=${perMinute} />
  </section>`;
}

/** @param {{ trouble: any }} properties */
function Trouble({ trouble }) {
  const { title, sentence, fix, place, at, count, href } = trouble;
  const kind = /^5|^failed|^denied|^problem/.test(title) ? "bad" : "warn";
  return html`<li class="trouble ${kind}">
    <div class="trouble-head">
      ${href ? html`<a class="trouble-title" href=${href}>${title}</a>` : html`<span class="trouble-title">${title}</span>`}
      ${count > 1 && html`<${Tag}>${count} times</${Tag}>`}
      <span class="dim small-text">${ago(at)}</span>
    </div>
    <p>${sentence}</p>
    ${fix?.kind === "paste" && html`<div class="fix"><code>${fix.text}</code><${Copy} text=${fix.text} what="the grant" /></div>`}
    ${fix?.kind === "run" && html`<div class="fix"><code>${fix.text}</code><${Copy} text=${fix.text} what="the command" /></div>`}
    ${fix?.kind === "do" && html`<p class="dim">${fix.text}</p>`}
    ${place && html`<p class="dim small-text">at <code>${place}</code></p>`}
  </li>`;
}

/** The systems, and what went wrong. */
export function Overview() {
  const [version, setVersion] = useState(0);
  const last = useRef(0);
  useStream("/api/events?only=state", {
    state: () => {
      // Bursts are shown once a second.
      const wait = Math.max(0, last.current + 1000 - Date.now());
      last.current = Date.now() + wait;
      setTimeout(() => setVersion((before) => before + 1), wait);
    },
  });
  const { data, error, again } = useData("/api/overview", version);
  const maps = useData("/api/map", version).data?.maps ?? [];
  if (error && !data) return html`<${Head} title="Overview" /><${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Head} title="Overview" /><${Loading} />`;
  return html`
    <${Head} title="Overview">
      <span class="dim">${data.ready ? `ready in ${(data.readyMs / 1000).toFixed(1)} s` : "starting…"}</span>
    </${Head}>
    <div class="columns">
      <div class="stack">
        ${data.systems.length === 0 && html`<section class="panel"><${Empty} title="Starting">The systems come as soon as they are synthesized.</${Empty}></section>`}
        ${data.systems.map((/** @type {any} */ system) => html`<${System} key=${system.system} system=${system} map=${maps.find((/** @type {any} */ one) => one.system === system.system)} />`)}
      </div>
      <div class="stack">
        <${Traffic} traffic=${data.traffic} />
        <section class="panel" aria-label="What went wrong">
          <h2>What went wrong</h2>
          ${
            data.troubles.length === 0
              ? html`<${Empty} title="Nothing so far">What is refused, fails or is slow stands here with its reason.</${Empty}>`
              : html`<ul class="troubles">${data.troubles.map((/** @type {any} */ trouble, /** @type {number} */ at) => html`<${Trouble} key=${at} trouble=${trouble} />`)}</ul>`
          }
        </section>
      </div>
    </div>`;
}
