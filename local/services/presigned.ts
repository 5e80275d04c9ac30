import type { IncomingHttpHeaders } from "node:http";
import { s3Limits } from "../../aws/limits";
import { ServiceError } from "./service";
import type { Claim } from "./signature";
import { instantOf, skewMs } from "./signing-time";

const denied = (message: string, members: Readonly<Record<string, string>> = {}) =>
  new ServiceError("AccessDenied", message, { status: 403, members });

/** What is wrong with the seconds for which a URL is to hold; undefined where nothing is. */
function wrongSeconds(seconds: number): string | undefined {
  const most = s3Limits.presignedSeconds;
  if (!Number.isInteger(seconds)) return "X-Amz-Expires should be a number";
  if (seconds < 0) return "X-Amz-Expires must be non-negative";
  if (seconds <= most) return undefined;
  return `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${most} seconds`;
}

const parameters = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"];

/** Checks that a presigned URL says all that it has to, and how long it is to hold, whoever signed it. @throws ServiceError in S3's words */
export function checkParameters({ presignedSeconds }: Claim, url: string): void {
  if (presignedSeconds === undefined) return;
  const query = new URLSearchParams(url.split("?")[1]);
  const isWhole = parameters.every((name) => query.has(`X-Amz-${name}`));
  const wrong = isWhole
    ? wrongSeconds(presignedSeconds)
    : "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
  if (wrong !== undefined) throw new ServiceError("AuthorizationQueryParametersError", wrong);
}

function checkLifetime(signedAt: number, seconds: number): void {
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
