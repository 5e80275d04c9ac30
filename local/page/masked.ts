/** Shown in place of a secret. */
export const mask = "••••••••";

const secretNames =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|apikey)$|secret|token|password|passwd|credential|signature|private.?key/i;

/** Whether what has this name is for nobody's eyes. Cursors and idempotency keys are no secrets of anybody. */
export const isSecret = (name: string): boolean => secretNames.test(name);

export type Headers = readonly (readonly [name: string, value: string])[];

/** Names and values in turn, as pairs. */
export function pairsOf(raw: readonly string[]): Headers {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []));
}

export const maskedHeaders = (headers: Headers): Headers =>
  headers.map(([name, value]) => [name, isSecret(name) ? mask : value]);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function maskedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedValue);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecret(name) && member !== null ? mask : maskedValue(member),
    ]),
  );
}

/** A JSON text with the values of secret members masked, at whatever depth; the same text where there is none. */
export function maskedText(text: string): string {
  if (!secretNames.source || !/secret|token|passw|credential|signature|key|cookie|auth/i.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    const masked = JSON.stringify(maskedValue(value));
    return masked === JSON.stringify(value) ? text : masked;
  } catch {
    // No JSON, or cut off: its members can't be distinguished, so what follows a secret's name goes.
    return text.replace(
      /("[^"]*(?:secret|token|password|passwd|credential|signature|private.?key)[^"]*"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\]]*)/gi,
      `$1"${mask}"`,
    );
  }
}

/** A query with what is secret in it masked. */
export const maskedQuery = (query: string): string =>
  query.replace(/([^&=]+)=([^&]*)/g, (whole, name: string) => (isSecret(name) ? `${name}=${mask}` : whole));
