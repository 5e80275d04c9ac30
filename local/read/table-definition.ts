import type { Arguments } from "./arguments";
import type { Graph, Resource } from "./graph";

/** A table as the stack declares it. */
export interface TableDefinition {
  readonly name: string;
  readonly arn: string;
  readonly timeToLiveAttribute: string | undefined;
  /** When its stream was enabled, as the stream's ARN says: AWS's clock is not known here. @default now */
  readonly streamLabel?: string;
  /** The input of CreateTable. */
  readonly create: { readonly TableName: string; readonly [setting: string]: unknown };
}

const keySchema = (block: Arguments) => [
  { AttributeName: block.text("hash_key"), KeyType: "HASH" },
  ...(block.has("range_key") ? [{ AttributeName: block.text("range_key"), KeyType: "RANGE" }] : []),
];

function index(block: Arguments, key: object): object {
  const more = block.texts("non_key_attributes");
  return {
    IndexName: block.text("name"),
    KeySchema: key,
    Projection: {
      ProjectionType: block.text("projection_type"),
      ...(more.length > 0 ? { NonKeyAttributes: more } : {}),
    },
  };
}

/** A local index has the table's partition key. */
const localKey = (block: Arguments, [partition]: ReturnType<typeof keySchema>) => [
  partition,
  { AttributeName: block.text("range_key"), KeyType: "RANGE" },
];

function definition(table: Resource): TableDefinition {
  table.refuse("import_table", "replica", "restore_source_name", "restore_source_table_arn");
  const ttl = table.block("ttl");
  const key = keySchema(table);
  const global = table.blocks("global_secondary_index").map((block) => index(block, keySchema(block)));
  const local = table.blocks("local_secondary_index").map((block) => index(block, localKey(block, key)));
  return {
    name: table.text("name"),
    arn: table.arn,
    timeToLiveAttribute: ttl?.flag("enabled") ? ttl.text("attribute_name") : undefined,
    ...(table.flag("stream_enabled") ? { streamLabel: table.computed("stream_label") } : {}),
    create: {
      TableName: table.text("name"),
      AttributeDefinitions: table
        .blocks("attribute")
        .map((block) => ({ AttributeName: block.text("name"), AttributeType: block.text("type") })),
      KeySchema: key,
      // Capacity is the cloud's matter: locally nothing is throttled.
      BillingMode: "PAY_PER_REQUEST",
      ...(table.flag("stream_enabled")
        ? { StreamSpecification: { StreamEnabled: true, StreamViewType: table.text("stream_view_type") } }
        : {}),
      ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
      ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
    },
  };
}

/** The tables of a stack. */
export const tablesOf = (graph: Graph): readonly TableDefinition[] => graph.all("aws_dynamodb_table").map(definition);
