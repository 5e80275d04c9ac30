import type { Environment } from "./environment";
import { twoZones } from "./network";

/** Rehearses prod: the same protections at a smaller size. */
export const qa: Environment = {
  name: "qa",
  environmentTag: "QA",
  accountId: "000000000000",
  deletionProtection: true,
  logRetentionDays: 30,
  functionLogLevel: "INFO",
  alarmEmails: [],
  corsOrigins: ["https://qa.example.com"],
  state: { s3: { lock: "table" } },
  rollout: "Canary10Percent5Minutes",
  account: {
    region: "us-east-1",
    repository: "example/terrace",
    branch: "main",
  },
  records: {
    region: "us-east-1",
    network: twoZones("us-east-1", "10.1", { natGateways: "single" }),
    api: {
      throttle: { rateLimit: 100, burstLimit: 200 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      stage: { logLevel: "ERROR", detailedMetrics: false },
    },
    cacheClusterSize: "0.5",
  },
  userDirectory: {
    region: "us-west-2",
    network: twoZones("us-west-2", "10.11", { natGateways: "none", interfaceEndpoints: ["ssm"] }),
    formerIndexes: ["byEmail"],
    api: {
      throttle: { rateLimit: 100, burstLimit: 200 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      stage: { logLevel: "ERROR", detailedMetrics: false },
    },
  },
  dataProcessor: {
    region: "us-west-2",
    logRetentionDays: 7,
    network: twoZones("us-west-2", "10.21", { natGateways: "single" }),
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
    network: twoZones("us-west-2", "10.31", { natGateways: "none" }),
    api: {
      throttle: { rateLimit: 50, burstLimit: 100 },
      usagePlan: { rateLimit: 100, burstLimit: 200, quotaPerDay: 10_000 },
      stage: { logLevel: "INFO", detailedMetrics: false },
    },
  },
};
