import type { Environment } from "./environment";

/** The systems of an environment, and where each runs: name → region. */
export const regionsBySystem = (environment: Environment): Readonly<Record<string, string>> => ({
  records: environment.records.region,
  "user-directory": environment.userDirectory.region,
  "data-processor": environment.dataProcessor.region,
  "user-management": environment.userManagement.region,
  items: environment.items.region,
});

/** The zones of Route 53 that the systems' domains are in. */
export const hostedZonesOf = ({ items, userManagement }: Environment): readonly string[] => [
  ...new Set([items.domain, userManagement.domain].flatMap((domain) => (domain ? [domain.hostedZoneId] : []))),
];
