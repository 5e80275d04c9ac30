/** A media type without its parameters, in lower case; undefined for a header that is not there or empty. */
export function mediaType(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const end = header.indexOf(";");
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase() || undefined;
}

/** The only media type of an Accept header that API Gateway reads. */
export function firstAccepted(header: string | undefined): string | undefined {
  const end = header?.indexOf(",") ?? -1;
  return mediaType(end < 0 ? header : header?.slice(0, end));
}

/** A test for the API's binary media types: exact ones, `image/*` and `*\/*`. */
export function binaryMatcher(types: readonly string[]): (type: string | undefined) => boolean {
  if (types.includes("*/*")) return () => true;
  // A star on the left means nothing, unless there is one on the right as well (recorded).
  const exact = new Set(types.filter((type) => !type.startsWith("*/")));
  const families = types.filter((type) => type.endsWith("/*")).map((type) => type.slice(0, -1));
  if (exact.size === 0) return () => false;
  return (type) => type !== undefined && (exact.has(type) || families.some((family) => type.startsWith(family)));
}
