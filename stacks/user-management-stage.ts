import { Construct } from "constructs";
import { NodeFunction, type NodeFunctionProps } from "../constructs/compute/node-function";
import type { Bucket } from "../constructs/data/bucket";
import type { Secret } from "../constructs/data/secret";
import { Table } from "../constructs/data/table";
import { Queue } from "../constructs/events/queue";
import type { Graph } from "../constructs/observability/dashboard";
import { businessMetric, type Metric } from "../constructs/observability/metric";
import { StackContext } from "../constructs/synth/stack-context";

export interface UserManagementStageProps {
  readonly logBucket: Bucket;
  readonly logLevel: NonNullable<NodeFunctionProps["logLevel"]>;
  /** The secret that each request must carry. @default none */
  readonly originSecret?: Secret;
}

/** One stage's own resources in user-management: functions with their roles, table and queue. */
export class UserManagementStage extends Construct {
  readonly users: Table;
  /** The users that an import failed on for the last time. */
  readonly failedImports: Queue;
  readonly importUser: NodeFunction;
  /** The functions of the API's operations. */
  readonly handlers;
  private readonly settings: Omit<NodeFunctionProps, "entry">;
  /** The service in logs, metrics and activity, so that nobody mistakes one stage's for another's. */
  private readonly service: string;

  constructor(scope: Construct, id: string, { logBucket, logLevel, originSecret }: UserManagementStageProps) {
    super(scope, id);
    const service = `${StackContext.of(this).system}-${id}`;
    this.service = service;
    const origin = originSecret ? { ORIGIN_SECRET_PARAMETER: originSecret.parameterName } : {};
    this.settings = {
      memoryMb: 512,
      timeoutSeconds: 30,
      logLevel,
      environment: { POWERTOOLS_SERVICE_NAME: service },
    };
    this.users = new Table(this, "users", {
      partitionKey: "userId",
      sortKey: "createdDate",
      timeToLiveAttribute: "expiresAt",
    });
    this.failedImports = new Queue(this, "failed-imports");

    const inTable = { USERS_TABLE: this.users.name };
    const inBackground = { ...inTable, LOG_BUCKET: logBucket.name };
    const reads = { ...origin, ...inTable };
    const writes = { ...origin, ...inBackground };
    const createUser = this.fn("create-user", writes);
    const getUser = this.fn("get-user", reads);
    const replaceUser = this.fn("replace-user", writes);
    const deleteUser = this.fn("delete-user", writes);
    this.importUser = this.fn("import-user", { ...inBackground, FAILED_EVENTS_QUEUE_URL: this.failedImports.url });
    const importUsers = this.fn("import-users", { ...reads, IMPORT_FUNCTION: this.importUser.arn });
    const getImport = this.fn("get-import", reads);
    this.handlers = { createUser, getUser, replaceUser, deleteUser, importUsers, getImport };

    this.users.grant(createUser, "PutItem", "Query");
    this.users.grant(getUser, "Query");
    this.users.grant(replaceUser, "Query", "UpdateItem");
    this.users.grant(deleteUser, "PutItem", "Query");
    this.users.grant(this.importUser, "PutItem", "Query");
    this.users.grant(importUsers, "PutItem");
    this.users.grant(getImport, "Query");
    logBucket.grant(createUser, "PutObject", `activity/${service}/*`);
    logBucket.grant(replaceUser, "PutObject", `activity/${service}/*`);
    logBucket.grant(deleteUser, "PutObject", `activity/${service}/*`);
    logBucket.grant(this.importUser, "PutObject", `activity/${service}/*`);
    this.importUser.grantInvoke(importUsers);
    this.failedImports.collectFailures(this.importUser);
    originSecret?.grantRead(...Object.values(this.handlers));
  }

  get functions(): readonly NodeFunction[] {
    return [...Object.values(this.handlers), this.importUser];
  }

  /** A business metric of the stage's functions. */
  business(name: string): Metric {
    return businessMetric({ system: this.service, environment: StackContext.of(this).environment }, name);
  }

  /** A row about what the stage does for its clients. */
  graphs(): Graph[] {
    const counted = (...names: string[]) => names.map((name) => this.business(name));
    return [
      { title: `Users of ${this.node.id}`, metrics: counted("UsersCreated", "UsersUpdated", "UsersDeleted") },
      { title: `Imports of ${this.node.id}`, metrics: counted("UsersAccepted", "UsersImported") },
      { title: `Activity entries lost of ${this.node.id}`, metrics: counted("ActivityWriteFailed") },
    ];
  }

  private fn(id: string, environment: Readonly<Record<string, string>>): NodeFunction {
    return new NodeFunction(this, id, {
      ...this.settings,
      entry: `user-management/${id}.ts`,
      environment: { ...this.settings.environment, ...environment },
    });
  }
}
