import { randomText } from "../../lib/random";
import { rootIn, traceRoot } from "../../lib/trace";

/** An id as in the header x-amz-apigw-id. */
export const extendedId = (): string => randomText(11, "base64");

const parent = /;\s*Parent=/i;

/** The trace header of an answer: with the caller's parent, or one of the gateway's own (recorded). */
export const answeredTrace = (header: string): string =>
  parent.test(header) ? header : `Root=${rootIn(header)};Parent=${randomText(8, "hex")};Sampled=0`;

/** The tracing header to go on with: the caller's if it names a root, else a new one. */
export const traceHeader = (incoming: string | undefined, now: number): string =>
  incoming !== undefined && rootIn(incoming) !== undefined ? incoming : `Root=${traceRoot(now)}`;
