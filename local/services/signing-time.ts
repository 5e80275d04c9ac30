import { ServiceError } from "./service";
import type { Claim } from "./signature";

/** Largest difference between a signer's clock and the server's. */
export const skewMs = 15 * 60 * 1000;

/** The instant in `20260131T120000Z`. */
export function instantOf(time: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** @throws ServiceError when a request was signed so long ago, or ahead, that somebody may only repeat it */
export function checkTime({ service, time, presignedSeconds }: Claim): void {
  if (presignedSeconds !== undefined || Math.abs(Date.now() - instantOf(time)) <= skewMs) return;
  const [code, message] =
    service === "s3"
      ? ["RequestTimeTooSkewed", "The difference between the request time and the current time is too large."]
      : ["InvalidSignatureException", `Signature expired: ${time} is not within 15 minutes of the current time.`];
  throw new ServiceError(code, message, { status: 403 });
}
