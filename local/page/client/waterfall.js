import { html, useState } from "./htm.js";
import { duration, pretty } from "./text.js";

/** @param {{ call: any }} properties */
function Call({ call }) {
  return html`<dl class="call">
    ${call.refusal && html`<div><dt>refused</dt><dd class="bad-text">${call.refusal}</dd></div>`}
    ${call.consumed && html`<div><dt>consumed</dt><dd>${call.consumed}</dd></div>`}
    <div><dt>attempt</dt><dd>${call.attempt === 1 ? "the first" : `${call.attempt}, tried again by the SDK`}</dd></div>
    <div><dt>needs</dt><dd>${call.needs.map((/** @type {string} */ need) => html`<code class="wrap">${need}</code>`)}</dd></div>
    <div><dt>allowed by</dt><dd>${
      call.allowedBy.length > 0
        ? call.allowedBy.map((/** @type {string} */ permission) => html`<code class="wrap">${permission}</code>`)
        : "nothing"
    }</dd></div>
    <div><dt>asked</dt><dd><pre>${pretty(call.input)}</pre></dd></div>
  </dl>`;
}

/**
 * A trace as stretches of time, one under what led to it.
 *
 * @param {{ spans: readonly any[], ms: number }} properties
 */
export function Waterfall({ spans, ms }) {
  const [open, setOpen] = useState("");
  const whole = Math.max(ms, 0.1);
  const percent = (/** @type {number} */ part) => `${Math.max(0, Math.min(100, (part / whole) * 100))}%`;
  return html`<ol class="waterfall">
    ${spans.map((span) => {
      const { id, kind, name, detail, start, depth, failed, call } = span;
      const isOpen = open === id;
      const row = html`
        <span class="span-name" style=${{ paddingLeft: `${depth * 14}px` }}>
          <span class="span-kind ${kind}" aria-hidden="true"></span><span class="span-text">${name}</span>
          <span class="dim span-detail ${failed ? "bad-text" : ""}">${detail}</span>
        </span>
        <span class="span-track" aria-hidden="true">
          <span class="span-bar ${kind} ${failed ? "failed" : ""}" style=${{ left: percent(start), width: percent(span.ms) }}></span>
        </span>
        <span class="span-ms">${duration(span.ms)}</span>`;
      return html`<li key=${id}>
        ${
          call
            ? html`<button type="button" class="span" aria-expanded=${isOpen} onClick=${() => setOpen(isOpen ? "" : id)}>${row}</button>`
            : html`<div class="span">${row}</div>`
        }
        ${call && isOpen && html`<${Call} call=${call} />`}
      </li>`;
    })}
  </ol>`;
}
