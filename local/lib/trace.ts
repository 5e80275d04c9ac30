import { randomText } from "./random";

/** An X-Ray trace's root, which begins with the time. @param now - in milliseconds */
export function traceRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `1-${seconds}-${randomText(12, "hex")}`;
}

/** A well-formed tracing header's root. */
const root = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/;

/** The root that a tracing header names. */
export const rootIn = (header: string | undefined): string | undefined => header && root.exec(header)?.[1];
