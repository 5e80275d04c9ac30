/**
 * `12:34:56.789`, in local time.
 *
 * @param {number} at
 */
export function clock(at) {
  const date = new Date(at);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/**
 * Time since then, in words.
 *
 * @param {number} at
 */
export function ago(at) {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  if (seconds < 2) return "now";
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

/** @param {number | undefined} ms */
export function duration(ms) {
  if (ms === undefined) return "–";
  if (ms < 10) return `${Math.round(ms * 10) / 10} ms`;
  if (ms < 10_000) return `${Math.round(ms)} ms`;
  return `${Math.round(ms / 100) / 10} s`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 100) / 10} kB`;
  return `${Math.round(bytes / 100_000) / 10} MB`;
}

/**
 * JSON as people read it; any other text as it is.
 *
 * @param {string} text
 */
export function pretty(text) {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    // It was cut off, or only begins like JSON.
    return text;
  }
}

/** @param {string} argument */
const quoted = (argument) => `'${argument.replaceAll("'", "'\\''")}'`;

/**
 * A command that sends a request.
 *
 * @param {{ url: string, method: string, headers: readonly (readonly [string, string])[], body: string }} request
 */
export function curlOf({ url, method, headers, body }) {
  const own = /^(host|connection|content-length|accept-encoding|user-agent|accept|sec-fetch-.*|x-amzn-trace-id)$/i;
  const given = headers.filter(([name]) => !own.test(name)).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const parts = ["curl", ...(method === "GET" ? [] : [`-X ${method}`]), quoted(url), ...given];
  return [...parts, ...(body === "" ? [] : [`-d ${quoted(body)}`])].join(" ");
}
