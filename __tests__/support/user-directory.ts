import type { OperationId } from "../../contracts/api";
import { userDirectoryApi } from "../../contracts/user-directory";
import { type Database, startDatabase, type TableSchema } from "./dynamodb";
import { type Functions, functionsOf } from "./functions";
import { type ParameterStore, startParameterStore } from "./ssm";

/** The user-directory system on one machine: its services, and its functions as they are deployed. */
export type UserDirectory = Functions<OperationId<typeof userDirectoryApi>> & {
  readonly database: Database;
  readonly parameters: ParameterStore;
};

const cursorSecret = { name: "/user-directory/test/cursor-secret", value: "a-secret-that-no-log-ever-shows" };

/** The table as the stack declares it. */
export const usersTable: TableSchema = {
  TableName: "users-test",
  KeySchema: [{ AttributeName: "userId", KeyType: "HASH" }],
  AttributeDefinitions: [
    { AttributeName: "userId", AttributeType: "S" },
    { AttributeName: "email", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "emailIndex",
      KeySchema: [{ AttributeName: "email", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

/** Starts the services; functions start when they are first used. */
export async function startUserDirectory(): Promise<UserDirectory> {
  const [database, parameters] = await Promise.all([
    startDatabase(usersTable),
    startParameterStore({ [cursorSecret.name]: cursorSecret.value }),
  ]);
  const functions = functionsOf(userDirectoryApi, {
    services: [database, parameters],
    variables: {
      USERS_TABLE: database.table,
      CURSOR_SECRET_PARAMETER: cursorSecret.name,
      AWS_ENDPOINT_URL_DYNAMODB: database.server.url,
      AWS_ENDPOINT_URL_SSM: parameters.server.url,
    },
  });
  return { ...functions, database, parameters };
}
