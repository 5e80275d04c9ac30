import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { NetworkSettings, Zone } from "../../environments/environment";
import { StackContext } from "../synth/stack-context";

export interface SubnetsProps extends Pick<NetworkSettings, "zones" | "natGateways"> {
  readonly vpcId: string;
}

const anywhere = "0.0.0.0/0";

/** A subnet that a zone has: its id, and the zone's letter for the ids of what belongs to it. */
interface ZoneSubnet {
  readonly letter: string;
  readonly subnetId: string;
}

/**
 * A public and a private subnet in each zone, and the private ones' way out: through NAT gateways in the public ones.
 *
 * @example
 * const settings = twoZones("us-east-1", "10.0", { natGateways: "none" });
 * new Subnets(this, "subnets", { ...settings, vpcId: "vpc-0123456789abcdef0" });
 */
export class Subnets extends Construct {
  readonly privateSubnetIds: readonly string[];
  readonly privateRouteTableIds: readonly string[];
  /** Routes without which nothing in the subnets reaches the internet. */
  readonly outboundRoutes: readonly ITerraformDependable[];
  private readonly vpcId: string;

  constructor(scope: Construct, id: string, { vpcId, zones, natGateways }: SubnetsProps) {
    super(scope, id);
    this.vpcId = vpcId;
    // By letter, since ids have to differ: the network's rules refuse zones that are named twice.
    const distinct = [...new Map(zones.map((zone) => [zone.availabilityZone.slice(-1), zone])).values()];
    const publicSubnets = distinct.map((zone) => this.addSubnet("public", zone));
    const privateSubnets = distinct.map((zone) => this.addSubnet("private", zone));
    const internet = this.connectToInternet(publicSubnets);
    // One zone's gateway may serve all; each zone's own keeps working when another zone fails.
    const withNat = { none: [], single: publicSubnets.slice(0, 1), "per-az": publicSubnets }[natGateways] ?? [];
    const nats = withNat.map((subnet) => this.addNatGateway(subnet, internet));
    const routeTables = privateSubnets.map((subnet) => this.addRouteTable(`private-${subnet.letter}`, [subnet]));
    const natRoutes = routeTables.flatMap((routeTable, index) => {
      const nat = nats[index] ?? nats[0];
      return nat ? [this.addRoute(`nat-${privateSubnets[index]?.letter}`, routeTable, { natGatewayId: nat.id })] : [];
    });
    this.privateSubnetIds = privateSubnets.map(({ subnetId }) => subnetId);
    this.privateRouteTableIds = routeTables.map((routeTable) => routeTable.id);
    this.outboundRoutes = [internet, ...natRoutes];
  }

  private addSubnet(kind: "public" | "private", zone: Zone): ZoneSubnet {
    const letter = zone.availabilityZone.slice(-1);
    const { id: subnetId } = new Subnet(this, `${kind}-${letter}`, {
      vpcId: this.vpcId,
      availabilityZone: zone.availabilityZone,
      cidrBlock: zone[`${kind}CidrBlock`],
      tags: { Name: `${StackContext.of(this).nameOf(this)}-${kind}-${letter}` },
    });
    return { letter, subnetId };
  }

  private connectToInternet(publicSubnets: readonly ZoneSubnet[]): Route {
    const gateway = new InternetGateway(this, "internet-gateway", { vpcId: this.vpcId });
    return this.addRoute("internet", this.addRouteTable("public", publicSubnets), { gatewayId: gateway.id });
  }

  private addNatGateway({ letter, subnetId }: ZoneSubnet, internet: Route): NatGateway {
    const address = new Eip(this, `nat-${letter}-address`, { domain: "vpc", dependsOn: [internet] });
    return new NatGateway(this, `nat-${letter}`, { allocationId: address.id, subnetId, dependsOn: [internet] });
  }

  private addRouteTable(name: string, subnets: readonly ZoneSubnet[]): RouteTable {
    const routeTable = new RouteTable(this, `${name}-routes`, { vpcId: this.vpcId });
    for (const { letter, subnetId } of subnets) {
      const id = `${name}-routes-in-${letter}`;
      new RouteTableAssociation(this, id, { subnetId, routeTableId: routeTable.id });
    }
    return routeTable;
  }

  private addRoute(name: string, { id }: RouteTable, target: { gatewayId: string } | { natGatewayId: string }): Route {
    return new Route(this, `${name}-route`, { routeTableId: id, destinationCidrBlock: anywhere, ...target });
  }
}
