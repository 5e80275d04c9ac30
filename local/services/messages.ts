import type { TimeLimits } from "../lib/http-server";
import type { InvocationResult } from "../lib/invocation";
import type { ServiceEvent, ServicesConfiguration } from "./configuration";
import type { StreamPage } from "./dynamodb/stream-reading";
import type { LinesQuery, LogLine } from "./logs/log-lines";
import type { ServiceCall } from "./service-call";
import type { MessageAttribute, ReceivedMessage } from "./sqs/queue";

/** Calls that Lambda itself makes with a function's role: pollers of queues and streams, destinations of failures. */
export type PlatformCall =
  /** Decrypts variables that a customer managed key encrypts: only the permission is checked. */
  | { readonly kind: "decryptVariables"; readonly keyArn: string }
  | { readonly kind: "receive"; readonly queueArn: string; readonly most: number; readonly waitMs: number }
  /** Deletes messages, or gives them back unseen. */
  | { readonly kind: "delete" | "release"; readonly queueArn: string; readonly receiptHandles: readonly string[] }
  | { readonly kind: "readStream"; readonly streamArn: string; readonly from: number; readonly limit: number }
  | {
      readonly kind: "deliver";
      readonly targetArn: string;
      readonly body: string;
      readonly attributes: Readonly<Record<string, MessageAttribute>>;
      /** Of a FIFO queue. */
      readonly groupId?: string;
    };

/** Result of a call. */
export interface PlatformResult {
  /** Of a receive. */
  readonly messages?: readonly ReceivedMessage[];
  /** Of a stream that was read. */
  readonly page?: StreamPage;
}

/** To the services' thread. */
export type ToServices =
  | { readonly type: "configure"; readonly id: number; readonly configuration: ServicesConfiguration }
  | {
      readonly type: "call";
      readonly id: number;
      readonly functionArn: string;
      readonly call: PlatformCall;
    }
  | {
      readonly type: "invoked";
      readonly id: number;
      readonly result?: InvocationResult | undefined;
      /** Why Lambda could not do it. */
      readonly failure?: string;
    }
  | { readonly type: "lines"; readonly id: number; readonly lines: readonly LogLine[] };

/** Why something was not done. */
export interface Problem {
  readonly message: string;
  /** `refused` would be refused again, by a policy or since what it is about is not there; `user` a person can put right. */
  readonly kind: "refused" | "user" | "fault";
  /** Of a refusal: the service's own word for it. */
  readonly code?: string;
  /** Of a fault. */
  readonly trace?: string | undefined;
}

/** From the services' thread. */
export type FromServices =
  | { readonly type: "listening"; readonly port: number }
  /** There will be no listening, for a reason that a person can put right. */
  | { readonly type: "refused"; readonly message: string }
  | {
      readonly type: "done";
      readonly id: number;
      readonly result?: PlatformResult;
      readonly problem?: Problem;
    }
  | {
      readonly type: "invoke";
      readonly id: number;
      readonly functionArn: string;
      readonly payload: string;
      readonly asynchronous: boolean;
      /** Of the request that led to it. */
      readonly traceHeader: string | undefined;
    }
  | { readonly type: "readLines"; readonly id: number; readonly query: LinesQuery }
  | { readonly type: "event"; readonly event: ServiceEvent }
  | { readonly type: "calls"; readonly calls: readonly ServiceCall[] };

/** Settings of the thread. */
export interface ServicesSettings {
  readonly folder: string;
  /** 0 for any. */
  readonly port: number;
  /** Further names by which the endpoint may be asked. */
  readonly hosts: readonly string[];
  readonly limits?: TimeLimits;
  /** Whether each call is reported. */
  readonly emitsCalls: boolean;
  /** Memory in which time stands still while a debugger stops a function, if one may. */
  readonly standstill: SharedArrayBuffer | undefined;
}
