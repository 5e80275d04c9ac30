import { html, useEffect, useRef, useState } from "./htm.js";

/** @typedef {import("./htm.js").Child} Child */

/** @param {{ status: number }} properties */
export function Status({ status }) {
  const kind = status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
  return html`<span class="status ${kind}">${status}</span>`;
}

/** @param {{ kind?: string, children?: Child }} properties */
export function Tag({ kind = "", children }) {
  return html`<span class="tag ${kind}">${children}</span>`;
}

/**
 * Puts a text where it can be pasted, and says so.
 *
 * @param {{ text: string | (() => Promise<string>), label?: string, what: string }} properties
 */
export function Copy({ text, label = "Copy", what }) {
  const [said, setSaid] = useState("");
  const timer = useRef(0);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : await text());
      setSaid("Copied");
    } catch {
      setSaid("Could not copy");
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), 1500);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return html`<button type="button" class="small" title="Copy ${what}" aria-label="Copy ${what}" onClick=${copy}>
    <span aria-live="polite">${said || label}</span>
  </button>`;
}

/** @param {{ title: string, children?: Child }} properties */
export function Empty({ title, children }) {
  return html`<div class="state"><p class="state-title">${title}</p><div class="dim">${children}</div></div>`;
}

/** @param {{ error: Error, again?: () => void }} properties */
export function Failed({ error, again }) {
  return html`<div class="state" role="alert">
    <p class="state-title bad-text">That did not work</p>
    <p>${error.message}</p>
    ${again && html`<button type="button" onClick=${again}>Try again</button>`}
  </div>`;
}

export function Loading() {
  return html`<div class="state" role="status"><p class="dim">Loading…</p></div>`;
}

/** @param {{ why: any }} properties */
export function Why({ why }) {
  const { sentence, fix, place } = why;
  return html`<section class="why" aria-label="Why">
    <p class="why-sentence">${sentence}</p>
    ${fix?.kind === "paste" && html`<div class="fix"><code>${fix.text}</code><${Copy} text=${fix.text} what="the grant" /></div><p class="dim">Add this line to the stack, and save it.</p>`}
    ${fix?.kind === "run" && html`<div class="fix"><code>${fix.text}</code><${Copy} text=${fix.text} what="the command" /></div><p class="dim">Run this in the project's folder, and send what it prints.</p>`}
    ${fix?.kind === "do" && html`<p>${fix.text}</p>`}
    ${place && html`<p class="dim">at <code>${place}</code> <${Copy} text=${place} what="the place" /></p>`}
  </section>`;
}

/**
 * A title with what stands beside it.
 *
 * @param {{ title: string, children?: Child }} properties
 */
export function Head({ title, children }) {
  useEffect(() => {
    document.title = `${title} · Terrace`;
  }, [title]);
  return html`<header class="head"><h1>${title}</h1>${children}</header>`;
}

/**
 * A line of fields that narrow a list.
 *
 * @param {{ children?: Child, onClear?: () => void, isNarrowed: boolean }} properties
 */
export function Filters({ children, onClear, isNarrowed }) {
  return html`<form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    ${children}
    ${isNarrowed && html`<button type="button" class="small" onClick=${onClear}>Clear</button>`}
  </form>`;
}

/** @param {{ label: string, value: string, options: readonly string[], onChange: (value: string) => void }} properties */
export function Choice({ label, value, options, onChange }) {
  const all = options.includes(value) || value === "" ? options : [value, ...options];
  return html`<label class="field"><span>${label}</span>
    <select value=${value} onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>
      <option value="">any</option>
      ${all.map((option) => html`<option key=${option} value=${option} selected=${option === value}>${option}</option>`)}
    </select>
  </label>`;
}

/** @param {{ label: string, value: string, placeholder?: string, onInput: (value: string) => void }} properties */
export function Search({ label, value, placeholder, onInput }) {
  return html`<label class="field grow"><span>${label}</span>
    <input type="search" value=${value} placeholder=${placeholder} spellcheck=${false} autocomplete="off"
      onInput=${(/** @type {any} */ event) => onInput(event.target.value)} />
  </label>`;
}
