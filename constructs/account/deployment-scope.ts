import { arnOf, bucketArn, parameterArn } from "../../aws/arn";
import type { Conditions } from "../../aws/policy";

/** The systems of an environment, by the names and tags that distinguish their resources in the account. */
export interface DeploymentScope {
  /** The environment's name. */
  readonly environment: string;
  readonly accountId: string;
  /** Name → region. */
  readonly systems: Readonly<Record<string, string>>;
}

/** The systems' stacks: their names, and a hyphen, begin the names of all that they make. */
export const stackNames = ({ environment, systems }: DeploymentScope): string[] =>
  Object.keys(systems).map((system) => `${system}-${environment}`);

/** The regions with systems. */
export const regionsOf = ({ systems }: DeploymentScope): string[] => [...new Set(Object.values(systems))];

/** Resources of a service whose ARNs contain their names: the part between the account and the name. */
export const named = (deploymentScope: DeploymentScope, service: string, place: string): string[] =>
  stackNames(deploymentScope).map((name) =>
    arnOf(service, `${place}${name}-*`, { region: "*", accountId: deploymentScope.accountId }),
  );

/** Things of a type whose ids nobody can foresee, in any region. */
export const anyOf = ({ accountId }: DeploymentScope, service: string, types: readonly string[]): string[] =>
  types.map((type) => arnOf(service, `${type}/*`, { region: "*", accountId }));

/** The systems' buckets, and what is in them. */
export const bucketsOf = (deploymentScope: DeploymentScope): string[] =>
  stackNames(deploymentScope).map((name) => bucketArn(`${name}-*`));

/** The systems' parameters. */
export const parametersOf = ({ environment, accountId, systems }: DeploymentScope): string[] =>
  Object.entries(systems).map(([system, region]) => parameterArn(`/${system}/${environment}/*`, { region, accountId }));

/** Tags that a stack's provider sets on every resource that can be tagged: name → possible values. */
export interface Tags {
  readonly System: readonly string[];
  readonly Environment: string;
}

const prefixed = (prefix: string, { System, Environment }: Tags) => ({
  [`${prefix}/System`]: System,
  [`${prefix}/Environment`]: Environment,
});

/** Of what has the systems' tags. */
export const tagged = (tags: Tags): Conditions => ({ StringEquals: prefixed("aws:ResourceTag", tags) });

/** Of what is made with the systems' tags. */
export const taggedAnew = (tags: Tags): Conditions => ({ StringEquals: prefixed("aws:RequestTag", tags) });

/** Of all but what has others' tags, or gets them. */
export const notOthers = (tags: Tags): Conditions => ({
  StringEqualsIfExists: { ...prefixed("aws:ResourceTag", tags), ...prefixed("aws:RequestTag", tags) },
});

/** Of what gets the systems' tags, and had none. */
export const adopted = (tags: Tags): Conditions => ({
  StringEqualsIfExists: prefixed("aws:ResourceTag", tags),
  StringEquals: prefixed("aws:RequestTag", tags),
});
