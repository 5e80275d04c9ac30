import type { OperationId } from "../../contracts/api";
import { userManagementApi } from "../../contracts/user-management";
import { queueNamed } from "../local/support/services";
import { type AwsServer, bodyOf, startAwsServer } from "./aws-server";
import { type Database, startDatabase, type TableSchema } from "./dynamodb";
import { type EventFunction, startEventFunction } from "./function";
import { type Functions, functionsOf } from "./functions";
import { type Bucket, startBucket } from "./s3";
import { type QueueServer, startQueue } from "./sqs";
import { type ParameterStore, startParameterStore } from "./ssm";

/** The parameter with the origin's secret, and the secret. */
export const originSecret = { name: "/user-management/test/origin-secret", value: "a-secret-that-no-log-ever-shows" };

/** Lambda as far as it takes events: it keeps them, and says that it has them. */
interface EventTaker {
  readonly server: AwsServer;
  readonly events: { readonly functionName: string; readonly payload: Record<string, unknown> }[];
}

/** One stage of user-management on one machine. */
export type UserManagement = Functions<OperationId<typeof userManagementApi>> & {
  readonly database: Database;
  readonly logBucket: Bucket;
  readonly parameters: ParameterStore;
  readonly lambda: EventTaker;
  /** Where users wait that an import could not make. */
  readonly failedImports: QueueServer;
  /** The function of imports. */
  readonly importUser: EventFunction;
};

/** The table as the stack declares it. */
export const usersTable: TableSchema = {
  TableName: "users-test",
  KeySchema: [
    { AttributeName: "userId", KeyType: "HASH" },
    { AttributeName: "createdDate", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "userId", AttributeType: "S" },
    { AttributeName: "createdDate", AttributeType: "S" },
  ],
};

async function startLambda(): Promise<EventTaker> {
  const events: EventTaker["events"] = [];
  const server = await startAwsServer(async (request, response) => {
    const [, , , functionName = ""] = (request.url ?? "").split("/");
    const payload = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
    if (request.headers["x-amz-invocation-type"] === "Event") events.push({ functionName, payload });
    response.writeHead(202).end();
  });
  return { server, events };
}

/** Starts the services; functions start when they are first used. */
export async function startUserManagement(): Promise<UserManagement> {
  const [database, logBucket, parameters, lambda, failedImports] = await Promise.all([
    startDatabase(usersTable),
    startBucket("log-bucket-test"),
    startParameterStore({ [originSecret.name]: `${originSecret.value},` }),
    startLambda(),
    startQueue(queueNamed("failed-imports")),
  ]);
  const variables = {
    USERS_TABLE: database.table,
    LOG_BUCKET: logBucket.bucket,
    IMPORT_FUNCTION: "import-user",
    AWS_ENDPOINT_URL_DYNAMODB: database.server.url,
    AWS_ENDPOINT_URL_S3: logBucket.server.url,
    AWS_ENDPOINT_URL_SSM: parameters.server.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.server.url,
    AWS_ENDPOINT_URL_SQS: failedImports.server.url,
  };
  const importUser = startEventFunction("user-management/import-user.ts", {
    ENVIRONMENT: "test",
    POWERTOOLS_SERVICE_NAME: "user-management",
    FAILED_EVENTS_QUEUE_URL: failedImports.url,
    ...variables,
  });
  const functions = functionsOf(userManagementApi, {
    services: [database, logBucket, parameters, lambda, failedImports],
    variables,
  });
  return {
    ...functions,
    ...{ database, logBucket, parameters, lambda, failedImports, importUser },
    stop: async () => {
      await importUser.stop();
      await functions.stop();
    },
  };
}
