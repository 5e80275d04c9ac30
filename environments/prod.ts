import type { Environment } from "./environment";
import { twoZones } from "./network";

/** Serves customers: data outlives mistakes, a zone may fail. */
export const prod: Environment = {
  name: "prod",
  environmentTag: "Production",
  accountId: "000000000000",
  deletionProtection: true,
  logRetentionDays: 365,
  functionLogLevel: "INFO",
  alarmEmails: ["operations@example.com"],
  corsOrigins: ["https://app.example.com"],
  state: { s3: { lock: "table" } },
  rollout: "Canary10Percent10Minutes",
  account: {
    region: "us-east-1",
    repository: "example/terrace",
    branch: "main",
  },
  records: {
    region: "us-east-1",
    network: twoZones("us-east-1", "10.2", { natGateways: "per-az" }),
    api: {
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      usagePlan: { rateLimit: 200, burstLimit: 400, quotaPerDay: 1_000_000 },
      stage: { logLevel: "ERROR", detailedMetrics: false },
    },
    cacheClusterSize: "0.5",
  },
  userDirectory: {
    region: "us-west-2",
    network: twoZones("us-west-2", "10.12", { natGateways: "none", interfaceEndpoints: ["ssm"] }),
    formerIndexes: ["byEmail"],
    api: {
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      usagePlan: { rateLimit: 200, burstLimit: 400, quotaPerDay: 1_000_000 },
      stage: { logLevel: "ERROR", detailedMetrics: false },
    },
  },
  dataProcessor: {
    region: "us-west-2",
    logRetentionDays: 7,
    network: twoZones("us-west-2", "10.22", { natGateways: "per-az" }),
    api: {
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      usagePlan: { rateLimit: 200, burstLimit: 400, quotaPerDay: 1_000_000 },
      stage: { logLevel: "INFO", detailedMetrics: true },
    },
  },
  userManagement: {
    region: "us-east-1",
    logRetentionDays: 30,
    api: {
      // Of the stage prod, whichever the environment; stages on trial take a tenth.
      throttle: { rateLimit: 500, burstLimit: 1000 },
      usagePlan: { rateLimit: 200, burstLimit: 400, quotaPerDay: 1_000_000 },
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
    network: twoZones("us-west-2", "10.32", { natGateways: "none" }),
    api: {
      throttle: { rateLimit: 50, burstLimit: 100 },
      usagePlan: { rateLimit: 100, burstLimit: 200, quotaPerDay: 10_000 },
      stage: { logLevel: "INFO", detailedMetrics: false },
    },
  },
};
