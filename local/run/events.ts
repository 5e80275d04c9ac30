import type { RequestEvent } from "../apigateway/request/request-event";
import type { PermissionUse } from "../iam/granted-permissions";
import type { LambdaEvent } from "../lambda/lambda-event";
import type { ServiceEvent } from "../services/configuration";
import type { OperatorAccess } from "./operator";

/** A client's API key, and what AWS calls it. */
export interface NamedKey {
  readonly name: string;
  readonly value: string;
}

/** One of the ways into a system. */
export interface Entrance {
  /** A stage's name, or `distribution`. */
  readonly name: string;
  readonly url: string;
  readonly apiKey: string | undefined;
  /** The keys of other clients. */
  readonly otherKeys: readonly NamedKey[];
}

/** A schedule, and when it is due next. */
export interface ReadySchedule {
  readonly name: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly target: string;
  /** In milliseconds since 1970; undefined when it is disabled or over. */
  readonly next?: number;
}

/** A system that answers. */
export interface ReadySystem {
  readonly system: string;
  /** With the stage: what comes before the path. */
  readonly url: string;
  readonly apiKey: string | undefined;
  /** A command that works as it is. */
  readonly curl: string | undefined;
  /** Every stage, and the distribution if there is one. */
  readonly entrances: readonly Entrance[];
  readonly notEmulated: readonly string[];
}

/** Every event that the runner emits; `--json` prints one a line. */
export type RunnerEvent =
  /** The page that shows what happens answers. */
  | { readonly event: "page"; readonly url: string }
  | {
      readonly event: "ready";
      readonly systems: readonly ReadySystem[];
      readonly schedules: readonly ReadySchedule[];
      readonly access: OperatorAccess;
      /** Address for a debugger, if one may attach. */
      readonly inspector?: string;
      readonly ms: number;
    }
  | ({ readonly event: "request"; readonly system: string } & RequestEvent)
  | { readonly event: "accessLog"; readonly system: string; readonly line: string }
  | LambdaEvent
  | Exclude<ServiceEvent, { event: "permission" }>
  /** A schedule's invocation, and what became of it. */
  | {
      readonly event: "schedule";
      readonly schedule: string;
      readonly target: string;
      /** When it was due, in milliseconds since 1970. */
      readonly scheduledAt: number;
      readonly result: "invoked" | "tried again" | "dead letter" | "dropped";
      readonly attempts: number;
      /** Why it was not invoked. */
      readonly error?: string;
    }
  /** Times at which a schedule was due while nothing ran. */
  | { readonly event: "missed"; readonly schedule: string; readonly count: number; readonly last: number }
  /** A file was touched; from now on calls of what it is part of wait for the build that has it. */
  | { readonly event: "edited"; readonly what: string }
  | { readonly event: "reloaded"; readonly what: string; readonly ms: number }
  | { readonly event: "grants"; readonly permissions: readonly PermissionUse[] };

export type Emit = (event: RunnerEvent) => void;
