import type { Environment } from "./environment";

/** For trying things: cheap, short-lived logs, destroyed in one go. */
export const dev: Environment = {
  name: "dev",
  accountId: "000000000000",
  deletionProtection: false,
  logRetentionDays: 7,
  alarmEmails: [],
  corsOrigins: ["http://localhost:5173"],
  records: {
    region: "us-east-1",
    network: {
      cidrBlock: "10.0.0.0/16",
      zones: [
        { availabilityZone: "us-east-1a", publicCidrBlock: "10.0.0.0/24", privateCidrBlock: "10.0.16.0/20" },
        { availabilityZone: "us-east-1b", publicCidrBlock: "10.0.1.0/24", privateCidrBlock: "10.0.32.0/20" },
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
