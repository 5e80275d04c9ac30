import { randomText } from "../random";
import { rootIn, traceRoot } from "../trace";

/** An id as in the header x-amz-apigw-id. */
export const extendedId = (): string => randomText(11, "base64");

/** The tracing header to go on with: the caller's if it names a root, else a new one. */
export const traceHeader = (incoming: string | undefined, now: number): string =>
  incoming !== undefined && rootIn(incoming) !== undefined ? incoming : `Root=${traceRoot(now)}`;
