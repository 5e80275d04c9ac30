import { execFileSync } from "node:child_process";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { Database } from "../local/services/dynamodb/database";
import { execute } from "../local/services/dynamodb/operations";
import { inputOf } from "../local/services/json-protocol";
import { atMost, median, print } from "./table";

const TableName = "bench";
const text = { S: "x".repeat(950) };

function filledDatabase(items: number): Database {
  const database = new Database();
  const { input } = new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: "id", KeyType: "HASH" },
      { AttributeName: "n", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "n", AttributeType: "N" },
    ],
  });
  execute(database, "CreateTable", { ...input });
  for (let n = 0; n < items; n += 1)
    execute(database, "PutItem", { TableName, Item: { id: { S: "one" }, n: { N: String(n) }, text } });
  return database;
}

/**
 * Microseconds of the processor that an operation takes, from a request's bytes to its answer's JSON: in the middle of
 * ten turns.
 */
function cost(database: Database, operation: string, input: object, times: number): number {
  const body = Buffer.from(JSON.stringify(input));
  const turn = (): number => {
    const before = process.cpuUsage();
    for (let at = 0; at < times; at += 1) execute(database, operation, inputOf({ body }));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  };
  // Of eleven, the first is the warm-up.
  return median(Array.from({ length: 11 }, turn).slice(1));
}

/** Time of reads without HTTP. */
export function benchInProcess(): void {
  const database = filledDatabase(100);
  const get = { TableName, Key: { id: { S: "one" }, n: { N: "7" } } };
  const query = {
    TableName,
    KeyConditionExpression: "id = :id",
    ExpressionAttributeValues: { ":id": { S: "one" } },
  };
  print("the database in process (median of 10)", [
    atMost("GetItem of 1 KB", cost(database, "GetItem", get, 20_000), [20, "µs"]),
    atMost("Query for 100 items of 1 KB", cost(database, "Query", query, 1000) / 1000, [1, "ms"]),
  ]);
}

/** Time of a GetItem apart from its server: signature and permissions are checked by the services alone. */
export function benchGetItem(): void {
  const said = execFileSync(process.execPath, ["run.js", "bench/fixtures/get-item-cpu.ts"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { bare, alone, services } = JSON.parse(said) as Readonly<Record<"bare" | "alone" | "services", number>>;
  const row = (what: string, micros: number, more: string) => ({
    what,
    measured: `${micros.toFixed(1)} µs`,
    bar: more,
  });
  print("a GetItem of 1 KB over HTTP, of the processor (median of 5, in turn)", [
    row("a server that knows the answer", bare, ""),
    row("the database alone", alone, `${(alone / bare).toFixed(2)} ×`),
    row("the services, which check it", services, `${(services / bare).toFixed(2)} ×`),
  ]);
}
