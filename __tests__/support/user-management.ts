import { userManagementApi } from "../../contracts/user-management";
import { type AwsServer, bodyOf, startAwsServer } from "./aws-server";
import { type EventFunction, startEventFunction } from "./function";
import { type RunningSystem, startSystem } from "./system";
import { usersTable } from "./tables";

/** The parameter that holds the origin's secret, and the secret. */
export const originSecret = { name: "/user-management/test/origin-secret", value: "a-secret-that-no-log-ever-shows" };

/** Lambda as far as it takes events: it keeps them, and says that it has them. */
export interface EventTaker {
  readonly server: AwsServer;
  readonly events: { readonly functionName: string; readonly payload: Record<string, unknown> }[];
}

export type UserManagement = RunningSystem<typeof userManagementApi> & {
  readonly lambda: EventTaker;
  /** The function behind imports. */
  readonly importUser: EventFunction;
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

/** Starts user-management with a stage of no name. */
export async function startUserManagement(): Promise<UserManagement> {
  const lambda = await startLambda();
  const system = await startSystem({
    api: userManagementApi,
    table: usersTable,
    parameters: { [originSecret.name]: `${originSecret.value},` },
    variables: (table) => ({
      USERS_TABLE: table,
      IMPORT_FUNCTION: "import-user",
      AWS_ENDPOINT_URL_LAMBDA: lambda.server.url,
    }),
  });
  const importUser = startEventFunction("user-management/import-user.ts", system.variables);
  return {
    ...system,
    lambda,
    importUser,
    heal: () => {
      system.heal();
      lambda.server.fault = () => undefined;
    },
    stop: async () => {
      await importUser.stop();
      await system.stop();
      await lambda.server.stop();
    },
  };
}
