import type { ThrownError } from "./environment/messages";
import type { MetricValue } from "./output-lines";
import type { Segment } from "./trace-daemon";

/** What functions write, and how their invocations went. */
export type LambdaEvent =
  | {
      readonly event: "log";
      readonly function: string;
      readonly requestId?: string;
      readonly line: string /** Where it names places: with those of the sources. */;
      readonly mapped?: string;
    }
  | ({ readonly event: "metric"; readonly function: string } & MetricValue)
  /** It was refused a start, since all its environments that it may have were busy. */
  | { readonly event: "throttle"; readonly function: string }
  /** What a function sent to X-Ray: its part of a trace, with its calls of AWS. */
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
      /** What it failed with, its trace in the terms of the sources. */
      readonly error?: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace?: readonly string[];
      };
      /** What a person should know of Lambda's own reasons to end it. */
      readonly note?: string;
    }
  /** What a function caught, its traces in the terms of the sources: its log lines leave out the words. */
  | { readonly event: "failure"; readonly function: string; readonly requestId?: string; readonly error: ThrownError };
