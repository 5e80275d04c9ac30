import { s3Limits } from "../../../aws/limits";
import { ServiceError, type ServiceRequest } from "../service";
import { invalidArgument } from "./errors";
import type { ObjectHead } from "./object-file";

/** The part that a request is about. @throws ServiceError where it is no number of one */
export function partNumberIn({ query }: ServiceRequest): number {
  const text = query.get("partNumber") ?? "";
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= s3Limits.parts) return number;
  const message = `Part number must be an integer between 1 and ${s3Limits.parts}, inclusive`;
  throw invalidArgument("partNumber", text, message);
}

/** Where a part lies in an object. */
interface Place {
  readonly first: number;
  readonly size: number;
  /** Number of parts, of an object that was uploaded in parts. */
  readonly of?: number;
}

/**
 * The part of an object that a read asks for by its number; what was put whole has one (S3 API reference, GetObject,
 * partNumber).
 *
 * @returns undefined where none is asked for
 * @throws ServiceError where the object has no such part, or the request asks for a range as well
 */
export function numberedPart(request: ServiceRequest, { size, upload }: ObjectHead): Place | undefined {
  if (!request.query.has("partNumber")) return undefined;
  const number = partNumberIn(request);
  if (request.headers.range !== undefined) {
    throw new ServiceError("InvalidRequest", "Cannot specify both Range header and partNumber query parameter");
  }
  const parts = upload?.parts ?? [[1, size] as const];
  const index = parts.findIndex(([own]) => own === number);
  const part = parts[index];
  if (!part) {
    throw new ServiceError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      status: 416,
      members: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  const first = parts.slice(0, index).reduce((sum, [, before]) => sum + before, 0);
  return { first, size: part[1], ...(upload ? { of: upload.parts.length } : {}) };
}
