import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Construct } from "constructs";
import {
  actionOf,
  actionOfPart,
  enclosingOperation,
  type ItemOperation,
  type SingleOperation,
  type TransactionPart,
  transactionOf,
} from "../../aws/item-operations";
import { lambdaLimits } from "../../aws/limits";
import type { Conditions } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import type { Queue } from "../events/queue";
import type { Metric } from "../observability/metric";
import { StackContext } from "../synth/stack-context";
import { between, validate } from "../synth/validation";
import { adopt, restoredTableRules } from "./restored-table";
import { type Capacity, TableAutoscaling } from "./table-autoscaling";
import {
  type GlobalIndex,
  type KeyType,
  keyArguments,
  keyAttributes,
  keyRules,
  type LocalIndex,
  type TableKeys,
} from "./table-keys";

type StreamView = "KEYS_ONLY" | "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES";

/** How a table's changes are given to a function. */
export interface StreamProps {
  /** Takes word of the changes that the function fails on for good: where they are in the stream, which has them for a day. */
  readonly onFailure: Queue;
  /**
   * View type of the changes that the function receives. @default that of the table's stream, or "NEW_AND_OLD_IMAGES"
   */
  readonly view?: StreamView;
  /** Changes of one invocation at most, up to 10,000. @default 100 */
  readonly batchSize?: number;
  /** How long a batch waits for more changes, up to 300. @default 0 */
  readonly windowSeconds?: number;
  /** Whether a batch that fails is tried again in halves, until what fails is alone. @default true */
  readonly bisect?: boolean;
  /** How often what fails is tried again, which all later changes wait for, 0–10,000. @default 10 */
  readonly retryAttempts?: number;
}

export interface TableProps<Index extends string> {
  /** The attribute whose value decides where an item lies. */
  readonly partitionKey: string;
  /** The attribute that orders the items of a partition. @default none: a partition is one item */
  readonly sortKey?: string;
  /** The types of those key attributes, of the table and of indexes, that are no strings: `{ height: "N" }`. @default strings */
  readonly attributeTypes?: Readonly<Record<string, KeyType>>;
  /** Global secondary indexes: at most 20, which can be made and deleted at any time. @default none */
  readonly indexes?: { readonly [Name in Index]?: GlobalIndex };
  /**
   * Local secondary indexes: at most 5, of a table with a sort key, made with the table or never. All items of a partition
   * with what is in its local indexes are 10 GB at most. @default none
   */
  readonly localIndexes?: { readonly [Name in Index]?: LocalIndex };
  /** Its name in DynamoDB. @default made of stack and path: `records-dev-records` */
  readonly name?: string;
  /** The attribute with the time, in seconds since 1970, after which an item may go. @default items stay */
  readonly timeToLiveAttribute?: string;
  /** The view type of the DynamoDB stream, whose records are kept for a day. @default no stream */
  readonly stream?: StreamView;
  /** Provisioned capacity that scales by itself. @default on demand */
  readonly capacity?: Capacity;
}

/** What is allowed on the table, or on a resource below its ARN. */
interface Grant {
  /** The calls, as metrics distinguish them. */
  readonly operations: readonly ItemOperation[];
  /** What IAM asks for: `dynamodb:GetItem`. */
  readonly actions: readonly string[];
  /** `/index/byColour` @default the table itself */
  readonly part?: string;
  readonly conditions?: Conditions;
}

const billing = (capacity: Capacity | undefined) =>
  capacity
    ? {
        billingMode: "PROVISIONED",
        readCapacity: capacity.minimum,
        writeCapacity: capacity.minimum,
        // Autoscaling changes them: what it has set is not to be taken back by the next apply.
        lifecycle: { ignoreChanges: ["read_capacity", "write_capacity"] },
      }
    : { billingMode: "PAY_PER_REQUEST" };

/**
 * A DynamoDB table: encrypted with the AWS-managed key, restorable to any second of the last 35 days.
 *
 * @example
 * const things = new Table(this, "things", {
 *   partitionKey: "thingId",
 *   indexes: { byColour: { partitionKey: "colour", sortKey: "height", projection: ["name"] } },
 *   attributeTypes: { height: "N" },
 * });
 * things.grant(getThing, "GetItem", "PutItem");
 * things.grantIndex(getThing, "byColour", "Query");
 */
export class Table<Index extends string = never> extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly resource: DynamodbTable;
  private readonly operations = new Set<ItemOperation>();
  /** Those that have metrics of their own. */
  private readonly globalIndexes: readonly string[];
  private readonly literalName: string;
  private readonly readers: NodeFunction[] = [];
  private view: StreamView | undefined;
  /** The table that versions which still serve work on. */
  private readonly formerArn: string | undefined;

  constructor(scope: Construct, id: string, props: TableProps<Index>) {
    super(scope, id);
    const { partitionKey, sortKey, attributeTypes = {}, indexes = {}, localIndexes = {} } = props;
    const { timeToLiveAttribute, stream, capacity } = props;
    const stack = StackContext.of(this);
    const ownName = props.name ?? stack.nameOf(this);
    const restored = stack.restoredTable(ownName);
    const name = restored?.name ?? ownName;
    this.literalName = name;
    const keys: TableKeys = {
      partitionKey,
      sortKey,
      attributeTypes,
      globalIndexes: Object.entries<GlobalIndex>(indexes),
      localIndexes: Object.entries<LocalIndex>(localIndexes),
    };
    this.resource = new DynamodbTable(this, "Default", {
      name,
      ...billing(capacity),
      ...keyArguments(keys),
      ...(timeToLiveAttribute ? { ttl: { enabled: true, attributeName: timeToLiveAttribute } } : {}),
      ...(stream ? { streamEnabled: true, streamViewType: stream } : {}),
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: stack.environment.deletionProtection,
    });
    this.view = stream;
    this.globalIndexes = keys.globalIndexes.map(([index]) => index);
    if (restored) adopt(this.resource, ownName, restored);
    this.name = this.resource.name;
    this.arn = this.resource.arn;
    this.formerArn = restored?.formerInUse ? stack.arn("dynamodb", `table/${restored.former ?? ownName}`) : undefined;
    if (capacity) new TableAutoscaling(this, "autoscaling", { table: this.resource, capacity });
    validate(this, () => [
      ...keyRules(keys),
      ...(restored ? restoredTableRules(stack, ownName, restored) : []),
      [
        capacity === undefined || this.globalIndexes.length === 0,
        `capacity must not be set on a table with indexes, whose own capacity Terraform would reset, got indexes ${this.globalIndexes.join(", ")}; remove one or the other`,
      ],
      [
        timeToLiveAttribute === undefined || !keyAttributes(keys).includes(timeToLiveAttribute),
        `timeToLiveAttribute must not be a key, got ${timeToLiveAttribute}; name another attribute`,
      ],
    ]);
  }

  /**
   * Lets a function make these calls on the table itself; indexes stay closed. `Scan` reads every item to find some, and
   * with every item it gets slower and dearer: a key or an index that answers the question costs what it answers.
   */
  grant(grantee: NodeFunction, ...operations: SingleOperation[]): void {
    this.allow(grantee, { operations, actions: operations.map(actionOf) });
  }

  /** Lets a function read an index; the table stays closed. `Scan` reads all of it, as of a table. */
  grantIndex(grantee: NodeFunction, index: Index, ...operations: ("Query" | "Scan")[]): void {
    this.allow(grantee, { operations, actions: operations.map(actionOf), part: `/index/${index}` });
  }

  /**
   * Lets a function do this to the table's items in a transaction (`Get` in `TransactGetItems`, all else in
   * `TransactWriteItems`), and not alone. A transaction over several tables takes the right on each.
   */
  grantTransaction(grantee: NodeFunction, ...parts: TransactionPart[]): void {
    for (const operation of new Set(parts.map(transactionOf))) {
      const own = parts.filter((part) => transactionOf(part) === operation);
      const actions = own.map((part) => actionOfPart(operation, part));
      const conditions = { "ForAnyValue:StringEquals": { [enclosingOperation]: [operation] } };
      this.allow(grantee, { operations: [operation], actions, conditions });
    }
  }

  /** Lets those versions of a function that still serve query indexes that the next one does without. */
  grantFormerIndexes(grantee: NodeFunction, indexes: readonly Index[], operation: "Query"): void {
    for (const index of indexes) this.grantIndex(grantee, index, operation);
  }

  /**
   * Gives each change of an item to a function, in batches, in the order in which they were made, with the right to read them.
   * The function names what failed (`handleChanges`); later changes wait for it.
   */
  stream(fn: NodeFunction, props: StreamProps): void {
    const { onFailure, view = this.view ?? "NEW_AND_OLD_IMAGES", batchSize = 100, windowSeconds = 0 } = props;
    const { bisect = true, retryAttempts = 10 } = props;
    const known = this.view ?? view;
    this.view = known;
    this.readers.push(fn);
    this.resource.streamEnabled = true;
    this.resource.streamViewType = known;
    const { streamArn } = this.resource;
    const actions = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
    // Lambda does both with the function's role.
    fn.allow({ actions: actions.map((action) => `dynamodb:${action}`), resources: [streamArn] });
    fn.allow({ actions: ["sqs:SendMessage"], resources: [onFailure.arn] });
    onFailure.takesFailures(`the changes of ${this.node.id}`);
    new LambdaEventSourceMapping(this, `stream-to-${fn.node.id}`, {
      eventSourceArn: streamArn,
      functionName: fn.live.resource.arn,
      // What was changed before the function was there is not passed over.
      startingPosition: "TRIM_HORIZON",
      batchSize,
      ...(windowSeconds > 0 ? { maximumBatchingWindowInSeconds: windowSeconds } : {}),
      bisectBatchOnFunctionError: bisect,
      maximumRetryAttempts: retryAttempts,
      functionResponseTypes: ["ReportBatchItemFailures"],
      destinationConfig: { onFailure: { destinationArn: onFailure.arn } },
    });
    validate(this, () => [
      between("batchSize", batchSize, lambdaLimits.streamBatchSize),
      between("windowSeconds", windowSeconds, lambdaLimits.batchWindowSeconds),
      between("retryAttempts", retryAttempts, lambdaLimits.streamRetryAttempts),
      [known === view, `view must be what the table's stream says already, ${known}, got ${view}; change one of them`],
      [!onFailure.isFifo, "onFailure must be a standard queue, got a FIFO queue; leave fifo out"],
      // DynamoDB developer guide, "Change data capture for DynamoDB Streams": no more than two readers of a shard.
      [
        this.readers.length <= 2,
        `a stream must be given to at most two functions, got ${this.readers.length}; have one of them do both, or publish to a topic`,
      ],
    ]);
  }

  /** Requests that DynamoDB turned away, by whatever operation is granted (AWS/DynamoDB). */
  throttleMetrics(): Metric[] {
    return this.operationMetrics("ThrottledRequests");
  }

  /** Requests that failed inside DynamoDB, by whatever operation is granted (AWS/DynamoDB). */
  systemErrorMetrics(): Metric[] {
    return this.operationMetrics("SystemErrors");
  }

  /** Capacity used up by reads or writes, of the table and of each index: what they cost (AWS/DynamoDB). */
  consumedMetrics(kind: "Read" | "Write"): Metric[] {
    return this.partMetrics(`Consumed${kind}CapacityUnits`, `${kind} units`);
  }

  /** Reads and writes that were turned away, of the table and of each index (AWS/DynamoDB). */
  throttledPartMetrics(): Metric[] {
    return (["Read", "Write"] as const).flatMap((kind) => this.partMetrics(`${kind}ThrottleEvents`, `${kind}s`));
  }

  private allow(grantee: NodeFunction, grant: Grant): void {
    const { operations, actions, part = "", conditions } = grant;
    for (const operation of operations) this.operations.add(operation);
    const arns = this.formerArn ? [this.arn, this.formerArn] : [this.arn];
    grantee.allow({
      actions,
      resources: arns.map((arn) => `${arn}${part}`),
      ...(conditions ? { conditions } : {}),
    });
  }

  private partMetrics(name: string, label: string): Metric[] {
    const table = { TableName: this.literalName };
    const metric = (dimensions: Record<string, string>, of: string): Metric => ({
      namespace: "AWS/DynamoDB",
      name,
      dimensions,
      statistic: "Sum",
      label: of,
    });
    return [
      metric(table, label),
      ...this.globalIndexes.map((index) =>
        metric({ ...table, GlobalSecondaryIndexName: index }, `${label} of ${index}`),
      ),
    ];
  }

  private operationMetrics(name: string): Metric[] {
    const TableName = this.literalName;
    return [...this.operations].sort().map((operation) => ({
      namespace: "AWS/DynamoDB",
      name,
      dimensions: { TableName, Operation: operation },
      statistic: "Sum",
      label: operation,
    }));
  }
}
