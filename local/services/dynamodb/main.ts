import { mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { hostsIn, portIn, readCommandLine } from "../../../lib/command-line";
import { UserError, wordsOf } from "../../../lib/user-error";
import { HostNames } from "../../lib/host-names";
import { httpServer } from "../../lib/http-server";
import { portRefusal } from "../../lib/port-refusal";
import { takeLock } from "../../store/lock";
import { StorageError } from "../../store/storage-error";
import { send } from "../response";
import { Database } from "./database";
import { databaseListener } from "./server";

const help = `Usage: npm run dynamodb -- [options]

Serves DynamoDB and its streams on this machine, to whoever signs a request with any key: in place of DynamoDB Local, in
anybody's tests.

  --port <number>   the port (8000; 0 for any)
  --data <folder>   where tables are kept; without it they end with the process
  --allow-host <name>
                    answers to that name too; to this machine's own always (repeatable)
  --help            this text
`;

interface Options {
  readonly port: number;
  readonly data: string | undefined;
  /** In lower case. */
  readonly allowedHosts: readonly string[];
  readonly help: boolean;
}

const options = {
  port: { type: "string", default: "8000" },
  data: { type: "string" },
  "allow-host": { type: "string", multiple: true },
  help: { type: "boolean", default: false },
} as const;

/** @throws UserError naming what is wrong */
function readOptions(args: readonly string[]): Options {
  const { values, positionals } = readCommandLine(args, options);
  const { port, data, "allow-host": hosts, help: wantsHelp } = values;
  if (positionals.length > 0) throw new UserError(`${positionals[0]} is no option; --help lists the options`);
  if (data === "") throw new UserError("--data needs the name of a folder");
  return {
    port: portIn("--port", port),
    data: data === undefined ? undefined : resolve(data),
    allowedHosts: hostsIn("--allow-host", hosts),
    help: wantsHelp,
  };
}

function lock(data: string): () => void {
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    return takeLock(join(data, "lock"));
  } catch (error) {
    throw error instanceof UserError ? error : new StorageError(data, "written", error);
  }
}

/** Opens the database, whose folder no other process may use meanwhile. */
function open(data: string | undefined): Database {
  if (data !== undefined) process.once("exit", lock(data));
  const database = new Database(data === undefined ? {} : { path: join(data, "dynamodb.log") });
  database.open();
  return database;
}

function sweep(database: Database): void {
  try {
    database.sweep();
  } catch (error) {
    process.stderr.write(`items past their time to live stay: ${wordsOf(error)}\n`);
  }
}

/** Says why in one line; a fault of our own keeps its trace. */
function fail(error: unknown): void {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exitCode = 1;
}

function start({ port, data, allowedHosts }: Options): void {
  const database = open(data);
  const problem = (message: string): void => void process.stderr.write(`${message}\n`);
  const answer = databaseListener(database, problem);
  const hosts = new HostNames(allowedHosts, problem);
  const server = httpServer((request, response) => {
    if (hosts.include(request)) answer(request, response);
    else send(response, { status: 403, body: "unknown host" });
  });
  server.once("error", (error) => {
    fail(portRefusal({ port, of: "DynamoDB", option: "--port" }, error));
    process.exit();
  });
  server.listen(port, "127.0.0.1", () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const kept = data === undefined ? "tables end with it; --data keeps them" : `tables are kept in ${data}`;
    process.stdout.write(`DynamoDB answers on ${url} (${kept})\n`);
  });
  const sweeping = setInterval(() => sweep(database), 1000);
  // Each answer was on disk before it was given; what is under way is answered, and then the process ends by itself.
  const stop = (): void => {
    clearInterval(sweeping);
    server.close(() => database.close());
    server.closeIdleConnections();
  };
  server.once("close", () => process.exit());
  process.once("SIGINT", stop).once("SIGTERM", stop);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else start(options);
} catch (error) {
  fail(error);
}
