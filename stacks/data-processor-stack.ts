import type { Construct } from "constructs";
import { ApiStage } from "../constructs/api/api-stage";
import { RestApi } from "../constructs/api/rest-api";
import { UsagePlan } from "../constructs/api/usage-plan";
import { NodeFunction } from "../constructs/compute/node-function";
import { Bucket } from "../constructs/data/bucket";
import { Key } from "../constructs/data/key";
import { Secret } from "../constructs/data/secret";
import { Rollout } from "../constructs/delivery/rollout";
import { Topic } from "../constructs/events/topic";
import { Network } from "../constructs/network/network";
import { Alarms } from "../constructs/observability/alarms";
import { Dashboard } from "../constructs/observability/dashboard";
import { functionGraphs, stageGraphs } from "../constructs/observability/graphs";
import { businessMetric } from "../constructs/observability/metric";
import { SystemStack } from "../constructs/synth/system-stack";
import { dataProcessorApi } from "../contracts/data-processor";
import type { Environment } from "../environments/environment";

/** Fingerprints of JSON items, a batch at a time. Everything that it keeps is encrypted with a key of its own. */
export class DataProcessorStack extends SystemStack {
  constructor(scope: Construct, environment: Environment) {
    const { region, logRetentionDays, network: networkSettings, api: limits } = environment.dataProcessor;
    super(scope, {
      ...{ system: "data-processor", environment, region, logRetentionDays },
      encryptionKey: (stack) => new Key(stack, "key"),
    });

    const network = new Network(this, "network", networkSettings);
    const codeBucket = new Bucket(this, "code");
    const failures = new Topic(this, "failures");
    const connectionString = new Secret(this, "database-connection-string", {
      path: "database/connection-string",
      description: "Where results would be kept by whoever adds a database; must not be blank",
    });
    const apiKey = new Secret(this, "api-key", {
      path: "api/key",
      description: "Keys the ids of items: at least 32 random characters (openssl rand -base64 48)",
    });

    const runtime = { network, codeBucket, memoryMb: 512, timeoutSeconds: 300 };
    const reports = { API_KEY_PARAMETER: apiKey.parameterName, FAILURE_TOPIC_ARN: failures.arn };
    const getHello = new NodeFunction(this, "get-hello", {
      entry: "data-processor/get-hello.ts",
      ...runtime,
      environment: reports,
    });
    const processData = new NodeFunction(this, "process-data", {
      entry: "data-processor/process-data.ts",
      ...runtime,
      environment: {
        ...reports,
        BATCH_SIZE: "100",
        CONNECTION_STRING_PARAMETER: connectionString.parameterName,
      },
    });

    connectionString.grantRead(processData);
    apiKey.grantRead(getHello, processData);
    failures.grant(getHello, "Publish");
    failures.grant(processData, "Publish");

    const handlers = { getHello, processData };
    const functions = Object.values(handlers);
    const api = new RestApi(this, "api", { contract: dataProcessorApi, handlers });
    const stage = new ApiStage(this, "stage", { api, throttle: limits.throttle, ...limits.stage });
    const usagePlan = new UsagePlan(this, "usage-plan", { stage, ...limits.usagePlan });

    const business = (name: string) => businessMetric(this, name);
    const alarms = new Alarms(this, "alarms");
    alarms.watchFunctions(...functions);
    alarms.watchStage(stage);
    // One e-mail for an outage, where the topic has a message for each request.
    alarms.watchCount(
      "failures-published",
      "Requests failed and were published to the topic of failures; the functions' logs contain which and why",
      failures.publishedMetric(),
    );
    alarms.watchCount(
      "failures-not-published",
      "A failure did not reach its topic; the function's logs contain it",
      business("FailureNotPublished"),
    );

    new Rollout(this, "rollout", { functions, alarms });

    const dashboard = new Dashboard(this, "dashboard", {
      rows: [
        stageGraphs(stage),
        functionGraphs(functions),
        [
          { title: "Items", metrics: ["ItemsReceived", "ItemsProcessed"].map(business) },
          { title: "Failures published", metrics: [failures.publishedMetric()] },
          { title: "Failures not published", metrics: [business("FailureNotPublished")] },
        ],
      ],
    });

    this.output("api_url", stage.url, "Where the API is served");
    this.output("hello_url", `${stage.url}/hello`, "Answers without a key");
    this.output("data_url", `${stage.url}/data`, "Where batches are sent");
    this.output(
      "api_key_id",
      usagePlan.apiKeyId,
      "aws apigateway get-api-key --include-value --api-key <id> shows the key",
    );
    this.output("failure_topic", failures.arn, "Topic to which each failure is published");
    this.output("code_bucket", codeBucket.name, "What is deployed");
    this.output("key_alias", this.key?.alias, "The key that encrypts it all");
    this.output("dashboard_url", dashboard.url, "What goes on");
  }
}
