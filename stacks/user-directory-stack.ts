import type { Construct } from "constructs";
import { ApiStage } from "../constructs/api/api-stage";
import { RestApi } from "../constructs/api/rest-api";
import { UsagePlan } from "../constructs/api/usage-plan";
import { NodeFunction } from "../constructs/compute/node-function";
import { Bucket } from "../constructs/data/bucket";
import { Secret } from "../constructs/data/secret";
import { Table } from "../constructs/data/table";
import { Rollout } from "../constructs/delivery/rollout";
import { Network } from "../constructs/network/network";
import { Alarms } from "../constructs/observability/alarms";
import { Dashboard } from "../constructs/observability/dashboard";
import { archiveGraphs, functionGraphs, stageGraphs, tableGraphs } from "../constructs/observability/graphs";
import { LogArchive } from "../constructs/observability/log-archive";
import { SystemStack } from "../constructs/synth/system-stack";
import { userDirectoryApi } from "../contracts/user-directory";
import type { Environment } from "../environments/environment";

/** Users, found by id or by e-mail address. */
export class UserDirectoryStack extends SystemStack {
  constructor(scope: Construct, environment: Environment) {
    const {
      region,
      logRetentionDays,
      network: networkSettings,
      api: limits,
      formerIndexes,
    } = environment.userDirectory;
    super(scope, { system: "user-directory", environment, region, logRetentionDays });

    const network = new Network(this, "network", networkSettings);
    const byAddress = { partitionKey: "email" };
    const former = Object.fromEntries(formerIndexes.map((name) => [name, byAddress]));
    const users = new Table<string>(this, "users", {
      partitionKey: "userId",
      timeToLiveAttribute: "expiresAt",
      indexes: { emailIndex: byAddress, ...former },
    });
    const cursorSecret = new Secret(this, "cursor-secret", {
      description: "Signs list cursors: at least 32 random characters (openssl rand -base64 48)",
    });
    const logBucket = new Bucket(this, "logs", {
      lifecycle: [{ prefix: "logs/", infrequentAccessDays: 30, glacierDays: 90, expirationDays: 365 }],
    });
    const archive = new LogArchive(this, "log-archive", { bucket: logBucket, prefix: "logs/" });

    const runtime = { network, timeoutSeconds: 30 };
    const inTable = { USERS_TABLE: users.name };
    const createUser = new NodeFunction(this, "create-user", {
      entry: "user-directory/create-user.ts",
      ...runtime,
      environment: inTable,
    });
    const listUsers = new NodeFunction(this, "list-users", {
      entry: "user-directory/list-users.ts",
      ...runtime,
      environment: { ...inTable, CURSOR_SECRET_PARAMETER: cursorSecret.parameterName },
    });
    const getUser = new NodeFunction(this, "get-user", {
      entry: "user-directory/get-user.ts",
      ...runtime,
      environment: inTable,
    });
    const replaceUser = new NodeFunction(this, "replace-user", {
      entry: "user-directory/replace-user.ts",
      ...runtime,
      environment: inTable,
    });
    const deleteUser = new NodeFunction(this, "delete-user", {
      entry: "user-directory/delete-user.ts",
      ...runtime,
      environment: inTable,
    });
    const handlers = { createUser, listUsers, getUser, replaceUser, deleteUser };

    users.grant(createUser, "PutItem");
    users.grantIndex(listUsers, "emailIndex", "Query");
    users.grantFormerIndexes(listUsers, formerIndexes, "Query");
    users.grant(getUser, "GetItem");
    users.grant(replaceUser, "UpdateItem");
    users.grant(deleteUser, "GetItem", "PutItem");
    cursorSecret.grantRead(listUsers);

    const api = new RestApi(this, "api", { contract: userDirectoryApi, handlers });
    const stage = new ApiStage(this, "stage", { api, throttle: limits.throttle, ...limits.stage });
    const usagePlan = new UsagePlan(this, "usage-plan", { stage, ...limits.usagePlan });

    const functions = Object.values(handlers);
    archive.collect(stage.accessLogs, ...functions.map(({ logGroup }) => logGroup));

    const alarms = new Alarms(this, "alarms");
    alarms.watchFunctions(...functions);
    alarms.watchErrorRate(functions, { overPercent: 5 });
    alarms.watchStage(stage);
    alarms.watchTable(users);
    alarms.watchArchive(archive);

    new Rollout(this, "rollout", { functions, alarms });

    const dashboard = new Dashboard(this, "dashboard", {
      rows: [stageGraphs(stage), functionGraphs(functions), tableGraphs(users), archiveGraphs(archive)],
    });

    this.output("api_endpoint", stage.url, "Where the API is served");
    this.output("users_endpoint", `${stage.url}/users`, "POST enters a user, GET with ?email= finds users");
    this.output(
      "user_endpoint",
      `${stage.url}/users/{userId}`,
      "GET reads a user, PUT replaces and DELETE deletes one",
    );
    this.output(
      "api_key_id",
      usagePlan.apiKeyId,
      "aws apigateway get-api-key --include-value --api-key <id> shows the key",
    );
    this.output("users_table", users.name, "The table");
    this.output("log_bucket", logBucket.name, "Where logs are kept");
    this.output("dashboard_url", dashboard.url, "What goes on");
  }
}
