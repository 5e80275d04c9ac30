import type { FileSettings } from "./files/places";

/** Settings of a new environment. */
export interface EnvironmentSettings {
  /** The module's file. */
  readonly file: string;
  /** The name of its export. */
  readonly exportName: string;
  readonly functionName: string;
  readonly functionVersion: string;
  /** `nodejs24.x` */
  readonly runtime: string;
  readonly memoryMb: number;
  readonly logFormat: "JSON" | "Text";
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly files: FileSettings;
  /** Documents of the internet that this machine answers for the function: where, by their URLs. */
  readonly documents: Readonly<Record<string, string>>;
  /** A number that goes up as long as the thread comes round to it, whether a debugger has stopped it, events posted to it. */
  readonly state: SharedArrayBuffer;
  /** Memory in which time stands still while a debugger stops a function, if one may. */
  readonly standstill: SharedArrayBuffer | undefined;
}

/**
 * The version of Node.js that a function's runtime is of. From 24 on Lambda runs another program with the handler, which takes
 * no callbacks (Lambda developer guide, Define Lambda function handler in Node.js).
 */
export const runtimeVersion = ({ runtime }: EnvironmentSettings): number => Number(/\d+/.exec(runtime)?.[0] ?? 0);

/** One event for the function. */
export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: string;
  /** When the function's time is over, by the clock that all threads share. */
  readonly deadline: number;
  readonly traceId: string;
}

/** Outcome of a call of the handler. What streamed its answer has nothing more to say. */
export type Outcome = { readonly payload: string } | { readonly thrown: unknown };

/** An error as Lambda's answers carry it. */
export interface ErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** An error with all that it says, for a person. */
export interface ThrownError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
  /** Further members, as JSON. */
  readonly details?: string;
  readonly causes: readonly ThrownError[];
}

/** A message from an environment. `fatal` is the last one. */
export type EnvironmentMessage =
  | { readonly type: "ready"; readonly initMs: number }
  | { readonly type: "piece"; readonly bytes: Uint8Array }
  | { readonly type: "answered"; readonly payload: string; readonly memoryBytes: number }
  | { readonly type: "failed"; readonly error: ErrorPayload; readonly memoryBytes: number }
  | { readonly type: "fatal"; readonly error: ErrorPayload }
  | { readonly type: "outOfMemory" }
  | { readonly type: "failure"; readonly error: ThrownError; readonly requestId: string | undefined }
  | { readonly type: "output"; readonly text: string; readonly requestId: string | undefined };
