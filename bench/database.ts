import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { putStart } from "../local/services/dynamodb/table-log";
import { atMost, print } from "./table";

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

/** What a start costs with a million items. */
export function benchDatabase(): void {
  const folder = mkdtempSync(join(tmpdir(), "terrace-database-"));
  const path = join(folder, "dynamodb.log");
  writeItems(path, 1_000_000);
  const told = execFileSync(process.execPath, ["run.js", "bench/fixtures/open-database.ts", path], {
    encoding: "utf8",
  });
  const { seconds, maxMb } = JSON.parse(told) as { readonly seconds: number; readonly maxMb: number };
  rmSync(folder, { recursive: true });
  print("a database of 1,000,000 items of 200 bytes with one index", [
    atMost("start", seconds, [6, "s"]),
    atMost("memory", maxMb, [800, "MB"]),
  ]);
}
