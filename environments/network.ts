import type { NetworkSettings } from "./environment";

/**
 * A network over the first two zones of a region: 65,536 addresses, of which each private subnet, where functions and
 * endpoints sit, has 4,096 and each public one, with a NAT gateway at most, 256.
 *
 * @param block the first half of its addresses: `10.0`
 */
export const twoZones = (
  region: string,
  block: string,
  { natGateways, interfaceEndpoints = [] }: Pick<NetworkSettings, "natGateways"> & Partial<NetworkSettings>,
): NetworkSettings => ({
  cidrBlock: `${block}.0.0/16`,
  zones: [
    { availabilityZone: `${region}a`, publicCidrBlock: `${block}.0.0/24`, privateCidrBlock: `${block}.16.0/20` },
    { availabilityZone: `${region}b`, publicCidrBlock: `${block}.1.0/24`, privateCidrBlock: `${block}.32.0/20` },
  ],
  natGateways,
  interfaceEndpoints,
});
