import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import type { LambdaFunctionConfig } from "@cdktf/provider-aws/lib/lambda-function";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { AllowStatement } from "../../aws/policy";
import type { NetworkSettings } from "../../environments/environment";
import { StackContext } from "../synth/stack-context";
import { validate } from "../synth/validation";
import type { EndpointPolicy } from "./endpoint-policy";
import { FlowLog } from "./flow-log";
import { networkRules } from "./network-rules";
import { Subnets } from "./subnets";
import { GatewayEndpoint, InterfaceEndpoints } from "./vpc-endpoints";

/**
 * A VPC with a public and a private subnet in each zone. Functions sit in the private ones: nothing can call in, and
 * they call out by HTTPS alone, to S3 and DynamoDB through gateway endpoints, to everything else by NAT or by interface
 * endpoints. Endpoints admit only what roles grant.
 *
 * @example
 * const network = new Network(this, "network", twoZones("us-east-1", "10.0", { natGateways: "single" }));
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly privateSubnetIds: readonly string[];
  /** The security group of the functions in the network. */
  readonly securityGroupId: string;
  /** Dependencies of code in the network: without these routes it reaches nothing. */
  readonly routes: readonly ITerraformDependable[];
  private readonly endpointPolicies: readonly EndpointPolicy[];
  private readonly needed = new Map<string, string>();

  constructor(scope: Construct, id: string, settings: NetworkSettings) {
    super(scope, id);
    const stack = StackContext.of(this);
    const name = stack.nameOf(this);
    this.vpc = new Vpc(this, "Default", {
      cidrBlock: settings.cidrBlock,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    // A security group that nobody chose opens nothing.
    new DefaultSecurityGroup(this, "default-security-group", { vpcId: this.vpc.id });
    const subnets = new Subnets(this, "subnets", { ...settings, vpcId: this.vpc.id });
    this.privateSubnetIds = subnets.privateSubnetIds;
    const { group, https } = this.addSecurityGroup(name);
    this.securityGroupId = group.id;
    const gatewayEndpoints = ["s3", "dynamodb"].map(
      (service) =>
        new GatewayEndpoint(this, service, {
          service,
          vpcId: this.vpc.id,
          routeTableIds: subnets.privateRouteTableIds,
        }),
    );
    const interfaceEndpoints = new InterfaceEndpoints(this, "interface-endpoints", {
      services: settings.interfaceEndpoints,
      vpcId: this.vpc.id,
      subnetIds: this.privateSubnetIds,
      clientSecurityGroupId: this.securityGroupId,
    });
    this.endpointPolicies = [...gatewayEndpoints.map(({ policy }) => policy), ...interfaceEndpoints.policies];
    this.routes = [
      https,
      ...subnets.outboundRoutes,
      ...gatewayEndpoints.map(({ resource }) => resource),
      ...interfaceEndpoints.all,
    ];
    new FlowLog(this, "flow-log", { vpcId: this.vpc.id });
    validate(this, () => [
      ...networkRules(settings, stack.region),
      ...[...this.needed].map(([service, by]): [boolean, string] => [
        settings.natGateways !== "none" || settings.interfaceEndpoints.includes(service),
        `interfaceEndpoints must include ${service}, which ${by} calls, where natGateways is none, got ${JSON.stringify(settings.interfaceEndpoints)}; add it or a NAT gateway`,
      ]),
    ]);
  }

  /** A function's arguments that put it here. */
  placement(): Pick<LambdaFunctionConfig, "vpcConfig" | "replaceSecurityGroupsOnDestroy"> {
    return {
      vpcConfig: { subnetIds: [...this.privateSubnetIds], securityGroupIds: [this.securityGroupId] },
      // Interfaces linger after a function; in the default group they do not delay the network's destruction.
      replaceSecurityGroupsOnDestroy: true,
    };
  }

  /** Lets through the endpoints what a role allows, so that the two can't drift apart. */
  permit(statement: AllowStatement): void {
    for (const policy of this.endpointPolicies) policy.permit(statement);
  }

  /** Says that a function calls a service that has no gateway endpoint, by its short name: `ssm`. */
  requireService(service: string, by: string): void {
    this.needed.set(service, by);
  }

  private addSecurityGroup(name: string) {
    const group = new SecurityGroup(this, "functions", {
      // A prefix, because a replacement is made before the group it replaces is gone.
      namePrefix: `${name}-functions-`,
      description: "Functions: HTTPS out, nothing in",
      vpcId: this.vpc.id,
      lifecycle: { createBeforeDestroy: true },
    });
    const https = new VpcSecurityGroupEgressRule(this, "functions-https", {
      securityGroupId: group.id,
      description: "HTTPS",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    return { group, https };
  }
}
