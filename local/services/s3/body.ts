import { ServiceError, type ServiceRequest } from "../service";

/** Takes apart `aws-chunked`: chunks of hexadecimal length, each with an optional signature, then trailers. */
function unchunked(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, end).toString("latin1"), 16);
    if (end < 0 || Number.isNaN(size)) throw new ServiceError("IncompleteBody", "the body's chunks are malformed");
    if (size === 0) break;
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(chunks);
}

/** The bytes of the object that a request puts. */
export function objectBody({ headers, body }: ServiceRequest): Buffer {
  const isChunked = String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-");
  return isChunked ? unchunked(body) : body;
}
