import { recordsApi } from "../../contracts/records";
import { type Database, startDatabase } from "./dynamodb";
import { type DeployedFunction, startFunction } from "./function";
import { type Bucket, startBucket } from "./s3";
import { type ParameterStore, startParameterStore } from "./ssm";

// Some tests wait for timeouts and retries of the SDK, beside whatever else the machine does.
jest.setTimeout(20_000);

type Operation = keyof typeof recordsApi.routes;

/** The records system on one machine: its services, and its functions as they are deployed. */
export interface RecordsSystem extends Record<Operation, DeployedFunction> {
  readonly database: Database;
  readonly logBucket: Bucket;
  readonly parameters: ParameterStore;
  /** Another deployment of a function, with other variables. */
  deploy(operation: Operation, environment?: Readonly<Record<string, string>>): DeployedFunction;
  /** Takes every fault away. */
  heal(): void;
  stop(): Promise<void>;
}

/** The parameter that holds the secret of cursors, and the secret. */
export const cursorSecret = { name: "/records/test/cursor-secret", value: "a-secret-that-no-log-ever-shows" };

const entries: Readonly<Record<Operation, string>> = {
  createRecord: "records/create-record.ts",
  listRecords: "records/list-records.ts",
  getRecord: "records/get-record.ts",
  replaceRecord: "records/replace-record.ts",
  deleteRecord: "records/delete-record.ts",
};

const startServices = async () => {
  const [database, logBucket, parameters] = await Promise.all([
    startDatabase(),
    startBucket(),
    startParameterStore({ [cursorSecret.name]: cursorSecret.value }),
  ]);
  return { database, logBucket, parameters };
};

type Services = Awaited<ReturnType<typeof startServices>>;

/** What the stack gives to its functions; and where a local runner puts AWS. */
const variablesFor = ({ database, logBucket, parameters }: Services) => ({
  RECORDS_TABLE: database.table,
  LOG_BUCKET: logBucket.bucket,
  CURSOR_SECRET_PARAMETER: cursorSecret.name,
  ENVIRONMENT: "test",
  POWERTOOLS_SERVICE_NAME: "records",
  CORS_ORIGINS: "https://app.example.com",
  AWS_ENDPOINT_URL_DYNAMODB: database.server.url,
  AWS_ENDPOINT_URL_S3: logBucket.server.url,
  AWS_ENDPOINT_URL_SSM: parameters.server.url,
});

/** A function that starts with its first request. */
function lazily(deploy: () => DeployedFunction): DeployedFunction {
  let fn: DeployedFunction | undefined;
  return {
    ask: (...asked) => {
      fn ??= deploy();
      return fn.ask(...asked);
    },
    stop: async () => fn?.stop(),
  };
}

/** Starts the services; functions start when they are first used. */
export async function startRecords(): Promise<RecordsSystem> {
  const services = await startServices();
  const servers = [services.database.server, services.logBucket.server, services.parameters.server];
  const deployed: DeployedFunction[] = [];
  const deploy: RecordsSystem["deploy"] = (operation, environment = {}) => {
    const variables = { ...variablesFor(services), ...environment };
    const fn = startFunction(entries[operation], recordsApi.routes[operation], variables);
    deployed.push(fn);
    return fn;
  };
  const operations = Object.keys(entries) as Operation[];
  const functions = Object.fromEntries(operations.map((operation) => [operation, lazily(() => deploy(operation))]));
  return {
    ...(functions as Record<Operation, DeployedFunction>),
    ...services,
    deploy,
    heal: () => {
      for (const server of servers) server.fault = () => undefined;
    },
    stop: async () => {
      await Promise.all(deployed.map((fn) => fn.stop()));
      await Promise.all([
        services.database.stop(),
        services.logBucket.server.stop(),
        services.parameters.server.stop(),
      ]);
    },
  };
}
