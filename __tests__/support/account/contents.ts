import { Database } from "../../../local/services/dynamodb/database";

/** A version of an object; one without bytes says that it was deleted. */
export interface ObjectVersion {
  readonly id: string;
  readonly body: Buffer | undefined;
}

interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  enabled: boolean;
}

interface Subscription {
  readonly topic: string;
  readonly endpoint: string;
  /** Its ARN, once it is confirmed. */
  readonly arn: string | undefined;
}

interface FunctionState {
  /** The version that the alias `live` leads to. */
  live?: string;
  reservedConcurrency?: number;
}

interface LogLine {
  readonly timestamp: number;
  readonly message: string;
}

interface Datapoint {
  readonly metric: string;
  readonly dimension: string;
  readonly time: string;
  readonly value: number;
}

/** Contents of an account, in `us-east-1` unless a region is named. */
export interface Account {
  /** Bucket and key → versions, the newest last. */
  readonly objects: Map<string, ObjectVersion[]>;
  readonly apiKeys: ApiKey[];
  readonly subscriptions: Subscription[];
  readonly functions: Map<string, FunctionState>;
  /** Log group → lines; after its region, where that is another: `us-west-2 /aws/lambda/thing`. */
  readonly logs: Map<string, LogLine[]>;
  readonly exported: { readonly group: string; readonly from: number; readonly to: number; readonly bucket: string }[];
  readonly datapoints: Datapoint[];
  /** Parameter → values, the newest last, each with its time. */
  readonly parameters: Map<string, { readonly value: string; readonly since: Date }[]>;
  /** Deployment → how it stands. */
  readonly deployments: Map<string, string>;
  readonly database: Database;
  /** Table → what point-in-time recovery would bring back of it. */
  readonly recoverable: Map<string, readonly Record<string, unknown>[]>;
  /** Exports of tables, and their buckets. */
  readonly exports: { readonly table: string; readonly bucket: string }[];
  /** Servers to stop with it. */
  readonly stopping: (() => Promise<void>)[];
  /** Calls, in order. */
  readonly asked: { readonly service: string; readonly region: string }[];
}

export const emptyAccount = (): Account => ({
  objects: new Map(),
  apiKeys: [],
  subscriptions: [],
  functions: new Map(),
  logs: new Map(),
  exported: [],
  datapoints: [],
  parameters: new Map(),
  deployments: new Map(),
  database: new Database(),
  recoverable: new Map(),
  exports: [],
  stopping: [],
  asked: [],
});
