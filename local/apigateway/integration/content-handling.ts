import { isUtf8 } from "node:buffer";
import type { ContentHandling } from "../definition/integration-response-definition";

/** Linear in the length of the text, whatever stands in it. */
const base64 = /^[A-Za-z0-9+/\s]*(?:=\s*){0,2}$/;

/** The bytes that a text in base64 stands for; undefined for another text. */
export function decodeBase64(text: string): Buffer | undefined {
  return base64.test(text) ? Buffer.from(text, "base64") : undefined;
}

/** Bytes as text: what is no UTF-8 becomes replacement characters (recorded). */
const asText = (body: Buffer): Buffer => (isUtf8(body) ? body : Buffer.from(body.toString("utf8")));

const none = Buffer.alloc(0);

/**
 * A request's body as an integration gets it (developer guide, "Content type conversions in API Gateway", recorded).
 *
 * @returns undefined for a body that is to be binary, and is no base64
 */
export function convertRequest(body: Buffer = none, handling: ContentHandling, isBinary: boolean): Buffer | undefined {
  if (isBinary) return handling === "CONVERT_TO_TEXT" ? Buffer.from(body.toString("base64")) : body;
  return handling === "CONVERT_TO_BINARY" ? decodeBase64(body.toString("utf8")) : asText(body);
}

/** Whether the integration's response is of a binary media type, and whether the client accepts one. */
interface ResponseTypes {
  readonly isBinary: boolean;
  readonly acceptsBinary: boolean;
}

/**
 * An integration's response as a client gets it (the same, "API Gateway response content type conversions").
 *
 * @returns undefined for a body that is to be binary, and is no base64
 */
export function convertResponse(
  body: Buffer,
  handling: ContentHandling,
  { isBinary, acceptsBinary }: ResponseTypes,
): Buffer | undefined {
  const toText = handling === "CONVERT_TO_TEXT" || (handling === undefined && !acceptsBinary);
  if (isBinary) return toText ? Buffer.from(body.toString("base64")) : body;
  return toText ? asText(body) : decodeBase64(body.toString("utf8"));
}
