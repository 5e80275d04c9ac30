import { post, useData } from "./api.js";
import { html, useState } from "./htm.js";
import { Copy, Empty, Failed, Filters, Head, Loading, Search, Status, Tag } from "./parts.js";
import { filtersOf, go } from "./place.js";
import { curlOf, duration, pretty } from "./text.js";

/** @param {{ bounds: readonly any[] }} properties */
function Bounds({ bounds }) {
  return html`<table class="plain bounds"><tbody>
    ${bounds.map(
      ({ path, type, required, bounds: words }) => html`<tr key=${path}>
        <th scope="row"><code>${path}</code></th>
        <td>${type}${required ? "" : html` <span class="dim">optional</span>`}</td>
        <td class="wrap dim">${words}</td>
      </tr>`,
    )}
  </tbody></table>`;
}

/** @param {{ route: any }} properties */
function Form({ route }) {
  const { method, path, parameters, takesBody, entrances } = route;
  const [entrance, setEntrance] = useState(entrances[0]?.name ?? "");
  const [values, setValues] = useState(() =>
    Object.fromEntries(parameters.map((/** @type {any} */ { name, example }) => [name, example])),
  );
  const [body, setBody] = useState(route.example);
  const chosen = entrances.find((/** @type {any} */ { name }) => name === entrance) ?? entrances[0];
  const keys = chosen
    ? [...(chosen.apiKey ? [{ name: "the first key", value: chosen.apiKey }] : []), ...chosen.otherKeys]
    : [];
  const [key, setKey] = useState("0");
  const [subject, setSubject] = useState(route.user?.subject ?? "");
  const [scopes, setScopes] = useState(route.user?.scopes[0] ?? "");
  /** A token that is made now: it is kept nowhere. */
  const userHeaders = async () => {
    if (!route.user || subject === "") return [];
    const wanted = { system: route.system, method, path, subject, scopes: scopes.split(/\s+/).filter(Boolean) };
    const { header, value } = await post("/api/tokens", wanted);
    return [[header, value]];
  };
  const [sent, setSent] = useState(/** @type {any} */ (undefined));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const of = (/** @type {string} */ place) => parameters.filter((/** @type {any} */ one) => one.in === place);
  const request = async () => {
    const filled = path.replace(/\{(\w+)\+?\}/g, (/** @type {string} */ _, /** @type {string} */ name) =>
      encodeURIComponent(values[name] ?? ""),
    );
    const query = new URLSearchParams(
      of("query").flatMap((/** @type {any} */ { name }) => (values[name] ? [[name, values[name]]] : [])),
    ).toString();
    const headers = of("header").flatMap((/** @type {any} */ { name }) => (values[name] ? [[name, values[name]]] : []));
    const chosenKey = keys[Number(key)];
    return {
      url: `${chosen?.url}${filled}${query === "" ? "" : `?${query}`}`,
      method,
      headers: [
        ...(await userHeaders()),
        ...(route.takesKey && chosenKey ? [["x-api-key", chosenKey.value]] : []),
        ...(takesBody ? [["content-type", "application/json"]] : []),
        ...headers,
      ],
      body: takesBody ? body : "",
    };
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setError(undefined);
    await request()
      .then((asked) => post("/api/send", asked))
      .then(setSent, setError);
  };
  const field = (
    /** @type {any} */ { name, required, bounds, description },
  ) => html`<label class="field block" key=${name}>
    <span><code>${name}</code>${required ? "" : " · optional"}${bounds ? ` · ${bounds}` : ""}</span>
    <input value=${values[name] ?? ""} title=${description} spellcheck=${false} autocomplete="off"
      onInput=${(/** @type {any} */ event) => setValues((before) => ({ ...before, [name]: event.target.value }))} />
  </label>`;
  return html`<form class="route-form" onSubmit=${submit} aria-label="Send a request">
    <div class="row">
      ${
        entrances.length > 1 &&
        html`<label class="field"><span>Stage</span><select value=${entrance} onChange=${(/** @type {any} */ event) => setEntrance(event.target.value)}>
        ${entrances.map((/** @type {any} */ { name }) => html`<option value=${name}>${name}</option>`)}</select></label>`
      }
      ${
        route.takesKey &&
        html`<label class="field"><span>Key</span><select value=${key} onChange=${(/** @type {any} */ event) => setKey(event.target.value)}>
        ${keys.map((/** @type {any} */ { name }, /** @type {number} */ at) => html`<option value=${String(at)}>${name}</option>`)}<option value="none">none</option></select></label>`
      }
      ${
        route.user &&
        html`<label class="field"><span>User</span><input value=${subject} placeholder="nobody" title="Whom the token is about; nobody sends none" spellcheck="false" autocomplete="off" onInput=${(/** @type {any} */ event) => setSubject(event.target.value)} /></label>
        <label class="field"><span>Scopes${route.user.scopes.length > 0 ? ` · ${route.user.scopes.join(" or ")}` : ""}</span><input value=${scopes} spellcheck="false" autocomplete="off" onInput=${(/** @type {any} */ event) => setScopes(event.target.value)} /></label>`
      }
    </div>
    ${parameters.map(field)}
    ${takesBody && html`<label class="field block"><span>Body</span><textarea rows="9" value=${body} spellcheck=${false} onInput=${(/** @type {any} */ event) => setBody(event.target.value)}></textarea></label>`}
    <div class="row"><button class="primary">Send</button><${Copy} text=${async () => curlOf(/** @type {any} */ (await request()))} label="Copy as curl" what="a curl line" /></div>
    ${error && html`<p class="bad-text" role="alert">${error.message}</p>`}
    ${
      sent &&
      html`<div class="sent" role="status">
      <p class="facts"><${Status} status=${sent.status} /> <span>${duration(sent.ms)}</span> ${sent.id && html`<a href="/requests/${sent.id}">See what it did</a>`}</p>
      ${sent.body && html`<pre class="body">${pretty(sent.body)}</pre>`}
    </div>`
    }
  </form>`;
}

/** @param {{ route: any }} properties */
function Route({ route }) {
  const { method, path, summary, system, takesKey, body, operationId } = route;
  const fn = route.function;
  return html`<article class="detail" aria-label="${method} ${path}">
    <header class="detail-head"><h2><span class="method">${method}</span> <span class="wrap">${path}</span></h2>
      <a class="button small" href="/requests?route=${encodeURIComponent(operationId)}">Its requests</a></header>
    <p class="facts"><${Tag}>${system}</${Tag}> ${takesKey && html`<${Tag}>API key</${Tag}>`} ${route.user && html`<${Tag}>User</${Tag}>`} <span class="dim">${summary}</span></p>
    <${Form} route=${route} />
    ${body.length > 0 && html`<section aria-label="Members of the body"><h3>Members of the body</h3><${Bounds} bounds=${body} /></section>`}
    ${
      fn &&
      html`<section aria-label="Function"><h3>Function</h3>
      <p><a href="/logs?function=${encodeURIComponent(fn.name)}">${fn.name}</a> <span class="dim">in the stack <code>${fn.id}</code></span></p>
      <p class="dim">May call:</p>
      <ul class="grants">${fn.grants.map((/** @type {any} */ { action, resource, used }) => html`<li key=${`${action} ${resource}`}><code>${action}</code> <span class="dim wrap">${resource.split(":").slice(5).join(":")}</span> ${used ? html`<${Tag} kind="good">used</${Tag}>` : html`<span class="dim">not used yet</span>`}</li>`)}</ul>
    </section>`
    }
  </article>`;
}

/** @param {{ place: URL }} properties */
export function Routes({ place }) {
  const { values, set, clear } = filtersOf(place, ["text", "route"]);
  const { data, error, again } = useData("/api/routes");
  if (error && !data) return html`<${Head} title="Routes" /><${Failed} error=${error} again=${again} />`;
  if (!data) return html`<${Head} title="Routes" /><${Loading} />`;
  const text = (values.text ?? "").toLowerCase();
  const routes = data.routes.filter((/** @type {any} */ { method, path, operationId, summary, system }) =>
    `${method} ${path} ${operationId} ${summary} ${system}`.toLowerCase().includes(text),
  );
  const selected = routes.find((/** @type {any} */ { operationId }) => operationId === values.route) ?? routes[0];
  return html`
    <${Head} title="Routes" />
    <${Filters} isNarrowed=${text !== ""} onClear=${clear}>
      <${Search} label="Text" value=${values.text ?? ""} placeholder="method, path, name" onInput=${(/** @type {string} */ next) => set({ text: next })} />
    </${Filters}>
    ${
      routes.length === 0
        ? html`<${Empty} title=${data.routes.length === 0 ? "No routes" : "No route fits"}>${data.routes.length === 0 ? "The systems have no API, or are starting." : html`<button type="button" onClick=${clear}>Show all</button>`}</${Empty}>`
        : html`<div class="split">
            <div class="list-pane"><table class="list" aria-label="Routes"><tbody>
              ${routes.map((/** @type {any} */ { method, path, operationId, system }) => {
                const href = `/routes?route=${encodeURIComponent(operationId)}${text === "" ? "" : `&text=${encodeURIComponent(text)}`}`;
                return html`<tr key=${`${system} ${operationId}`} class=${selected?.operationId === operationId ? "selected" : ""} onClick=${() => go(href)}>
                  <td class="main-cell"><a class="plain-link" href=${href}><span class="method">${method}</span> ${path}</a></td><td class="dim">${operationId}</td></tr>`;
              })}
            </tbody></table></div>
            <${Route} key=${`${selected.system} ${selected.operationId}`} route=${selected} />
          </div>`
    }`;
}
