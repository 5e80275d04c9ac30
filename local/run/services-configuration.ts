import { arnOf, parseArn } from "../../aws/arn";
import { UserError } from "../../lib/user-error";
import { integrationRoles } from "../apigateway/definition/document";
import type { Credentials } from "../iam/credentials";
import { permissionsOf } from "../iam/permissions";
import { resourcePoliciesOf } from "../iam/resource-policies";
import type { Role } from "../iam/roles";
import { trusts } from "../iam/trust-policy";
import { bucketsOf } from "../read/bucket-definition";
import { eventBusesOf } from "../read/event-bus-definition";
import type { FunctionDefinition } from "../read/function-definition";
import type { GatewayDefinition } from "../read/gateway-resources";
import type { Graph } from "../read/graph";
import { keysOf } from "../read/keys";
import { logGroupsOf } from "../read/log-group-definition";
import { parametersOf } from "../read/parameter-definition";
import { queuesOf } from "../read/queue-definition";
import type { ScheduleDefinition } from "../read/schedule-definition";
import { tablesOf } from "../read/table-definition";
import { topicsOf } from "../read/topic-definition";
import type { Principal, ServicesConfiguration } from "../services/configuration";

/** Resources that have grants, by their names in the stack's code. */
const grantables = (graph: Graph) =>
  [
    "aws_cloudwatch_event_bus",
    "aws_dynamodb_table",
    "aws_s3_bucket",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_ssm_parameter",
    "aws_lambda_function",
  ]
    .flatMap((type) => graph.all(type))
    .map((resource) => ({ arn: resource.arn, id: resource.name }));

export interface Rights {
  readonly roles: ReadonlyMap<string, Role>;
  readonly credentials: (functionArn: string) => Credentials;
}

/** Principals of the services: each function, with its own credentials. */
export function principalsOf(graph: Graph, functions: readonly FunctionDefinition[], rights: Rights): Principal[] {
  const named = grantables(graph);
  return functions.map(({ id, address, name, arn, roleArn }) => {
    const role = rights.roles.get(roleArn);
    if (!role) throw new UserError(`${address}: role ${roleArn} is not in the stack, so its rights can't be evaluated`);
    return {
      functionName: name,
      functionArn: arn,
      roleArn,
      accountId: graph.file.accountId,
      region: graph.file.region,
      credentials: rights.credentials(arn),
      statements: role.statements,
      ...(role.boundary ? { boundary: role.boundary } : {}),
      naming: { functionId: id, grantables: named },
    };
  });
}

/** The session name of roles that API Gateway assumes (as observed in refusals). */
const gatewaySession = "BackplaneAssumeRoleSession";

/** The roles with whose rights the integrations of an API call, as far as they trust API Gateway. */
export function integrationPrincipalsOf(graph: Graph, gateway: GatewayDefinition, rights: Rights): Principal[] {
  const { restApi } = gateway;
  const sourceArn = `${arnOf("execute-api", restApi.id, graph.file)}/*`;
  return integrationRoles(restApi).flatMap((roleArn) => {
    const role = rights.roles.get(roleArn);
    if (!role) {
      const problem = `an integration's credentials ${roleArn} are of no role in the stack, so its rights can't be evaluated`;
      throw new UserError(`${graph.file.name}: ${restApi.name}: ${problem}`);
    }
    if (!trusts(graph, roleArn, { service: "apigateway.amazonaws.com", sourceArn })) return [];
    return { ...rolePrincipal(graph, role, rights), sessionName: gatewaySession };
  });
}

/** A role that a service takes on. */
function rolePrincipal(graph: Graph, { arn, statements, boundary }: Role, { credentials }: Rights): Principal {
  const name = parseArn(arn)?.resource.split("/").at(-1) ?? arn;
  return {
    functionName: name,
    functionArn: arn,
    roleArn: arn,
    accountId: graph.file.accountId,
    region: graph.file.region,
    credentials: credentials(arn),
    statements,
    ...(boundary ? { boundary } : {}),
    naming: { functionId: name, grantables: grantables(graph) },
  };
}

/** The roles with whose rights schedules call. @throws UserError when Scheduler may not take one on, as AWS refuses it */
export function schedulePrincipalsOf(
  graph: Graph,
  schedules: readonly ScheduleDefinition[],
  rights: Rights,
): Principal[] {
  const arns = schedules.map(({ address, groupArn, target: { roleArn } }) => {
    if (trusts(graph, roleArn, { service: "scheduler.amazonaws.com", sourceArn: groupArn })) return roleArn;
    throw new UserError(
      `${address}: the role ${roleArn} must let scheduler.amazonaws.com assume it for ${groupArn}, and its assume_role_policy does not; AWS refuses it, too (EventBridge Scheduler user guide, Setting up)`,
    );
  });
  return [...new Set(arns)].flatMap((arn) => {
    const role = rights.roles.get(arn);
    return role ? [rolePrincipal(graph, role, rights)] : [];
  });
}

/** The resources that the services emulate, without their grants. */
export const resourcesOf = (
  graph: Graph,
  functions: readonly FunctionDefinition[] = [],
): Omit<ServicesConfiguration, "principals" | "functions"> => ({
  tables: tablesOf(graph),
  buckets: bucketsOf(graph),
  logGroups: logGroupsOf(graph, functions),
  parameters: parametersOf(graph),
  topics: topicsOf(graph),
  queues: queuesOf(graph),
  events: eventBusesOf(graph),
  keys: keysOf(graph),
  policies: [...resourcePoliciesOf(graph), ...permissionsOf(graph)],
});
