import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putStart } from "../local/services/dynamodb/table-log";
import { benchGetItem, benchInProcess } from "./database-operations";
import { type DatabaseServer, startDatabases } from "./databases";
import { load } from "./load";
import { atLeast, atMost, median, print, type Row, yardstick } from "./table";

const settings = {
  TableName: "items",
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" },
    { AttributeName: "source", AttributeType: "S" },
    { AttributeName: "at", AttributeType: "N" },
  ],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    {
      IndexName: "bySource",
      KeySchema: [
        { AttributeName: "source", KeyType: "HASH" },
        { AttributeName: "at", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
  TableId: "items",
  TableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/items",
  CreationDateTime: 0,
};

/** A log of so many items of 200 bytes. */
function writeItems(path: string, count: number): void {
  const file = openSync(path, "w");
  writeSync(file, `${JSON.stringify({ table: "items", settings })}\n`);
  const start = putStart("items");
  const line = (at: number): string => {
    const item = {
      id: { S: `item-${(at * 7919) % count}` },
      source: { S: `source-${at % 1000}` },
      at: { N: String(1_700_000_000_000 + at) },
      text: { S: "x".repeat(150) },
    };
    return `${start}${JSON.stringify(item)}}\n`;
  };
  const together = 10_000;
  for (let at = 0; at < count; at += together)
    writeSync(file, Array.from({ length: together }, (_, more) => line(at + more)).join(""));
  closeSync(file);
}

/** Time and memory of a start with a million items. */
function benchStart(): void {
  const folder = mkdtempSync(join(tmpdir(), "terrace-database-"));
  const path = join(folder, "dynamodb.log");
  writeItems(path, 1_000_000);
  const output = execFileSync(process.execPath, ["run.js", "bench/fixtures/open-database.ts", path], {
    encoding: "utf8",
  });
  const { seconds, maxMb } = JSON.parse(output) as { readonly seconds: number; readonly maxMb: number };
  rmSync(folder, { recursive: true });
  print("a database of 1,000,000 items of 200 bytes with one index", [
    atMost("start", seconds, [6, "s"]),
    atMost("memory", maxMb, [800, "MB"]),
  ]);
}

const headersFor = (operation: string) => ({
  "Content-Type": "application/x-amz-json-1.0",
  "X-Amz-Target": `DynamoDB_20120810.${operation}`,
  "X-Amz-Date": "20260101T000000Z",
  Authorization:
    "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
});

const Item = { id: { S: "one" }, text: { S: "x".repeat(1000) } };
const operations = {
  GetItem: { TableName: "bench", Key: { id: Item.id } },
  PutItem: { TableName: "bench", Item },
};

const ask = (url: string, operation: keyof typeof operations, requests: number) =>
  load(url, requests, {
    connections: 16,
    headers: headersFor(operation),
    body: JSON.stringify(operations[operation]),
  });

async function createTable({ url }: DatabaseServer): Promise<void> {
  const table = {
    TableName: "bench",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  };
  await fetch(url, { method: "POST", headers: headersFor("CreateTable"), body: JSON.stringify(table) });
  // Until the table is active.
  for (let attempt = 0; attempt < 100; attempt += 1) if ((await ask(url, "PutItem", 1)).failed === 0) return;
  throw new Error(`${url} makes no table`);
}

/** Requests a second of each, in turns, so that what else the machine does falls on all. */
async function perSecond(servers: readonly DatabaseServer[], operation: keyof typeof operations) {
  const rounds = new Map(servers.map((server) => [server.name, [] as number[]]));
  for (const { url } of servers) await ask(url, operation, 10_000);
  for (let round = 0; round < 5; round += 1) {
    for (const { name, url } of servers) {
      const { perSecond: rate, failed } = await ask(url, operation, 8000);
      if (failed > 0) throw new Error(`${name}: ${failed} answers to ${operation} were no 200`);
      rounds.get(name)?.push(rate);
    }
  }
  return (name: string): number => median(rounds.get(name) ?? []);
}

/** The database over HTTP, beside dynalite and DynamoDB Local. */
async function benchRequests(): Promise<void> {
  const { servers, stop } = await startDatabases();
  const rows: Row[] = [];
  for (const server of servers) await createTable(server);
  for (const operation of ["GetItem", "PutItem"] as const) {
    const rate = await perSecond(servers, operation);
    const ours = rate("ours");
    rows.push({ what: `${operation}, 16 connections`, measured: `${ours.toFixed(0)} /s` });
    for (const { name, bars, there } of servers) {
      if (name === "ours") continue;
      rows.push(yardstick(`  ${name}`, `${rate(name).toFixed(0)} /s`, `${there[operation]} /s`));
      rows.push(atLeast(`  ours, beside ${name}'s`, ours / rate(name), [bars[operation], "×"]));
    }
  }
  stop();
  print("the database over HTTP", rows);
}

export async function benchDatabase(): Promise<void> {
  benchStart();
  benchInProcess();
  benchGetItem();
  await benchRequests();
}
