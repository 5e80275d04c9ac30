import { ServiceError, type ServiceRequest } from "../service";

/** The bytes of an object, and what was said of them after them. */
interface Uploaded {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

const incomplete = () => new ServiceError("IncompleteBody", "The request body terminated unexpectedly");

function trailersIn(text: string): Record<string, string> {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
}

/** Takes apart `aws-chunked`: chunks of hexadecimal length, each with an optional signature, then trailers. */
function unchunked(body: Buffer): Uploaded {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.subarray(at, end).toString("latin1"), 16);
    if (end < 0 || !(size >= 0) || end + 2 + size > body.length) throw incomplete();
    const next = end + 2 + size;
    if (size === 0)
      return { body: Buffer.concat(chunks), trailers: trailersIn(body.subarray(next).toString("latin1")) };
    chunks.push(body.subarray(end + 2, next));
    at = next + 2;
  }
}

/** The body of an upload, before it was cut into chunks. */
export function uploaded({ headers, body }: ServiceRequest): Uploaded {
  if (!String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-")) return { body, trailers: {} };
  const whole = unchunked(body);
  const declared = headers["x-amz-decoded-content-length"];
  if (declared !== undefined && Number(declared) !== whole.body.length) throw incomplete();
  return whole;
}
