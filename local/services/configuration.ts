import type { Credentials } from "../iam/credentials";
import type { GrantedPermission, Rights } from "../iam/decision";
import type { Naming } from "../iam/missing-grant";
import type { ResourcePolicy } from "../iam/resource-policy";
import type { BucketDefinition } from "../read/bucket-definition";
import type { EventBuses } from "../read/event-bus-definition";
import type { FunctionDefinition } from "../read/function-definition";
import type { Key } from "../read/keys";
import type { LogGroup } from "../read/log-group-definition";
import type { Parameter } from "../read/parameter-definition";
import type { QueueDefinition } from "../read/queue-definition";
import type { TableDefinition } from "../read/table-definition";
import type { Topic } from "../read/topic-definition";

/** A function, or a role that a service has taken on, as the services know it: by its credentials, with its rights. */
export interface Principal extends Rights {
  readonly functionName: string;
  readonly functionArn: string;
  /** The name of its sessions. @default the function's name, as Lambda calls them */
  readonly sessionName?: string;
  readonly roleArn: string;
  readonly accountId: string;
  readonly region: string;
  /** Whether the stacks of all regions are reached by calls of any, as the person does who looks at them together. */
  readonly everywhere?: boolean;
  readonly credentials: Credentials;
  readonly naming: Naming;
}

/** Everything of the stacks that the services emulate. */
export interface ServicesConfiguration {
  readonly principals: readonly Principal[];
  readonly functions: readonly FunctionDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly logGroups: readonly LogGroup[];
  readonly parameters: readonly Parameter[];
  readonly topics: readonly Topic[];
  readonly queues: readonly QueueDefinition[];
  readonly events: EventBuses;
  readonly keys: readonly Key[];
  /** The policies of buckets, topics, queues, keys and functions that have one. */
  readonly policies: readonly ResourcePolicy[];
}

/** What a rule of a bus made of an event. */
export interface RuleOutcome {
  /** The rule's name. */
  readonly rule: string;
  /** Why it has nothing to do with the event; undefined where its pattern fits. */
  readonly unmet?: string;
  readonly targets: readonly TargetOutcome[];
}

/** What became of an event at a target of a rule. */
export interface TargetOutcome {
  readonly arn: string;
  readonly result: "delivered" | "dead letter" | "dropped";
  /** Why it did not take it. */
  readonly error?: string;
}

/** Events of the services. */
export type ServiceEvent =
  | {
      readonly event: "denial";
      /** The caller that was refused; a service (`sns.amazonaws.com`) where it called of its own right. */
      readonly function: string;
      readonly action: string;
      readonly resource: string;
      readonly explicit: boolean;
      /** Whether the role's permissions boundary said no. */
      readonly byBoundary?: true;
      /** The resource's policy that said no; without it and a boundary, the role did. */
      readonly policy?: Pick<ResourcePolicy, "kind" | "address">;
      /** The line to add to the stack, where one would help. */
      readonly grant?: string;
    }
  | ({ readonly event: "permission"; readonly function: string } & GrantedPermission)
  | {
      readonly event: "message";
      readonly topic: string;
      readonly subject?: string;
      readonly message: string;
      readonly to: readonly string[];
      /** Subscribers whose filter it does not fit, and in what. */
      readonly dropped: readonly { readonly to: string; readonly why: string }[];
    }
  /** An event that was put on a bus, and what its rules made of it. */
  | {
      readonly event: "busEvent";
      readonly bus: string;
      readonly id: string;
      readonly source: string;
      readonly detailType: string;
      /** As targets get it, in JSON. */
      readonly body: string;
      readonly rules: readonly RuleOutcome[];
      /** The root of the trace in which it was put. */
      readonly traceId?: string;
    }
  | { readonly event: "problem"; readonly message: string };
