import type { Construct } from "constructs";
import { ApiStage } from "../constructs/api/api-stage";
import { CustomDomain } from "../constructs/api/custom-domain";
import { RestApi } from "../constructs/api/rest-api";
import { UsagePlan } from "../constructs/api/usage-plan";
import { NodeFunction } from "../constructs/compute/node-function";
import { Bucket } from "../constructs/data/bucket";
import { Table } from "../constructs/data/table";
import { Rollout } from "../constructs/delivery/rollout";
import { Network } from "../constructs/network/network";
import { Alarms } from "../constructs/observability/alarms";
import { Dashboard } from "../constructs/observability/dashboard";
import { functionGraphs, stageGraphs, tableGraphs } from "../constructs/observability/graphs";
import { SystemStack } from "../constructs/synth/system-stack";
import { itemsApi } from "../contracts/items";
import type { Environment } from "../environments/environment";

/** A catalogue on provisioned capacity, whose items may carry a file. */
export class ItemsStack extends SystemStack {
  constructor(scope: Construct, environment: Environment) {
    const { region, logRetentionDays, network: networkSettings, api: limits, domain } = environment.items;
    super(scope, { system: "items", environment, region, logRetentionDays });

    const network = new Network(this, "network", networkSettings);
    const items = new Table(this, "items", {
      partitionKey: "list",
      sortKey: "id",
      timeToLiveAttribute: "expiresAt",
      stream: "NEW_AND_OLD_IMAGES",
      capacity: { minimum: 5, maximum: 50, targetPercent: 70 },
    });
    const assets = new Bucket(this, "assets", {
      // What stands in the place of deleted assets, for as long as somebody may have a URL for uploading one.
      lifecycle: [{ prefix: "assets/", emptyOnly: true, expirationDays: 1 }],
      browserAccess: { methods: ["GET", "PUT"], headers: ["content-type", "if-none-match"] },
    });

    const size = { network, memoryMb: 512, timeoutSeconds: 30 };
    const reads = { ITEMS_TABLE: items.name };
    const signs = { ...reads, ASSETS_BUCKET: assets.name };
    const listItems = new NodeFunction(this, "list-items", {
      entry: "items/list-items.ts",
      ...size,
      environment: reads,
    });
    const createItem = new NodeFunction(this, "create-item", {
      entry: "items/create-item.ts",
      ...size,
      environment: signs,
    });
    const getItem = new NodeFunction(this, "get-item", {
      entry: "items/get-item.ts",
      ...size,
      environment: signs,
    });
    const deleteItem = new NodeFunction(this, "delete-item", {
      entry: "items/delete-item.ts",
      ...size,
      environment: signs,
    });
    const handlers = { listItems, createItem, getItem, deleteItem };

    items.grant(listItems, "Query");
    items.grant(createItem, "PutItem");
    items.grant(getItem, "GetItem");
    items.grant(deleteItem, "UpdateItem", "PutItem");
    // A signed URL lets its holder do what its signer may do.
    assets.grant(createItem, "PutObject", "assets/*");
    assets.grant(getItem, "PutObject", "assets/*");
    assets.grant(getItem, "GetObject", "assets/*");
    assets.grantList(getItem);
    assets.grant(deleteItem, "PutObject", "assets/*");

    const api = new RestApi(this, "api", { contract: itemsApi, handlers });
    const stage = new ApiStage(this, "stage", { api, throttle: limits.throttle, ...limits.stage });
    const usagePlan = new UsagePlan(this, "usage-plan", { stage, ...limits.usagePlan });
    const { url } = new CustomDomain(this, "domain", { stage, domain });

    const functions = Object.values(handlers);
    const alarms = new Alarms(this, "alarms");
    alarms.watchFunctions(...functions);
    alarms.watchErrors(functions, { periods: [2, 2] });
    alarms.watchAverageDuration(functions, { overSeconds: 25, periods: [3, 3] });
    alarms.watchStage(stage);
    alarms.watchTable(items);

    new Rollout(this, "rollout", { functions, alarms });

    const dashboard = new Dashboard(this, "dashboard", {
      rows: [stageGraphs(stage), functionGraphs(functions), tableGraphs(items)],
    });

    this.output("api_url", url, "Where the API is served");
    this.output("api_key_id", usagePlan.apiKeyId, "aws apigateway get-api-key --include-value --api-key <id>");
    this.output("items_table", items.name, "The table");
    this.output("assets_bucket", assets.name, "Where assets are kept");
    this.output("dashboard_url", dashboard.url, "What goes on");
  }
}
