import { get, post, useData } from "./api.js";
import { html, useState } from "./htm.js";
import { Lines } from "./logs.js";
import { Copy, Empty, Failed, Loading, Status, Tag, Why } from "./parts.js";
import { go } from "./place.js";
import { clock, curlOf, duration, pretty, size } from "./text.js";
import { Waterfall } from "./waterfall.js";

/** @param {{ title: string, message: any }} properties */
function Message({ title, message }) {
  const { headers, body } = message;
  return html`<section class="message" aria-label=${title}>
    <h3>${title} ${body.size > 0 && html`<span class="dim small-text">${size(body.size)}</span>`}</h3>
    <details>
      <summary>${headers.length} headers</summary>
      <table class="plain headers"><tbody>
        ${headers.map((/** @type {[string, string]} */ [name, value], /** @type {number} */ at) => html`<tr key=${at}><th scope="row">${name}</th><td class="wrap">${value}</td></tr>`)}
      </tbody></table>
    </details>
    ${body.binary && html`<p class="dim">No text, so it is not shown.</p>`}
    ${body.text !== "" && html`<pre class="body">${pretty(body.text)}</pre>`}
    ${body.cut && html`<p class="dim">Only the beginning was kept.</p>`}
    ${body.size === 0 && html`<p class="dim">No body.</p>`}
  </section>`;
}

/**
 * Shows the request that was sent, once it has been recorded.
 *
 * @param {any} sent
 */
export const show = (sent) => sent.id && go(`/requests/${encodeURIComponent(sent.id)}${location.search}`);

/**
 * A request to be changed and sent again.
 *
 * @param {{ detail: any, onClose: () => void }} properties
 */
function Editor({ detail, onClose }) {
  const own = /^(host|connection|content-length|accept-encoding|sec-.*|x-amzn-trace-id)$/i;
  const [method, setMethod] = useState(detail.method);
  const [target, setTarget] = useState(`${detail.path}${detail.query === "" ? "" : `?${detail.query}`}`);
  const [headers, setHeaders] = useState(
    detail.request.headers
      .filter((/** @type {[string, string]} */ [name]) => !own.test(name))
      .map((/** @type {[string, string]} */ [name, value]) => `${name}: ${value}`)
      .join("\n"),
  );
  const [body, setBody] = useState(pretty(detail.request.body.text));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setError(undefined);
    try {
      const pairs = headers
        .split("\n")
        .filter((/** @type {string} */ line) => line.trim() !== "")
        .map((/** @type {string} */ line) => {
          const at = line.indexOf(":");
          if (at < 1) throw new Error(`A header is a name, a colon and a value; got ${line}`);
          return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
        });
      const { origin } = await get(`/api/requests/${encodeURIComponent(detail.id)}`);
      show(await post("/api/send", { url: `${origin}${target}`, method, headers: pairs, body, of: detail.id }));
      onClose();
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error(String(failure)));
    }
  };
  const value = (/** @type {(value: string) => void} */ set) => (/** @type {any} */ event) => set(event.target.value);
  return html`<form class="editor" onSubmit=${submit} aria-label="Edit and send">
    <div class="row">
      <label class="field"><span>Method</span><select value=${method} onChange=${value(setMethod)}>
        ${["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((one) => html`<option value=${one} selected=${one === method}>${one}</option>`)}
      </select></label>
      <label class="field grow"><span>Path and query</span><input value=${target} onInput=${value(setTarget)} spellcheck=${false} /></label>
    </div>
    <label class="field block"><span>Headers; masked ones are sent as they were</span><textarea rows="4" value=${headers} onInput=${value(setHeaders)} spellcheck=${false}></textarea></label>
    <label class="field block"><span>Body</span><textarea rows="8" value=${body} onInput=${value(setBody)} spellcheck=${false}></textarea></label>
    ${error && html`<p class="bad-text" role="alert">${error.message}</p>`}
    <div class="row"><button class="primary">Send</button><button type="button" onClick=${onClose}>Cancel</button></div>
  </form>`;
}

/** @param {{ detail: any }} properties */
function Actions({ detail }) {
  const [editing, setEditing] = useState(false);
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const replay = () => {
    setError(undefined);
    post(`/api/requests/${encodeURIComponent(detail.id)}/replay`).then(show, setError);
  };
  const curl = async () => curlOf(await post(`/api/requests/${encodeURIComponent(detail.id)}/reveal`));
  return html`
    <div class="row">
      <button type="button" class="primary" onClick=${replay}>Replay</button>
      <button type="button" aria-expanded=${editing} onClick=${() => setEditing(!editing)}>Edit and send</button>
      <${Copy} text=${curl} label="Copy as curl" what="the request as a curl line, with its key" />
    </div>
    ${error && html`<p class="bad-text" role="alert">${error.message}</p>`}
    ${editing && html`<${Editor} key=${detail.id} detail=${detail} onClose=${() => setEditing(false)} />`}`;
}

/** @param {{ trace: any }} properties */
function TraceParts({ trace }) {
  return html`
    ${trace.why && html`<${Why} why=${trace.why} />`}
    <section aria-label="Waterfall">
      <h3>Where the time went <span class="dim small-text">${duration(trace.ms)}</span></h3>
      <${Waterfall} spans=${trace.spans} ms=${trace.ms} />
    </section>`;
}

/** @param {{ trace: any }} properties */
function TraceLogs({ trace }) {
  return html`<section aria-label="Logs">
    <h3>Logs</h3>
    ${trace.logs.length === 0 ? html`<p class="dim">No function wrote a line.</p>` : html`<${Lines} lines=${trace.logs} />`}
  </section>`;
}

/**
 * A request with all that is known of it.
 *
 * @param {{ id: string, close: string }} properties
 */
export function Request({ id, close }) {
  const { data, error, again } = useData(`/api/requests/${encodeURIComponent(id)}`);
  const [, setTurn] = useState(0);
  if (error && !data) {
    const isGone = "status" in error && error.status === 404;
    return isGone
      ? html`<div class="detail"><${Empty} title="No longer kept">Only the last requests are. <a href=${close}>Back to the list</a></${Empty}></div>`
      : html`<div class="detail"><${Failed} error=${error} again=${again} /></div>`;
  }
  if (!data) return html`<div class="detail"><${Loading} /></div>`;
  const { method, path, query, status, ms, by, at, trace, operationId } = data;
  const again2 = () => {
    again();
    setTurn((turn) => turn + 1);
  };
  return html`<article class="detail" aria-label="Request ${id}">
    <header class="detail-head">
      <h2><span class="method">${method}</span> <span class="wrap">${path}${query === "" ? "" : `?${query}`}</span></h2>
      <a class="button small" href=${close} aria-label="Close the request">Close</a>
    </header>
    <p class="facts"><${Status} status=${status} /> <span>${duration(ms)}</span> <${Tag}>${by}</${Tag}>
      ${operationId && html`<a href="/routes?route=${encodeURIComponent(operationId)}">${operationId}</a>`}
      <span class="dim">${clock(at)}</span>
      ${data.function && html`<a href="/logs?function=${encodeURIComponent(data.function)}">${data.function}</a>`}</p>
    <${TraceParts} trace=${trace} />
    <${Actions} key=${id} detail=${data} />
    <${Message} title="Request" message=${data.request} />
    <${Message} title="Answer" message=${data.answer} />
    <${TraceLogs} trace=${trace} />
    <p class="dim small-text">Request <code>${id}</code>, trace <code>${trace.traceId}</code>. <button type="button" class="small" onClick=${again2}>Refresh</button></p>
  </article>`;
}

/**
 * A trace without a request: an event with all that it led to.
 *
 * @param {{ id: string }} properties
 */
export function Trace({ id }) {
  const { data, error, again } = useData(`/api/traces/${encodeURIComponent(id)}`);
  if (error && !data) return html`<${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Loading} />`;
  return html`<article class="detail alone" aria-label="Trace ${id}">
    <header class="detail-head"><h2>Event ${clock(data.at)}</h2><a class="button small" href="/">Overview</a></header>
    <${TraceParts} trace=${data} />
    <${TraceLogs} trace=${data} />
    <p class="dim small-text">Trace <code>${id}</code>.</p>
  </article>`;
}
