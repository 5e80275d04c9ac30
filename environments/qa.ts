import type { Environment } from "./environment";

/** Rehearses prod: the same protections at a smaller size. */
export const qa: Environment = {
  name: "qa",
  accountId: "000000000000",
  deletionProtection: true,
  logRetentionDays: 30,
  alarmEmails: [],
  corsOrigins: ["https://qa.example.com"],
  records: {
    region: "us-east-1",
    network: {
      cidrBlock: "10.1.0.0/16",
      zones: [
        { availabilityZone: "us-east-1a", publicCidrBlock: "10.1.0.0/24", privateCidrBlock: "10.1.16.0/20" },
        { availabilityZone: "us-east-1b", publicCidrBlock: "10.1.1.0/24", privateCidrBlock: "10.1.32.0/20" },
      ],
      natGateways: "single",
      interfaceEndpoints: [],
    },
    api: {
      throttle: { rateLimit: 100, burstLimit: 200 },
      usagePlan: { rateLimit: 50, burstLimit: 100, quotaPerDay: 10_000 },
      cacheClusterSize: "0.5",
    },
  },
};
