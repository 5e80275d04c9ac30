import { Alarms } from "./alarms.js";
import { Dashboards } from "./dashboards.js";
import { Data } from "./data.js";
import { html, render, useEffect, useErrorBoundary, useState } from "./htm.js";
import { Logs } from "./logs.js";
import { Overview } from "./overview.js";
import { Empty, Failed, Head } from "./parts.js";
import { followLinks, usePlace } from "./place.js";
import { Trace } from "./request.js";
import { Requests } from "./requests.js";
import { Rights } from "./rights.js";
import { Routes } from "./routes.js";

const pages = [
  ["/", "Overview"],
  ["/requests", "Requests"],
  ["/routes", "Routes"],
  ["/logs", "Logs"],
  ["/data", "Data"],
  ["/rights", "Rights"],
  ["/alarms", "Alarms"],
  ["/dashboards", "Dashboards"],
];

/** @param {URL} place */
function pageAt(place) {
  const [, first = "", second] = place.pathname.split("/");
  const id = second === undefined || second === "" ? undefined : decodeURIComponent(second);
  if (first === "") return html`<${Overview} />`;
  if (first === "requests") return html`<${Requests} place=${place} id=${id} />`;
  if (first === "traces" && id !== undefined) return html`<${Head} title="Trace" /><${Trace} id=${id} />`;
  if (first === "routes") return html`<${Routes} place=${place} />`;
  if (first === "data") return html`<${Data} place=${place} />`;
  if (first === "rights") return html`<${Rights} place=${place} />`;
  if (first === "alarms") return html`<${Alarms} place=${place} />`;
  if (first === "dashboards") return html`<${Dashboards} place=${place} />`;
  if (first === "logs") return html`<${Logs} place=${place} />`;
  return html`<${Head} title="Nothing here" /><${Empty} title="There is no such page"><a href="/">Overview</a></${Empty}>`;
}

/** @param {{ place: URL }} properties */
function Content({ place }) {
  const [error, forget] = useErrorBoundary();
  if (error)
    return html`<${Failed} error=${error instanceof Error ? error : new Error(String(error))} again=${forget} />`;
  return pageAt(place);
}

const themes = ["system", "light", "dark"];

function Theme() {
  const [theme, setTheme] = useState(() => localStorage.getItem("theme") ?? "system");
  useEffect(() => {
    localStorage.setItem("theme", theme);
    if (theme === "system") document.documentElement.removeAttribute("data-theme");
    else document.documentElement.setAttribute("data-theme", theme);
  }, [theme]);
  return html`<label class="theme"><span>Colours</span>
    <select value=${theme} onChange=${(/** @type {any} */ event) => setTheme(event.target.value)}>
      ${themes.map((one) => html`<option value=${one} selected=${one === theme}>${one}</option>`)}
    </select></label>`;
}

function Page() {
  const place = usePlace();
  const first = `/${place.pathname.split("/")[1]}`;
  return html`
    <a class="skip" href="#content">Skip to the content</a>
    <nav class="side" aria-label="Pages">
      <a class="brand" href="/"><img src="/icon.svg" alt="" width="22" height="22" />Terrace</a>
      <ul>${pages.map(([href, name]) => html`<li key=${href}><a class="nav-link" href=${href} aria-current=${first === href ? "page" : undefined}>${name}</a></li>`)}</ul>
      <${Theme} />
    </nav>
    <main id="content" tabindex="-1"><${Content} key=${first} place=${place} /></main>`;
}

followLinks();
const root = document.getElementById("page");
if (root) render(html`<${Page} />`, root);
