import type { UsedUp } from "../lib/invocation";
import type { ThrownError } from "./environment/messages";
import type { MetricValue } from "./output-lines";
import type { Segment } from "./trace-daemon";

/** Output of functions, and results of their invocations. */
export type LambdaEvent =
  | {
      readonly event: "log";
      readonly function: string;
      readonly requestId?: string;
      readonly line: string /** Where it names places: with those of the sources. */;
      readonly mapped?: string;
    }
  | ({ readonly event: "metric"; readonly function: string } & MetricValue)
  /** It was refused a start, since something was used up. */
  | { readonly event: "throttle"; readonly function: string; readonly usedUp: UsedUp }
  /** A segment that a function sent to X-Ray, with its calls of AWS. */
  | { readonly event: "segment"; readonly segment: Segment }
  | {
      readonly event: "invocation";
      readonly function: string;
      readonly requestId: string;
      /** The trace that it is part of. */
      readonly traceId?: string;
      readonly durationMs: number;
      readonly initMs?: number;
      readonly memoryMb?: number;
      /** The error of the invocation, its trace mapped to the sources. */
      readonly error?: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace?: readonly string[];
      };
      /** A note for a person on Lambda's own reasons to end it. */
      readonly note?: string;
    }
  /** An error that a function caught, its trace mapped to the sources: its log lines leave out the message. */
  | { readonly event: "failure"; readonly function: string; readonly requestId?: string; readonly error: ThrownError };
