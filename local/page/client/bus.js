import { post, useData } from "./api.js";
import { html, useEffect, useState } from "./htm.js";
import { Empty, Failed, Tag } from "./parts.js";
import { clock, pretty } from "./text.js";
import { Refusal, useWork } from "./work.js";

/** @type {Readonly<Record<string, string>>} */
const kinds = { delivered: "good", "dead letter": "bad", dropped: "bad" };

/**
 * A value that a condition of a pattern asks for; undefined where it is better left out.
 *
 * @param {any} condition
 * @returns {unknown}
 */
function valueFor(condition) {
  if (typeof condition !== "object" || condition === null) return condition;
  if (Array.isArray(condition.numeric)) {
    const [operator, bound] = condition.numeric;
    return operator === ">" ? bound + 1 : operator === "<" ? bound - 1 : bound;
  }
  if (condition.exists === false) return undefined;
  const text = condition.prefix ?? condition.suffix ?? condition["equals-ignore-case"] ?? condition.wildcard;
  if (typeof text === "string") return text.replaceAll("*", "example");
  return text?.["equals-ignore-case"] ?? "example";
}

/**
 * An object that fits a pattern, where that is simple.
 *
 * @param {any} pattern
 * @returns {Record<string, any>}
 */
function fitting(pattern) {
  const { $or: groups, ...properties } = pattern;
  const own = Object.entries(properties).flatMap(([name, wanted]) => {
    const value = Array.isArray(wanted) ? valueFor(wanted[0]) : fitting(wanted);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(own), ...(Array.isArray(groups) ? fitting(groups[0]) : {}) };
}

/** @param {any} pattern */
function entryFor(pattern) {
  const { source = "example", "detail-type": detailType = "Example", detail = {} } = fitting(pattern);
  return { source: String(source), detailType: String(detailType), detail: JSON.stringify(detail, undefined, 2) };
}

/** @param {{ rule: any, onUse: () => void }} properties */
function Rule({ rule: { name, enabled, pattern, targets }, onUse }) {
  return html`<li>
    <p class="row"><b class="wrap">${name}</b> ${enabled ? "" : html`<${Tag} kind="warn">disabled</${Tag}>`} <button type="button" class="small" onClick=${onUse}>Fill in an event that fits</button></p>
    ${targets.map((/** @type {any} */ { to, input, deadLetters }) => html`<p key=${to}>To ${to}${input ? ", with an input of its own" : ""}. <span class="dim">What it does not take ${deadLetters ? `goes to ${deadLetters}` : "is lost"}.</span></p>`)}
    <pre class="body">${JSON.stringify(pattern)}</pre>
  </li>`;
}

/** @param {{ rule: any }} properties */
function Outcome({ rule: { rule, unmet, targets } }) {
  if (unmet !== undefined)
    return html`<li class="dim"><${Tag}>${rule}</${Tag}> <span class="wrap">${unmet}</span></li>`;
  return html`<li><${Tag} kind="good">${rule}</${Tag}> fits.
    ${targets.length === 0 && " It has no target."}
    ${targets.map((/** @type {any} */ { to, result, error }) => html`<span key=${to}> <${Tag} kind=${kinds[result]}>${result}</${Tag}> ${to} ${error && html`<span class="bad-text wrap">${error}</span>`}</span>`)}
  </li>`;
}

/**
 * An event with what each rule made of it, and in what it does not fit the others.
 *
 * @param {{ event: any }} properties
 */
function Event({ event: { at, source, detailType, rules, body, traceId } }) {
  const fits = rules.filter((/** @type {any} */ { unmet }) => unmet === undefined);
  return html`<li>
    <p><b>${detailType}</b> of ${source} <span class="dim small-text">${clock(at)}</span> ${fits.length === 0 && html`<${Tag} kind="warn">no rule fits</${Tag}>`} ${traceId && html`<a href="/traces/${encodeURIComponent(traceId)}">its trace</a>`}</p>
    <ul class="grants">${rules.map((/** @type {any} */ rule) => html`<${Outcome} key=${rule.rule} rule=${rule} />`)}</ul>
    <details><summary>The event</summary><pre class="body">${pretty(body)}</pre></details>
  </li>`;
}

/**
 * An event bus: its rules, a form that puts an event, and what became of those that were put.
 *
 * @param {{ bus: any }} properties
 */
export function Bus({ bus: { name, rules } }) {
  const { data, error, again } = useData(`/api/bus-events?bus=${encodeURIComponent(name)}`);
  const [entry, setEntry] = useState(() => entryFor(rules[0]?.pattern ?? {}));
  const work = useWork();
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && again(), 2000);
    return () => clearInterval(timer);
  }, []);
  const put = () =>
    work.run(async () => {
      const { source: Source, detailType: DetailType, detail: Detail } = entry;
      const Entries = [{ EventBusName: name, Source, DetailType, Detail }];
      const [result] = (await post("/api/aws/events/PutEvents", { Entries })).Entries;
      if (result?.ErrorCode) throw new Error(`${result.ErrorCode}: ${result.ErrorMessage}`);
      again();
    });
  const value = (/** @type {string} */ member) => (/** @type {any} */ event) =>
    setEntry((before) => ({ ...before, [member]: event.target.value }));
  return html`
    <h3>Rules</h3>
    ${rules.length === 0 ? html`<p class="dim">It has none, so nobody gets its events.</p>` : html`<ul class="messages">${rules.map((/** @type {any} */ rule) => html`<${Rule} key=${rule.name} rule=${rule} onUse=${() => setEntry(entryFor(rule.pattern))} />`)}</ul>`}
    <h3>Put an event</h3>
    <div class="row"><label class="field grow"><span>Source</span><input value=${entry.source} spellcheck=${false} onInput=${value("source")} /></label>
      <label class="field grow"><span>Detail type</span><input value=${entry.detailType} spellcheck=${false} onInput=${value("detailType")} /></label></div>
    <label class="field block"><span>Detail, in JSON</span><textarea rows="4" value=${entry.detail} spellcheck=${false} onInput=${value("detail")}></textarea></label>
    <div class="row"><button type="button" class="primary" onClick=${put}>Put</button></div>
    <${Refusal} error=${work.error} />
    <h3>Last events</h3>
    ${error && !data && html`<${Failed} error=${error} again=${again} />`}
    ${data && data.events.length === 0 && html`<${Empty} title="No events yet">What is put stands here, with the rules that it fits and in what it does not fit the others.</${Empty}>`}
    <ul class="messages">${data?.events.map((/** @type {any} */ event) => html`<${Event} key=${event.id} event=${event} />`)}</ul>`;
}
