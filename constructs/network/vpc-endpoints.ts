import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { type AllowStatement, inOrder, policyDocument, type Statement } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";

const serviceName = (scope: Construct, service: string): string =>
  `com.amazonaws.${StackContext.of(scope).region}.${service}`;

export interface GatewayEndpointProps {
  readonly service: string;
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
}

/** A free way to S3 or DynamoDB that does not leave the network, for the requests that it permits and no others. */
export class GatewayEndpoint extends Construct {
  readonly resource: VpcEndpoint;
  private readonly service: string;
  private readonly permitted = new Map<string, Statement>();

  constructor(scope: Construct, id: string, { service, vpcId, routeTableIds }: GatewayEndpointProps) {
    super(scope, id);
    this.service = service;
    this.resource = new VpcEndpoint(this, "Default", {
      vpcId,
      serviceName: serviceName(this, service),
      vpcEndpointType: "Gateway",
      routeTableIds: [...routeTableIds],
      policy: Lazy.stringValue({ produce: (context) => this.policy(context.resolve([...this.permitted.values()])) }),
    });
  }

  /** Admits what a role's statement allows, if it is about this endpoint's service. */
  permit({ actions, resources = [] }: AllowStatement): void {
    if (!actions.every((action) => action.startsWith(`${this.service}:`))) return;
    // Many roles may do the same; once is enough.
    for (const resource of resources) {
      const known = this.permitted.get(resource)?.actions ?? [];
      this.permitted.set(resource, { actions: [...new Set([...known, ...actions])].sort(), resources: [resource] });
    }
  }

  private policy(permitted: readonly Statement[]): string {
    const { accountId } = StackContext.of(this);
    const ownPrincipals = { StringEquals: { "aws:PrincipalAccount": accountId } };
    const allowed = inOrder(permitted).map(
      (statement): Statement => ({ ...statement, principals: "*", conditions: ownPrincipals }),
    );
    const nothing: Statement = { effect: "Deny", principals: "*", actions: [`${this.service}:*`], resources: ["*"] };
    return policyDocument(allowed.length > 0 ? allowed : [nothing]);
  }
}

export interface InterfaceEndpointsProps {
  /** Short names: `ssm`, `kms`. */
  readonly services: readonly string[];
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** The security group of those who may call. */
  readonly clientSecurityGroupId: string;
}

/** Ways to other AWS services that do not leave the network, billed by zone and hour. */
export class InterfaceEndpoints extends Construct {
  readonly all: readonly VpcEndpoint[];

  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const { services, vpcId, subnetIds, clientSecurityGroupId } = props;
    if (services.length === 0) {
      this.all = [];
      return;
    }
    const group = new SecurityGroup(this, "security-group", {
      namePrefix: `${StackContext.of(this).nameOf(this)}-`,
      description: "Endpoints: HTTPS in from functions",
      vpcId,
      lifecycle: { createBeforeDestroy: true },
    });
    new VpcSecurityGroupIngressRule(this, "https", {
      securityGroupId: group.id,
      description: "HTTPS from functions",
      referencedSecurityGroupId: clientSecurityGroupId,
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    this.all = [...new Set(services)].map(
      (service) =>
        new VpcEndpoint(this, service, {
          vpcId,
          serviceName: serviceName(this, service),
          vpcEndpointType: "Interface",
          subnetIds: [...subnetIds],
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
        }),
    );
  }
}
