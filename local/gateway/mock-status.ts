/** Names without quotes, and texts in single ones: what is no JSON, and taken all the same (the first is recorded). */
const bareName = /([{,]\s*)([A-Za-z_]\w*)(\s*:)/g;
const singleQuoted = /'([^'"\\]*)'/g;

const seen = new Map<string, number | undefined>();
const mostSeen = 1_000;

/** The number that a mock's rendered template gives as statusCode; undefined if it gives none. */
export function mockStatus(rendered: string): number | undefined {
  if (seen.has(rendered)) return seen.get(rendered);
  const status = read(rendered) ?? read(rendered.replace(singleQuoted, '"$1"').replace(bareName, '$1"$2"$3'));
  // Templates rarely give more than a few different texts.
  if (seen.size >= mostSeen || rendered.length > 1_000) seen.clear();
  if (rendered.length <= 1_000) seen.set(rendered, status);
  return status;
}

function read(json: string): number | undefined {
  try {
    const { statusCode } = (JSON.parse(json) ?? {}) as { statusCode?: unknown };
    return typeof statusCode === "number" ? statusCode : undefined;
  } catch {
    return undefined;
  }
}
