/** Names without quotes, and texts in single ones. */
const bareName = /([{,]\s*)([A-Za-z_]\w*)(\s*:)/g;
const singleQuoted = /'([^'"\\]*)'/g;
const object = /^\s*\{([\s\S]*)\}\s*$/;
const closedBy: Readonly<Record<string, string>> = { "'": "'", '"': '"', "[": "]", "{": "}" };

/** Whether a text that opens with a quote or a bracket ends with its counterpart. */
function closed(text: string): boolean {
  const end = closedBy[text.charAt(0)];
  return end === undefined || (text.length > 1 && text.endsWith(end));
}

/**
 * The whole number that a mock's rendered template gives as statusCode; undefined if it gives none. API Gateway takes
 * more than JSON: names without quotes (recorded), texts in single quotes, commas too many, missing values.
 */
export function mockStatus(rendered: string): number | undefined {
  const status =
    member(rendered) ?? member(rendered.replace(singleQuoted, '"$1"').replace(bareName, '$1"$2"$3')) ?? pairs(rendered);
  return Number.isInteger(status) ? (status as number) : undefined;
}

function member(json: string): unknown {
  try {
    return (JSON.parse(json) as { statusCode?: unknown } | null)?.statusCode;
  } catch {
    return undefined;
  }
}

/** Reads what is no JSON with any quotes: pair by pair, each of them having a colon and closed quotes and brackets. */
function pairs(rendered: string): number | undefined {
  const [, inner = ""] = object.exec(rendered) ?? [];
  let status: number | undefined;
  for (const pair of inner.split(",")) {
    if (pair.trim() === "") continue;
    const colon = pair.indexOf(":");
    const [name, value] = [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
    if (colon < 0 || "[{".includes(name.charAt(0) || " ") || !closed(name) || !closed(value)) return undefined;
    if (/^(['"]?)statusCode\1$/.test(name)) status = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
  }
  return status;
}
