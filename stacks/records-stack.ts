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
import { businessMetric } from "../constructs/observability/metric";
import { SystemStack } from "../constructs/synth/system-stack";
import { recordsApi } from "../contracts/records";
import type { Environment } from "../environments/environment";

/** The flagship: batches of measurements, validated, summarised and kept. */
export class RecordsStack extends SystemStack {
  constructor(scope: Construct, environment: Environment) {
    const { region, logRetentionDays, network: networkSettings, api: limits, cacheClusterSize } = environment.records;
    super(scope, { system: "records", environment, region, logRetentionDays });

    const network = new Network(this, "network", networkSettings);
    const records = new Table(this, "records", {
      partitionKey: "recordId",
      indexes: { bySource: { partitionKey: "source", sortKey: "createdAt" } },
      timeToLiveAttribute: "expiresAt",
    });
    const cursorSecret = new Secret(this, "cursor-secret", {
      description: "Signs list cursors: at least 32 random characters (openssl rand -base64 48)",
    });
    const logBucket = new Bucket(this, "logs", {
      lifecycle: [
        { prefix: "logs/", infrequentAccessDays: 30, glacierDays: 90, expirationDays: 365 },
        // Entries are a few hundred bytes: S3 moves nothing so small, and who changed what is asked for years.
        { prefix: "activity/", expirationDays: 1095 },
      ],
    });
    const archive = new LogArchive(this, "log-archive", { bucket: logBucket, prefix: "logs/" });

    const reads = { RECORDS_TABLE: records.name };
    const writes = { ...reads, LOG_BUCKET: logBucket.name };
    const createRecord = new NodeFunction(this, "create-record", {
      entry: "records/create-record.ts",
      network,
      environment: writes,
    });
    const listRecords = new NodeFunction(this, "list-records", {
      entry: "records/list-records.ts",
      network,
      environment: { ...reads, CURSOR_SECRET_PARAMETER: cursorSecret.parameterName },
    });
    const getRecord = new NodeFunction(this, "get-record", {
      entry: "records/get-record.ts",
      network,
      environment: reads,
    });
    const replaceRecord = new NodeFunction(this, "replace-record", {
      entry: "records/replace-record.ts",
      network,
      environment: writes,
    });
    const deleteRecord = new NodeFunction(this, "delete-record", {
      entry: "records/delete-record.ts",
      network,
      environment: writes,
    });
    const handlers = { createRecord, listRecords, getRecord, replaceRecord, deleteRecord };

    records.grant(createRecord, "PutItem");
    records.grantIndex(listRecords, "bySource", "Query");
    records.grant(getRecord, "GetItem");
    records.grant(replaceRecord, "UpdateItem");
    records.grant(deleteRecord, "PutItem");
    cursorSecret.grantRead(listRecords);
    logBucket.grant(createRecord, "PutObject", "activity/records/*");
    logBucket.grant(replaceRecord, "PutObject", "activity/records/*");
    logBucket.grant(deleteRecord, "PutObject", "activity/records/*");

    const api = new RestApi(this, "api", { contract: recordsApi, handlers });
    const stage = new ApiStage(this, "stage", {
      api,
      throttle: limits.throttle,
      ...limits.stage,
      cacheClusterSize,
    });
    const usagePlan = new UsagePlan(this, "usage-plan", { stage, ...limits.usagePlan });

    const functions = Object.values(handlers);
    archive.collect(stage.accessLogs, ...functions.map(({ logGroup }) => logGroup));

    const business = (name: string) => businessMetric(this, name);
    const alarms = new Alarms(this, "alarms");
    alarms.watchFunctions(...functions);
    alarms.watchStage(stage);
    alarms.watchTable(records);
    alarms.watchArchive(archive);
    alarms.watchCount(
      "activity-failures",
      "Activity entries did not reach the log bucket; the functions' logs contain them",
      business("ActivityWriteFailed"),
    );

    new Rollout(this, "rollout", { functions, alarms });

    const dashboard = new Dashboard(this, "dashboard", {
      rows: [
        stageGraphs(stage),
        functionGraphs(functions),
        [
          { title: "Records", metrics: ["RecordsCreated", "RecordsUpdated", "RecordsDeleted"].map(business) },
          { title: "Values processed", metrics: [business("ValuesProcessed")] },
          { title: "Activity entries lost", metrics: [business("ActivityWriteFailed")] },
        ],
        tableGraphs(records),
        archiveGraphs(archive),
      ],
    });

    this.output("api_url", stage.url, "Where the API is served");
    this.output("api_key_id", usagePlan.apiKeyId, "aws apigateway get-api-key --include-value --api-key <id>");
    this.output("records_table", records.name, "The table");
    this.output("log_bucket", logBucket.name, "Where logs and activity are kept");
    this.output("dashboard_url", dashboard.url, "What goes on");
  }
}
