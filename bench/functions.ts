import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { bundle } from "../constructs/synth/bundle";
import { Database } from "../local/services/dynamodb/database";
import { databaseListener } from "../local/services/dynamodb/server";
import { atMost, median, print, type Row } from "./table";

const table = "records-bench";
const recordId = "01932f4e-0000-7000-8000-000000000000";

interface Timing {
  readonly cold: number;
  readonly warm: number;
  /** Milliseconds of the processor that a warm answer takes. */
  readonly cpu: number;
}

function sizes(folder: string, zips: ReadonlyMap<string, { zip: Uint8Array }>): Row[] {
  return [...zips].flatMap(([entry, { zip }]) => {
    const minified = statSync(join(folder, entry.replace(/\.ts$/, ".mjs"))).size / 1024;
    if (entry === "records/get-record.ts") {
      return [
        atMost(`${entry} (one table)`, minified, [400, "KB"]),
        atMost("  zipped", zip.length / 1024, [125, "KB"]),
      ];
    }
    return [{ what: entry, measured: `${minified.toFixed(0)} KB, ${(zip.length / 1024).toFixed(0)} zipped` }];
  });
}

async function serveTable(): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer(databaseListener(new Database(), console.error));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  const now = new Date(0).toISOString();
  const summary = { count: 3, min: 1, max: 3, mean: 2, stddev: 0.816496580927726 };
  const Item = {
    recordId,
    source: "s",
    kind: "k",
    values: [1, 2, 3],
    summary,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "recordId", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "recordId", AttributeType: "S" }],
    }),
  );
  await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: table, Item }));
  return { endpoint, close: () => server.close() };
}

/** Takes the place of the X-Ray daemon, and throws away what it is sent. */
async function startDaemon(): Promise<{ address: string; close: () => void }> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return { address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

/** The variable with the trace's header, which Lambda sets. */
const trace = (sampled: 0 | 1) => ({
  _X_AMZN_TRACE_ID: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=${sampled}`,
});

/** Starts the process that answers without blocking this one, which serves the table. */
async function invoke(
  bundleFile: string,
  eventFile: string,
  variables: Readonly<Record<string, string>>,
): Promise<Timing> {
  const child = spawn(process.execPath, [join(__dirname, "fixtures/invoke.mjs"), bundleFile, eventFile], {
    stdio: ["ignore", "pipe", "ignore"],
    env: {
      ...process.env,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "bench",
      AWS_SECRET_ACCESS_KEY: "bench",
      RECORDS_TABLE: table,
      ENVIRONMENT: "bench",
      POWERTOOLS_SERVICE_NAME: "records",
      ...variables,
    },
  });
  let output = "";
  for await (const chunk of child.stdout) output += chunk;
  return JSON.parse(output) as Timing;
}

function event(): object {
  return {
    resource: "/records/{recordId}",
    path: `/records/${recordId}`,
    httpMethod: "GET",
    headers: { Host: "example.com" },
    multiValueHeaders: { Host: ["example.com"] },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { recordId },
    stageVariables: null,
    requestContext: { requestId: "bench", identity: { apiKeyId: "key" } },
    body: null,
    isBase64Encoded: false,
  };
}

/** Sizes of the functions, and the time of get-record beside that of a handler that only uses the SDK. */
export async function benchFunctions(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bundles-"));
  const entries = readdirSync(join(__dirname, "../handlers/records")).filter((file) => /-records?\.ts$/.test(file));
  const zips = bundle(
    entries.map((file) => `records/${file}`),
    folder,
  );
  print("Bundles (minified)", sizes(folder, zips));
  bundle(["sdk-only.ts"], folder, "bench/fixtures");
  const eventFile = join(folder, "event.json");
  writeFileSync(eventFile, JSON.stringify(event()));
  const { endpoint, close } = await serveTable();
  const daemon = await startDaemon();
  const variables = { AWS_ENDPOINT_URL: endpoint, AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const ours: Timing[] = [];
  const untraced: Timing[] = [];
  const theirs: Timing[] = [];
  for (let round = 0; round < 15; round += 1) {
    const getRecord = join(folder, "records/get-record.mjs");
    ours.push(await invoke(getRecord, eventFile, { ...variables, ...trace(1) }));
    untraced.push(await invoke(getRecord, eventFile, { ...variables, ...trace(0) }));
    theirs.push(await invoke(join(folder, "sdk-only.mjs"), eventFile, { ...variables, ...trace(1) }));
  }
  close();
  daemon.close();
  rmSync(folder, { recursive: true });
  const leastCpu = (timings: readonly Timing[]) => Math.min(...timings.map(({ cpu }) => cpu));
  const middle = (timings: readonly Timing[], which: keyof Timing) => median(timings.map((timing) => timing[which]));
  print("get-record beside a handler of the SDK alone (median of 15, in turn)", [
    { what: "SDK alone: cold start", measured: `${middle(theirs, "cold").toFixed(0)} ms` },
    { what: "get-record: cold start", measured: `${middle(ours, "cold").toFixed(0)} ms` },
    atMost("cold start, beside the SDK alone", middle(ours, "cold") / middle(theirs, "cold"), [1.14, "×"]),
    { what: "get-record: warm p50", measured: `${middle(ours, "warm").toFixed(2)} ms` },
    atMost("warm p50, beside the SDK alone", middle(ours, "warm") / middle(theirs, "warm"), [1.25, "×"]),
  ]);
  print("get-record traced, beside itself with a trace that is not sampled (least of 15, in turn)", [
    { what: "warm, of the processor", measured: `${leastCpu(ours).toFixed(2)} ms` },
    atMost("warm, beside not sampled", leastCpu(ours) / leastCpu(untraced), [1.03, "×"]),
  ]);
}
