import type { Construct } from "constructs";
import { ApiStage } from "../constructs/api/api-stage";
import { Distribution } from "../constructs/api/distribution";
import { RestApi } from "../constructs/api/rest-api";
import { UsagePlan } from "../constructs/api/usage-plan";
import { Bucket } from "../constructs/data/bucket";
import { Secret } from "../constructs/data/secret";
import { Rollout } from "../constructs/delivery/rollout";
import { Alarms } from "../constructs/observability/alarms";
import { Dashboard } from "../constructs/observability/dashboard";
import {
  archiveGraphs,
  deadLetterGraphs,
  functionGraphs,
  stageGraphs,
  tableGraphs,
} from "../constructs/observability/graphs";
import { LogArchive } from "../constructs/observability/log-archive";
import { SystemStack } from "../constructs/synth/system-stack";
import type { Throttle } from "../contracts/api";
import { userManagementApi } from "../contracts/user-management";
import type { Environment } from "../environments/environment";
import { UserManagementStage } from "./user-management-stage";

/** Code on trial takes no more than this of what the stage prod may. */
const tenth = ({ rateLimit, burstLimit }: Throttle): Throttle => ({
  rateLimit: Math.ceil(rateLimit / 10),
  burstLimit: Math.ceil(burstLimit / 10),
});

/** Users, one by one and in imports, on three stages that share an API and nothing else. */
export class UserManagementStack extends SystemStack {
  constructor(scope: Construct, environment: Environment) {
    const { region, logRetentionDays, api: limits, domain } = environment.userManagement;
    super(scope, { system: "user-management", environment, region, logRetentionDays });

    const logBucket = new Bucket(this, "logs", { lifecycle: [{ prefix: "", expirationDays: 90 }] });
    const archive = new LogArchive(this, "log-archive", { bucket: logBucket, prefix: "logs/" });
    const originSecret = new Secret(this, "origin-secret", {
      description: "Lets the distribution's requests in: letters and digits, no comma (openssl rand -hex 32)",
      inState: true,
    });

    const dev = new UserManagementStage(this, "dev", { logBucket, logLevel: "DEBUG" });
    const qa = new UserManagementStage(this, "qa", { logBucket, logLevel: "DEBUG" });
    const prod = new UserManagementStage(this, "prod", { logBucket, logLevel: "INFO", originSecret });

    const stages = { dev: dev.handlers, qa: qa.handlers, prod: prod.handlers };
    const api = new RestApi(this, "api", { contract: userManagementApi, stages });
    const trial = tenth(limits.throttle);
    const devStage = new ApiStage(this, "dev-stage", { api, name: "dev", throttle: trial, ...limits.stages.dev });
    const qaStage = new ApiStage(this, "qa-stage", { api, name: "qa", throttle: trial, ...limits.stages.qa });
    const prodStage = new ApiStage(this, "prod-stage", {
      api,
      name: "prod",
      throttle: limits.throttle,
      ...limits.stages.prod,
    });
    // A plan each, so that a key that was given out for a trial opens nothing else.
    const devPlan = new UsagePlan(this, "dev-plan", { stage: devStage, ...limits.usagePlan });
    const qaPlan = new UsagePlan(this, "qa-plan", { stage: qaStage, ...limits.usagePlan });
    const prodPlan = new UsagePlan(this, "prod-plan", { stage: prodStage, ...limits.usagePlan });
    const distribution = new Distribution(this, "distribution", { stage: prodStage, originSecret, logBucket, domain });

    const functions = [...dev.functions, ...qa.functions, ...prod.functions];
    const accessLogs = [devStage, qaStage, prodStage].map((stage) => stage.accessLogs);
    archive.collect(...accessLogs, ...functions.map(({ logGroup }) => logGroup));

    const alarms = new Alarms(this, "alarms");
    alarms.watchFunctions(...functions);
    alarms.watchAverageDuration(functions, { overSeconds: 25, periods: [2, 2] });
    alarms.watchDeadLetters(dev.failedImports);
    alarms.watchDeadLetters(qa.failedImports);
    alarms.watchDeadLetters(prod.failedImports);
    alarms.watchStage(prodStage);
    alarms.watchTable(prod.users);
    alarms.watchArchive(archive);
    alarms.watchCount(
      "activity-failures",
      "Activity entries did not reach the log bucket; the functions' logs contain them",
      ...[dev, qa, prod].map((stage) => stage.business("ActivityWriteFailed")),
    );

    new Rollout(this, "rollout", { functions, alarms });

    const dashboard = new Dashboard(this, "dashboard", {
      rows: [
        stageGraphs(prodStage),
        functionGraphs(prod.functions, " of prod"),
        prod.graphs(),
        tableGraphs(prod.users),
        deadLetterGraphs(prod.failedImports, qa.failedImports, dev.failedImports),
        functionGraphs(qa.functions, " of qa"),
        qa.graphs(),
        functionGraphs(dev.functions, " of dev"),
        dev.graphs(),
        archiveGraphs(archive),
      ],
    });

    this.output(
      "api_urls",
      { dev: devStage.url, qa: qaStage.url, prod: prodStage.url },
      "Where the stages are served; prod answers through the distribution only",
    );
    this.output("distribution_url", distribution.url, "Where clients find the stage prod");
    this.output(
      "api_key_ids",
      { dev: devPlan.apiKeyId, qa: qaPlan.apiKeyId, prod: prodPlan.apiKeyId },
      "aws apigateway get-api-key --include-value --api-key <id> shows the key",
    );
    this.output(
      "users_tables",
      { dev: dev.users.name, qa: qa.users.name, prod: prod.users.name },
      "The table of each stage",
    );
    this.output(
      "failed_imports_urls",
      { dev: dev.failedImports.url, qa: qa.failedImports.url, prod: prod.failedImports.url },
      "The queues with the users that imports failed on",
    );
    this.output("log_bucket", logBucket.name, "Where activity and access logs are kept");
    this.output("dashboard_url", dashboard.url, "What goes on");
  }
}
