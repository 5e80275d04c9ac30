import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { StackContext } from "../synth/stack-context";
import { EndpointPolicy } from "./endpoint-policy";

const serviceName = (scope: Construct, service: string): string =>
  `com.amazonaws.${StackContext.of(scope).region}.${service}`;

export interface GatewayEndpointProps {
  readonly service: string;
  readonly vpcId: string;
  readonly routeTableIds: readonly string[];
}

/**
 * A free way to S3 or DynamoDB that does not leave the network, for the requests that it permits and no others.
 *
 * @example
 * const vpcId = "vpc-0123456789abcdef0";
 * const routeTableIds = ["rtb-0123456789abcdef0"];
 * const { policy } = new GatewayEndpoint(this, "s3", { service: "s3", vpcId, routeTableIds });
 * policy.permit({ actions: ["s3:GetObject"], resources: [`${bucket.arn}/*`] });
 */
export class GatewayEndpoint extends Construct {
  readonly resource: VpcEndpoint;
  readonly policy: EndpointPolicy;

  constructor(scope: Construct, id: string, { service, vpcId, routeTableIds }: GatewayEndpointProps) {
    super(scope, id);
    this.policy = new EndpointPolicy(this, service);
    this.resource = new VpcEndpoint(this, "Default", {
      vpcId,
      serviceName: serviceName(this, service),
      vpcEndpointType: "Gateway",
      routeTableIds: [...routeTableIds],
      policy: this.policy.document,
    });
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

/**
 * Ways to other AWS services that do not leave the network, for the requests that they permit; billed by zone and hour.
 *
 * @example
 * const vpcId = "vpc-0123456789abcdef0";
 * const subnetIds = ["subnet-0123456789abcdef0"];
 * const clientSecurityGroupId = "sg-0123456789abcdef0";
 * new InterfaceEndpoints(this, "endpoints", { services: ["ssm"], vpcId, subnetIds, clientSecurityGroupId });
 */
export class InterfaceEndpoints extends Construct {
  readonly all: readonly VpcEndpoint[];
  readonly policies: readonly EndpointPolicy[];

  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const { services, vpcId, subnetIds, clientSecurityGroupId } = props;
    if (services.length === 0) {
      this.all = [];
      this.policies = [];
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
    const wanted = [...new Set(services)].map((service) => ({ service, policy: new EndpointPolicy(this, service) }));
    this.policies = wanted.map(({ policy }) => policy);
    this.all = wanted.map(
      ({ service, policy }) =>
        new VpcEndpoint(this, service, {
          vpcId,
          serviceName: serviceName(this, service),
          vpcEndpointType: "Interface",
          subnetIds: [...subnetIds],
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          policy: policy.document,
        }),
    );
  }
}
