import type { Environment } from "./environment";

/** Serves customers: data outlives mistakes, a zone may fail. */
export const prod: Environment = {
  name: "prod",
  accountId: "000000000000",
  deletionProtection: true,
  logRetentionDays: 365,
  alarmEmails: ["operations@example.com"],
  corsOrigins: ["https://app.example.com"],
  records: {
    region: "us-east-1",
    network: {
      cidrBlock: "10.2.0.0/16",
      zones: [
        { availabilityZone: "us-east-1a", publicCidrBlock: "10.2.0.0/24", privateCidrBlock: "10.2.16.0/20" },
        { availabilityZone: "us-east-1b", publicCidrBlock: "10.2.1.0/24", privateCidrBlock: "10.2.32.0/20" },
      ],
      natGateways: "per-az",
      interfaceEndpoints: [],
    },
    api: {
      throttle: { rateLimit: 1000, burstLimit: 2000 },
      usagePlan: { rateLimit: 200, burstLimit: 400, quotaPerDay: 1_000_000 },
      cacheClusterSize: "0.5",
    },
  },
};
