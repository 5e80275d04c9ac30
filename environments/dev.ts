import type { Environment } from "./environment";
import { twoZones } from "./network";

/** For trying things: cheap, short-lived logs, destroyed in one go. */
export const dev: Environment = {
  name: "dev",
  environmentTag: "Development",
  accountId: "000000000000",
  deletionProtection: false,
  logRetentionDays: 7,
  functionLogLevel: "INFO",
  alarmEmails: [],
  corsOrigins: ["http://localhost:5173"],
  state: { s3: { lock: "table" } },
  rollout: "AllAtOnce",
  account: {
    region: "us-east-1",
    repository: "example/terrace",
    branch: "main",
  },
  records: {
    region: "us-east-1",
    network: twoZones("us-east-1", "10.0", { natGateways: "single" }),
    api: {
      throttle: { rateLimit: 100, burstLimit: 200 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      stage: { logLevel: "ERROR", detailedMetrics: false },
    },
    cacheClusterSize: "0.5",
  },
  userDirectory: {
    region: "us-west-2",
    network: twoZones("us-west-2", "10.10", { natGateways: "none", interfaceEndpoints: ["ssm"] }),
    formerIndexes: [],
    api: {
      throttle: { rateLimit: 100, burstLimit: 200 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      stage: { logLevel: "ERROR", detailedMetrics: false },
    },
  },
  dataProcessor: {
    region: "us-west-2",
    logRetentionDays: 7,
    network: twoZones("us-west-2", "10.20", { natGateways: "single" }),
    api: {
      throttle: { rateLimit: 100, burstLimit: 200 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      stage: { logLevel: "INFO", detailedMetrics: true },
    },
  },
  userManagement: {
    region: "us-east-1",
    logRetentionDays: 30,
    api: {
      // Of the stage prod, whichever the environment; stages on trial take a tenth.
      throttle: { rateLimit: 500, burstLimit: 1000 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      stages: {
        dev: { logLevel: "INFO", detailedMetrics: true },
        qa: { logLevel: "INFO", detailedMetrics: true },
        prod: { logLevel: "ERROR", detailedMetrics: true },
      },
    },
  },
  items: {
    region: "us-west-2",
    logRetentionDays: 14,
    network: twoZones("us-west-2", "10.30", { natGateways: "none" }),
    api: {
      throttle: { rateLimit: 50, burstLimit: 100 },
      usagePlan: { rateLimit: 100, burstLimit: 200, quotaPerDay: 10_000 },
      stage: { logLevel: "INFO", detailedMetrics: false },
    },
  },
};
