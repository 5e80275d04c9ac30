import { ServiceError, type ServiceRequest, type ServiceResponse } from "../service";
import { preconditionFailed } from "./errors";
import type { ObjectHead } from "./object-file";

const unquoted = (etag: string): string => etag.replace(/^"|"$/g, "");

/** Whether a condition's entity tags, with quotes or without, have one among them; `*` is any. */
export const isAmong = (etag: string, header: string): boolean =>
  header === "*" || header.split(",").some((each) => unquoted(each.trim()) === unquoted(etag));

/**
 * Checks the conditions of a read: an ETag takes precedence over a date.
 *
 * @returns whether the reader has it already
 * @throws ServiceError `PreconditionFailed`
 */
export function isUnchanged({ headers }: Pick<ServiceRequest, "headers">, { etag, lastModified }: ObjectHead): boolean {
  const { "if-match": match, "if-none-match": noneMatch } = headers;
  const [since, notSince] = [headers["if-modified-since"], headers["if-unmodified-since"]];
  // Dates in headers know no milliseconds.
  const modified = Math.floor(Date.parse(lastModified) / 1000) * 1000;
  if (match !== undefined && !isAmong(etag, match)) throw preconditionFailed("If-Match");
  if (match === undefined && notSince !== undefined && modified > Date.parse(notSince))
    throw preconditionFailed("If-Unmodified-Since");
  if (noneMatch !== undefined) return isAmong(etag, noneMatch);
  return since !== undefined && modified <= Date.parse(since);
}

/** First and last byte that are asked for; nothing where the header asks for none or for several parts. */
export function rangeIn(header: string | undefined, size: number): readonly [number, number] | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (from === "") return [Math.max(0, size - Number(to)), size - 1];
  if (to !== "" && Number(to) < Number(from)) return undefined;
  return [Number(from), Math.min(to === "" ? size : Number(to), size - 1)];
}

/** The part of an object that is asked for. @throws ServiceError `InvalidRange` when it has none of it */
export function partOf(body: Buffer, header: string | undefined): Pick<ServiceResponse, "status" | "body" | "headers"> {
  const range = rangeIn(header, body.length);
  if (!range) return { status: 200, body };
  const [first, last] = range;
  if (first > last) {
    throw new ServiceError("InvalidRange", "The requested range is not satisfiable", {
      status: 416,
      members: { RangeRequested: header ?? "", ActualObjectSize: String(body.length) },
    });
  }
  const part = body.subarray(first, last + 1);
  const headers = { "Content-Range": `bytes ${first}-${last}/${body.length}`, "Content-Length": String(part.length) };
  return { status: 206, body: part, headers };
}

/** Whether a header can carry it: Latin-1 without control characters. */
export const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text);

const overrides = /^response-(content-(type|language|disposition|encoding)|expires|cache-control)$/;

/**
 * Headers that a URL asks for in place of those that were stored: `response-content-type`.
 *
 * @throws ServiceError `InvalidArgument` for what no header can carry
 */
export function overridden({ query }: ServiceRequest): Record<string, string> {
  const pairs = [...query].filter(([name]) => overrides.test(name));
  const [ArgumentName, ArgumentValue = ""] = pairs.find(([, value]) => !isHeaderValue(value)) ?? [];
  if (ArgumentName !== undefined) {
    const message = "Header value cannot be represented using ISO-8859-1.";
    throw new ServiceError("InvalidArgument", message, { members: { ArgumentName, ArgumentValue } });
  }
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice("response-".length), value]));
}
