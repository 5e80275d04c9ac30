import { useEffect, useState } from "./htm.js";

/** @returns {URL} */
const here = () => new URL(location.href);

/** @type {Set<() => void>} */
const waiting = new Set();

const notify = () => {
  for (const listener of waiting) listener();
};

addEventListener("popstate", notify);

/**
 * Goes to another place of the page.
 *
 * @param {string} url
 * @param {{ replace?: boolean }} [how] replaces the place in the history
 */
export function go(url, { replace = false } = {}) {
  if (new URL(url, location.href).href === location.href) return;
  history[replace ? "replaceState" : "pushState"](null, "", url);
  notify();
}

/** URL of the page. @returns {URL} */
export function usePlace() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const listener = () => setPlace(here());
    waiting.add(listener);
    return () => {
      waiting.delete(listener);
    };
  }, []);
  return place;
}

/**
 * The filters that a URL keeps, and how to set one.
 *
 * @param {URL} place
 * @param {readonly string[]} names
 */
export function filtersOf(place, names) {
  const values = Object.fromEntries(names.map((name) => [name, place.searchParams.get(name) ?? ""]));
  /** @param {Record<string, string>} changes */
  const set = (changes) => {
    const next = here();
    for (const [name, value] of Object.entries(changes)) {
      if (value === "") next.searchParams.delete(name);
      else next.searchParams.set(name, value);
    }
    go(`${next.pathname}${next.search}`, { replace: true });
  };
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "")).toString();
  const clear = () => set(Object.fromEntries(names.map((name) => [name, ""])));
  return { values, set, query, clear, isNarrowed: query !== "" };
}

/** Follows the page's own links without loading it anew. */
export function followLinks() {
  document.addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : undefined;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.download || link.origin !== location.origin) return;
    if (link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    go(link.href);
  });
}
