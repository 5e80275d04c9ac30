import { UserError } from "../../lib/user-error";
import type { Credentials } from "../iam/credentials";
import { rolesOf } from "../iam/roles";
import type { Secrets } from "../lib/secrets";
import { type DistributionDefinition, distributionOf } from "../read/distribution-definition";
import type { Outside } from "../read/evaluator";
import { type FunctionDefinition, functionsOf } from "../read/function-definition";
import { gatewayDefinition } from "../read/gateway-definition";
import type { GatewayDefinition } from "../read/gateway-resources";
import { Graph } from "../read/graph";
import { hostsOf } from "../read/hosts";
import { type QueueSource, queueSourcesOf } from "../read/queue-sources";
import { checkRules } from "../read/rules/rules";
import { type ScheduleDefinition, schedulesOf } from "../read/schedule-definition";
import type { StackFile } from "../read/stack-file";
import { type StreamSource, streamSourcesOf } from "../read/stream-sources";
import { type TokenIssuer, tokenIssuersOf } from "../read/token-issuers";
import { variableOf } from "../read/variables";
import { type Watching, watchingOf } from "../read/watching";
import type { Principal, ServicesConfiguration } from "../services/configuration";
import { integrationPrincipalsOf, principalsOf, resourcesOf, schedulePrincipalsOf } from "./services-configuration";

/** A stack, read and understood: all that is needed to run it. */
export interface System {
  /** `records` */
  readonly name: string;
  /** `records-dev` */
  readonly stack: string;
  readonly gateway: GatewayDefinition | undefined;
  /** The distribution in front of one of the gateway's stages. */
  readonly distribution: DistributionDefinition | undefined;
  /** The names of its distribution and its own domains, in lower case. */
  readonly hosts: readonly string[];
  readonly functions: readonly FunctionDefinition[];
  readonly queueSources: readonly QueueSource[];
  readonly streamSources: readonly StreamSource[];
  readonly schedules: readonly ScheduleDefinition[];
  readonly principals: readonly Principal[];
  /** Credentials with which API Gateway signs calls of integrations, by the roles that it assumes for them. */
  readonly integrationCredentials: ReadonlyMap<string, Credentials>;
  readonly resources: Omit<ServicesConfiguration, "principals" | "functions">;
  /** Those whose tokens it takes. */
  readonly issuers: readonly TokenIssuer[];
  /** Its alarms and dashboards. */
  readonly watching: Watching;
  /** The parts that a person should know are not emulated: `alarms`, `network`. */
  readonly notEmulated: readonly string[];
}

/**
 * Reads a system from its stack.
 *
 * @throws Error naming resource and argument when there is something in it that is not emulated or not known
 */
export function readSystem(
  name: string,
  file: StackFile,
  { secrets, credentials }: { secrets: Secrets; credentials: (functionArn: string) => Credentials },
): System {
  const outside: Outside = {
    variable: variableOf(file, secrets),
    secret: (address, length) => secrets.of(address, length),
  };
  const graph = new Graph(file, outside);
  checkRules(graph);
  const functions = functionsOf(graph);
  const gateway = gatewayDefinition(graph);
  if (functions.length === 0 && !gateway) {
    throw new UserError(`${file.name} has no functions and no API, so there is nothing to run`);
  }
  const rights = { roles: rolesOf(graph), credentials };
  const schedules = schedulesOf(graph);
  const integrationPrincipals = gateway ? integrationPrincipalsOf(graph, gateway, rights) : [];
  return {
    name,
    stack: file.name,
    gateway,
    distribution: distributionOf(graph),
    hosts: hostsOf(graph),
    functions,
    queueSources: queueSourcesOf(graph),
    streamSources: streamSourcesOf(graph),
    schedules,
    principals: [
      ...principalsOf(graph, functions, rights),
      ...integrationPrincipals,
      ...schedulePrincipalsOf(graph, schedules, rights),
    ],
    integrationCredentials: new Map(integrationPrincipals.map((one) => [one.roleArn, one.credentials])),
    resources: resourcesOf(graph, functions),
    issuers: tokenIssuersOf(graph),
    watching: watchingOf(graph),
    notEmulated: graph.notEmulated,
  };
}
