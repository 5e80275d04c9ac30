import { useEffect, useRef, useState } from "./htm.js";

/** The token that requests with an effect carry. */
const token = document.querySelector('meta[name="token"]')?.getAttribute("content") ?? "";

/** Why something was not answered, in the server's words. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function answerOf(response) {
  const answer = await response.json().catch(() => ({ message: `the answer ${response.status} is no JSON` }));
  if (!response.ok) throw new Refused(response.status, String(answer.message));
  return answer;
}

/**
 * @param {unknown} error
 * @returns {Error}
 */
function errorOf(error) {
  if (error instanceof Refused) return error;
  return new Error("The local run does not answer. It may have been stopped: npm start brings it back.");
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  try {
    return await answerOf(await fetch(path, { headers: { accept: "application/json" } }));
  } catch (error) {
    throw errorOf(error);
  }
}

/**
 * Asks for what changes or reveals something.
 *
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function post(path, body = {}) {
  try {
    const headers = { "content-type": "application/json", "x-page-token": token };
    return await answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
  } catch (error) {
    throw errorOf(error);
  }
}

/** @typedef {{ readonly data: any, readonly error: Error | undefined, readonly again: () => void }} Loaded */

/**
 * The server's answer to a path; the last answer stays until there is a new one.
 *
 * @param {string} path
 * @param {unknown} [version] asks again when it changes
 * @returns {Loaded}
 */
export function useData(path, version) {
  const [state, setState] = useState(/** @type {{ of: string, data?: any, error?: Error }} */ ({ of: "" }));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    get(path).then(
      (data) => current && setState({ of: path, data }),
      (error) =>
        current && setState((before) => ({ of: path, data: before.of === path ? before.data : undefined, error })),
    );
    return () => {
      current = false;
    };
  }, [path, version, turn]);
  const fresh = state.of === path ? state : { data: undefined, error: undefined };
  return { data: fresh.data, error: fresh.error, again: () => setTurn((before) => before + 1) };
}

/** @typedef {Readonly<Record<string, (data: any) => void>>} Hearers */

/**
 * Receives what is new as long as the page is visible: a page in the background costs the server nothing.
 *
 * @param {string | undefined} path of the stream; undefined for none
 * @param {Hearers} hearers by the name of the event
 * @returns {boolean} whether the server answers
 */
export function useStream(path, hearers) {
  const handlers = useRef(hearers);
  handlers.current = hearers;
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    if (path === undefined) return;
    /** @type {EventSource | undefined} */
    let source;
    const close = () => {
      source?.close();
      source = undefined;
    };
    const open = () => {
      if (document.hidden) return close();
      if (source) return;
      source = new EventSource(path);
      source.onopen = () => setConnected(true);
      source.onerror = () => setConnected(false);
      for (const name of Object.keys(handlers.current)) {
        source.addEventListener(name, (event) => handlers.current[name]?.(JSON.parse(event.data)));
      }
    };
    open();
    document.addEventListener("visibilitychange", open);
    return () => {
      document.removeEventListener("visibilitychange", open);
      close();
    };
  }, [path]);
  return connected;
}
