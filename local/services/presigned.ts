import type { IncomingHttpHeaders } from "node:http";
import { s3Limits } from "../../aws/limits";
import { ServiceError } from "./service";
import type { Claim } from "./signature";
import { instantOf, skewMs } from "./signing-time";

const denied = (message: string, members: Readonly<Record<string, string>> = {}) =>
  new ServiceError("AccessDenied", message, { status: 403, members });

function checkLifetime(signedAt: number, seconds: number): void {
  if (!(seconds >= 0 && seconds <= s3Limits.presignedSeconds)) {
    const rule = "X-Amz-Expires must be a number of seconds, at most a week (604800)";
    throw new ServiceError("AuthorizationQueryParametersError", rule);
  }
  const now = Date.now();
  const expires = signedAt + seconds * 1000;
  if (now + skewMs < signedAt) throw denied("Request is not yet valid");
  if (now < expires) return;
  const times = Number.isNaN(expires) ? {} : { Expires: new Date(expires).toISOString() };
  throw denied("Request has expired", {
    "X-Amz-Expires": String(seconds),
    ...times,
    ServerTime: new Date(now).toISOString(),
  });
}

/**
 * Checks a presigned URL: that it has not expired, and that no unsigned headers were added.
 *
 * @throws ServiceError in S3's words
 */
export function checkPresigned({ presignedSeconds, time, signedHeaders }: Claim, headers: IncomingHttpHeaders): void {
  if (presignedSeconds === undefined) return;
  checkLifetime(instantOf(time), presignedSeconds);
  const added = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signedHeaders.includes(name));
  if (added.length === 0) return;
  const message = "There were headers present in the request which were not signed";
  throw denied(message, { HeadersNotSigned: added.join(", ") });
}
